"""Look at samples that nobody has looked at: what a map compares them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan import device
from gan.errors import FeaturesMissing
from gan.metrics import SIDE, extractor, features
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.place import Place
from kinds.cores import cores
from kinds.map.cost import looking_s
from kinds.map.files import Seen, seen_of, write

BATCH = 32
KEPT_EVERY = 256  # samples; of a job that is killed no more than these are looked at twice

Pixels = NDArray[np.uint8]  # [3, 224, 224]


@dataclass(slots=True)
class Looking:
    """One pass over the samples that are new; `found` is what was seen in them."""

    place: Place
    lines: Sequence[dict[str, Any]]
    ahead_s: float  # of work that follows
    done: int = 0
    unread: int = 0
    found: list[Seen] = field(default_factory=list)
    waiting: list[Seen] = field(default_factory=list)  # to be kept

    def events(self) -> Iterator[JobEvent]:
        """Look at each, and hand out what was found now and then. Raises: JobFailed, without the network's weights."""
        if not self.lines:
            return
        try:
            network = extractor(device.configure())
        except FeaturesMissing as error:
            raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
        yield self._progress()
        with ThreadPoolExecutor(cores()) as pool:
            for at in range(0, len(self.lines), BATCH):
                some = self.lines[at : at + BATCH]
                pictures = list(pool.map(_picture, [line["image"] for line in some]))
                there = [(line, pixels) for line, pixels in zip(some, pictures, strict=True) if pixels is not None]
                if there:
                    found = features(network, np.stack([pixels for _, pixels in there]))
                    self.waiting.append(seen_of([UUID(line["sample"]) for line, _ in there], found))
                self.done += len(some)
                self.unread += sum(Path(line["image"]).is_file() for line in some) - len(there)
                if sum(map(len, self.waiting)) >= KEPT_EVERY:
                    yield self._kept()
                yield self._progress()
                if self.place.stop():
                    break
        if self.waiting:
            yield self._kept()

    def _kept(self) -> Artifact:
        rows = np.concatenate(self.waiting)
        self.waiting.clear()
        self.found.append(rows)
        file = write(self.place.scratch / f"seen-{self.done:07d}.npy", rows)
        return Artifact(type=Made.SEEN, files={"seen": file}, facts={"samples": len(rows)})

    def _progress(self) -> Progress:
        all_s = looking_s(len(self.lines)) + self.ahead_s
        work = {"work": looking_s(self.done), "work_total": all_s}
        # One more than there are: the map itself is still to come.
        return Progress(done=self.done, total=len(self.lines) + 1, unit="sample", phase="looking", metrics=work)


def _picture(file: str) -> Pixels | None:
    """Read a whole picture, squeezed to a square as the network takes it: uint8 `[3, 224, 224]`; None if it is gone."""
    if not file:
        return None
    try:
        with Image.open(file) as picture:
            square = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    except (OSError, ValueError):  # deleted meanwhile, or damaged on the disk
        return None
    return np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))
