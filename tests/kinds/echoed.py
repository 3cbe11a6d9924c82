"""Archives and networks whose echoes are known: for tests of what looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from PIL import Image

from jobs.events import Artifact, JobEvent, Made
from jobs.place import Place
from kinds.echoes.comparing import Archive, Found, compared
from kinds.echoes.drawing import Sights
from kinds.echoes.files import Remembered, read
from kinds.echoes.params import EchoesParams
from kinds.echoes.run import run
from kinds.index.files import WIDTH, packed, packed_parts, read_rows
from kinds.index.files import Found as Looked
from kinds.index.heaps import Floats
from kinds.index.looking import Looker
from tests.kinds.indexed import fragments, unit

ASKED = EchoesParams(training_id=UUID(int=1), count=100)


def photo(number: int) -> UUID:
    """The photograph of a number; their order is that of numbers."""
    return UUID(int=number + 1)


def features(vectors: Floats, folder: Path, *, files: int = 1) -> list[Path]:
    """Write what a look has found: the same of wholes and of reduced squares, in some files, photographs in turn."""
    found = []
    for number in range(files):
        some = np.arange(number, len(vectors), files)
        photos = [photo(at) for at in some.tolist()]
        rows = packed(photos, vectors[some], vectors[some])
        parts = packed_parts(photos, fragments(len(some)))
        found.append(Looked(rows=rows, parts=parts).write(folder, str(number))[0])
    return found


def archive(vectors: Floats, folder: Path, *, files: int = 1) -> Archive:
    """Take them as what pictures are compared with."""
    rows = [read_rows(path) for path in features(vectors, folder, files=files)]
    return Archive.of(rows, [photo(number) for number in range(len(vectors))])


def sights(as_it_is: Floats, mirrored: Floats | None = None) -> Sights:
    """Pictures in which this was seen, `[Q, 1280]`, and in their mirror images; there nothing, if nothing is said."""
    turned = np.zeros_like(as_it_is) if mirrored is None else unit(mirrored)
    both = np.stack([unit(as_it_is), turned])
    return Sights(whole=both, small=np.zeros_like(both))


def found(archive: Archive, sights: Sights) -> Found:
    """Compare them all."""
    *_, last = compared(archive, sights)
    assert isinstance(last, Found)
    return last


def along(number: int) -> Floats:
    """A direction of its own: features that no other number has."""
    vector = np.zeros(WIDTH, np.float32)
    vector[number] = 1
    return vector


def place(folder: Path, pictures: Sequence[Image.Image], moments: dict[int, Path], **told: Any) -> Place:
    """The world of a job as a worker lays it out: photographs that were looked at, moments in folders."""
    laid = folder / "inputs" / "echoes"
    laid.mkdir(parents=True)
    photos = [photo(number) for number in range(len(pictures))]
    (laid / "photos.txt").write_text("\n".join(map(str, photos)))
    for step, model in moments.items():
        (laid / str(step)).symlink_to(model)
    seen = Looker().looked(pictures)
    whole = Looked(rows=packed(photos, seen.whole, seen.small), parts=packed_parts(photos, seen.parts))
    facts: dict[str, Any] = {
        "moments": [{"step": step, "hash": "0" * 64, "frame": None} for step in moments],
        "known": 0,
        "resolution": 16,
        "files": [str(whole.write(folder, "index")[0])],
    }
    given: dict[str, Any] = {"cache": folder / "cache", "resume_point": None, "stop": lambda: False}
    return Place(scratch=folder, inputs={"echoes": laid}, facts={"echoes": facts}, **{**given, **told})


def remembered(events: Sequence[JobEvent]) -> dict[int, Remembered]:
    """What a job has found of each moment."""
    made = [one for one in events if isinstance(one, Artifact) and one.type is Made.ECHOES]
    return {one.facts["step"]: read(one.files["echoes"]) for one in made}


def ran(here: Place, params: EchoesParams = ASKED) -> list[JobEvent]:
    """Run a job to its end."""
    return list(run(params, here))
