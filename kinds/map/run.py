"""Lay out a dataset's photographs and samples on one plane, alike beside alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from jobs.events import Artifact, JobEvent, Made, Notice
from jobs.params import JobParams
from jobs.place import Place
from kinds.index.files import Damaged as DamagedFeatures
from kinds.index.files import Rows, read_rows
from kinds.map.cost import looking_s, placing_s
from kinds.map.features import All, gathered
from kinds.map.files import Damaged, Points, Seen, ids_of, read_map, read_seen, write
from kinds.map.laying import Layout
from kinds.map.layout import alone
from kinds.map.looking import Looking


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Look at samples that nobody has looked at, then give each picture its place; what has one keeps it.

    `place.inputs["map"]` lists the samples as lines of JSON: `sample`, its id; `image`, its small picture; `looked`,
    whether it was looked at. `place.facts["map"]`: `features`, files of what was found in photographs; `seen`, files of
    what was found in samples; `before`, the file of the map that there is, or none.
    Yields: a Progress now and then, SEEN artifacts, a Notice of what could not be read, one MAP artifact.
    Raises: JobFailed, if the weights of the feature network are not here; OSError, as when the disk is full.
    """
    told = place.facts["map"]
    lines = [json.loads(line) for line in place.inputs["map"].read_text(encoding="utf-8").splitlines()]
    looking = Looking(place=place, lines=[line for line in lines if not line["looked"]], ahead_s=_ahead_s(told, lines))
    yield from looking.events()
    if place.stop():
        return
    photos: list[Rows] = []
    for file in told["features"]:
        with suppress(FileNotFoundError, DamagedFeatures):  # let go meanwhile: those are not on the map yet
            photos.append(read_rows(Path(file)))
    seen = [*_seen(told["seen"]), *looking.found]
    of = gathered(photos, seen, {UUID(line["sample"]) for line in lines})
    before = None if getattr(params, "anew", False) else _before(told["before"], of)
    layout = Layout(place=place, of=of, before=before, looked_s=looking_s(looking.done))
    yield from layout.events()
    if layout.points is None:
        return
    if looking.unread:
        text = f"{looking.unread:,} of the samples could not be read, and are not on the map."
        yield Notice(code="not_looked_at", text=text)
    file = write(place.scratch / "map.npy", layout.points)
    facts = {"photos": int((~of.invented).sum()), "samples": int(of.invented.sum()), "kept": before is not None}
    yield Artifact(type=Made.MAP, files={"map": file}, facts=facts)
    yield layout.progress(len(of.ids), phase="placing")


def _before(file: str | None, of: All) -> Points | None:
    """Read the map that there is, as far as it holds for what is there; none where it is no help.

    A map of fewer than come now is laid out anew: they would all crowd around the few.
    """
    if file is None:
        return None
    try:
        before = read_map(Path(file))
    except (FileNotFoundError, Damaged):
        return None
    there = set(of.ids)
    held = before[np.array([id in there for id in ids_of(before["id"])], bool)]
    enough = not alone(len(held)) and 2 * len(held) >= len(of.ids)
    return held if enough else None


def _seen(files: Sequence[str]) -> list[Seen]:
    found = []
    for file in files:
        with suppress(FileNotFoundError, Damaged):
            found.append(read_seen(Path(file)))
    return found


def _ahead_s(told: Any, lines: Sequence[Any]) -> float:
    """Estimate the work that follows looking, in nominal seconds."""
    points = int(told["photos"]) + len(lines)
    return placing_s(points=points, new=points)
