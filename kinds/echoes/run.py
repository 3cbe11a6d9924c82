"""Look for what moments of a training remember: the same pictures of each are compared with all photographs."""

from __future__ import annotations

from collections.abc import Generator as Steps
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from gan import device
from gan.errors import FeaturesMissing, GanError
from gan.generator import Generator
from gan.model import load_generator
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.echoes.comparing import Archive, calibrated, compared
from kinds.echoes.cost import calibrating_s, drawing_s, moment_s
from kinds.echoes.drawing import looked
from kinds.echoes.files import Remembered
from kinds.echoes.implied import implied
from kinds.echoes.params import EchoesParams
from kinds.index.files import Damaged, Rows, read_rows
from kinds.index.looking import Looker

T = TypeVar("T")


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Look at the moments that lie in the folders `place.inputs["echoes"]`/<step>, the last one first.

    `place.facts["echoes"]`: `moments`, of each its `step`, the `hash` of its weights and its `frame`; `known`, how many
    others were looked at already; `files` of what a look has found in photographs. Beside the moments lies
    `photos.txt`, the ids of the photographs that the training saw, a line each.
    Yields: a Progress now and then, an artifact of type ECHOES for each moment.
    Raises: JobFailed, if weights or all photographs are missing.
    """
    if not isinstance(params, EchoesParams):
        raise TypeError(f"these are parameters of {params.kind}")
    told, folder = place.facts["echoes"], place.inputs["echoes"]
    photos = [UUID(line) for line in (folder / "photos.txt").read_text(encoding="ascii").split()]
    archive = Archive.of(_known(told["files"]), photos)
    if not len(archive):
        raise JobFailed(
            "Nobody has looked at the photographs that this training saw, or none of them is there any more.",
            code="not_looked",
            remedy="Look for likenesses in the archive, then try again.",
        )
    look = Look(params=params, place=place, archive=archive, resolution=int(told["resolution"]))
    moments = sorted(told["moments"], key=lambda one: -int(one["step"]))
    look.done, look.total = int(told["known"]), int(told["known"]) + len(moments)
    try:
        yield from look.at_all(folder, moments)
    except Stopped:
        return
    except FeaturesMissing as error:
        raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Delete the moment, then try again.") from error


class Stopped(Exception):
    """It is to end before all moments were looked at."""


@dataclass(slots=True)
class Look:
    """One pass over the moments that nobody has looked at; it counts moments, and work in nominal seconds."""

    params: EchoesParams
    place: Place
    archive: Archive
    resolution: int
    done: int = 0
    total: int = 0
    work_s: float = 0.0
    all_s: float = 0.0

    def at_all(self, folder: Path, moments: Sequence[Mapping[str, Any]]) -> Iterator[JobEvent]:
        """Look at each. Raises: Stopped; GanError; FeaturesMissing."""
        yield self._progress("calibrating")
        if not moments:
            return
        on, photos = device.configure(), len(self.archive)
        looker = Looker(on)
        each_s = moment_s(pictures=self.params.count, photos=photos, resolution=self.resolution)
        self.all_s = calibrating_s(photos) + len(moments) * each_s
        calibration = yield from self._last("calibrating", calibrated(self.archive), photos, calibrating_s(photos))
        for number, moment in enumerate(moments, start=1):
            G = load_generator(folder / str(moment["step"]), on)
            remembered = yield from self._remembered(G, looker, moment["frame"])
            file = remembered.write(self.place.scratch / f"echoes-{moment['step']:07d}.npy")
            facts = {"step": moment["step"], "hash": moment["hash"], "photos": photos, "steps": calibration.steps}
            yield Artifact(type=Made.ECHOES, files={"echoes": file}, facts={**facts, "last": number == len(moments)})
            self.done += 1
            yield self._progress("comparing")

    def _remembered(self, G: Generator, looker: Looker, frame: Any) -> Steps[JobEvent, None, Remembered]:
        """Find out what a moment remembers. Raises: Stopped."""
        count, photos = self.params.count, len(self.archive)
        draws_s = drawing_s(count, resolution=self.resolution)
        draws = looked(G, looker, count=count, truncation_psi=self.params.truncation_psi, frame=frame)
        sights = yield from self._last("drawing", draws, count, draws_s)
        compares_s = moment_s(pictures=count, photos=photos, resolution=self.resolution) - draws_s
        found = yield from self._last("comparing", compared(self.archive, sights), photos, compares_s)
        nearest = found.pictures["likeness"][:, 0].astype(np.int64)
        return Remembered(near=found.near, pictures=found.pictures, implied=implied(sights, nearest))

    def _last(self, phase: str, steps: Iterator[int | T], total: int, takes_s: float) -> Steps[JobEvent, None, T]:
        """Tell how far something is, and give what it comes to. Raises: Stopped."""
        begun = self.work_s
        for found in steps:
            if not isinstance(found, int):
                self.work_s = begun + takes_s
                return found
            self.work_s = begun + takes_s * found / max(total, 1)
            yield self._progress(phase)
            if self.place.stop():
                raise Stopped
        raise AssertionError(f"{phase} comes to an end")

    def _progress(self, phase: str) -> Progress:
        work = {"work": self.work_s, "work_total": self.all_s} if self.all_s else {}
        return Progress(done=self.done, total=self.total, unit="moment", phase=phase, metrics=work)


def _known(files: Sequence[str]) -> list[Rows]:
    """Map the files of looks; one that was let go meanwhile is none."""
    found = []
    for file in files:
        with suppress(FileNotFoundError, Damaged):
            found.append(read_rows(Path(file)))
    return found
