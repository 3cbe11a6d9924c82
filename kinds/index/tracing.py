"""Look at the squares that trainings see, and say how near the pictures that models draw are to one of them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Progress
from jobs.place import Place
from kinds.index.sketches import CUT_PX, WIDTH, Calibration, Codes, Originals, Trace, sketch
from kinds.ingest.square import square

SKETCHED = np.dtype([("view", "V16"), ("photo", "V16"), ("body", "i1", (WIDTH,))])
KEPT_EVERY = 500  # squares, and pictures; of a job that is killed no more than these are looked at twice

Sketched = NDArray[np.void]  # [N] of SKETCHED


def sketched(rows: Sequence[tuple[UUID, UUID, bytes]]) -> Sketched:
    """Make rows of the ids of squares and photographs, and of their sketches."""
    found = np.zeros(len(rows), SKETCHED)
    for at, (view, photo, body) in enumerate(rows):
        found[at] = (np.void(view.bytes), np.void(photo.bytes), np.frombuffer(body, np.int8))
    return found


def read_sketched(file: Path) -> Sketched:
    """Read such rows from a file that the job's worker, or a run, has written."""
    rows: Sketched = np.load(file, allow_pickle=False)
    return rows


def originals(rows: Sketched) -> Originals:
    """Take rows as what pictures are compared with."""
    return Originals([UUID(bytes=one.tobytes()) for one in rows["photo"]], np.ascontiguousarray(rows["body"]))


@dataclass(frozen=True, slots=True)
class Tracer:
    """Says of pictures how near they are to the photographs that a model has learnt from."""

    originals: Originals
    by: Calibration
    name: str  # of the calibration

    @classmethod
    def of(cls, file: Path | None, facts: Mapping[str, Any]) -> Self | None:
        """Take what the worker laid out; None, where the photographs were not compared with each other."""
        if file is None or not facts.get("steps"):
            return None
        return cls(originals(read_sketched(file)), Calibration(facts["steps"]), facts["id"])

    def traced(self, pictures: Sequence[Image.Image]) -> list[Trace]:
        """Say how near whole pictures are, however large."""
        codes = np.stack([sketch(picture) for picture in pictures]) if pictures else np.zeros((0, WIDTH), np.int8)
        return self.originals.traced(codes, self.by)

    def facts(self, picture: Image.Image) -> dict[str, Any]:
        """Say it of one picture, as its row has it."""
        (found,) = self.traced([picture])
        return {"traced": {**as_json(found), "by": self.name}}


def as_json(found: Trace) -> dict[str, Any]:
    """Give it as an artifact tells it."""
    return {"photo": str(found.photo), "likeness": found.likeness, "percent": found.percent}


def looked(place: Place) -> Generator[JobEvent, None, bool]:
    """Sketch the squares that have no sketch, compare all with each other, and with the pictures that models drew.

    `place.inputs["squares"]` is a folder: `lacking.jsonl`, the squares as `kinds.ingest.square` takes them with their
    ids, `view` and `photo`; `sketches.npy`, what is known; `samples.jsonl`, a `sample` and its `image` a line.
    `place.facts["squares"]`: `id` of the calibration that follows from these squares, and `calibrated`, what is known
    of it, if anything is.
    Yields: SKETCHES, CALIBRATION and TRACES artifacts; a Progress before each piece of work, so never of all of it.
    Returns: whether all was done. Otherwise it was to stop before.
    """
    folder, facts = place.inputs["squares"], place.facts["squares"]
    rows = [read_sketched(folder / "sketches.npy")]
    if not (yield from _sketched(place, folder / "lacking.jsonl", rows)):
        return False
    every = np.concatenate(rows)
    every = every[np.argsort(np.array([one.tobytes() for one in every["view"]]), kind="stable")]
    of, known = originals(every), facts["calibrated"]
    if known is None:
        yield Progress(done=0, total=len(of.photos), unit="photo", phase="comparing")
        if place.stop():
            return False
        found = of.calibrated()
        known = {"steps": found.steps if found else None}
        told = {"id": facts["id"], "photos": len(set(of.photos)), **known}
        yield Artifact(type=Made.CALIBRATION, facts=told)
    if not known["steps"]:
        return True
    return (yield from _samples(place, folder / "samples.jsonl", Tracer(of, Calibration(known["steps"]), facts["id"])))


def _sketched(place: Place, file: Path, rows: list[Sketched]) -> Generator[JobEvent, None, bool]:
    """Sketch squares, and add what was found to `rows`; gives whether all was done."""
    lines = _lines(file)
    for number, some in enumerate(_slices(lines)):
        yield Progress(done=number * KEPT_EVERY, total=len(lines), unit="photo", phase="sketching")
        if place.stop():
            return False
        found = [
            (UUID(one["view"]), UUID(one["photo"]), code.tobytes()) for one in some if (code := _of(one)) is not None
        ]
        if found:
            rows.append(sketched(found))
            path = place.scratch / f"sketches-{number:05d}.npy"
            np.save(path, rows[-1], allow_pickle=False)
            yield Artifact(type=Made.SKETCHES, files={"sketches": path})
    return True


def _of(line: dict[str, Any]) -> Codes | None:
    """Sketch a square of a photograph; None if it is gone, or spoiled on the disk."""
    try:
        return sketch(square(line, resolution=CUT_PX))
    except (OSError, ValueError, JobFailed):
        return None


def _samples(place: Place, file: Path, tracer: Tracer) -> Generator[JobEvent, None, bool]:
    """Compare the pictures that models drew; gives whether all was done."""
    lines = _lines(file)
    for number, some in enumerate(_slices(lines)):
        yield Progress(done=number * KEPT_EVERY, total=len(lines), unit="picture", phase="tracing")
        if place.stop():
            return False
        seen: dict[str, Codes] = {}
        for line in some:
            with suppress(OSError, ValueError), Image.open(line["image"]) as picture:
                seen[line["sample"]] = sketch(picture)
        if seen:
            traces = tracer.originals.traced(np.stack([*seen.values()]), tracer.by)
            told = [{"sample": id, **as_json(found)} for id, found in zip(seen, traces, strict=True)]
            yield Artifact(type=Made.TRACES, facts={"by": tracer.name, "traces": told})
    return True


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _slices(lines: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    return (lines[at : at + KEPT_EVERY] for at in range(0, len(lines), KEPT_EVERY))
