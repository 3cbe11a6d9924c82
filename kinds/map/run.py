"""Lay out a dataset's photographs and samples on one plane, alike beside alike."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.index.files import Damaged as DamagedFeatures
from kinds.index.files import Rows, read_rows
from kinds.map.cost import looking_s, placing_s
from kinds.map.features import All, few_numbers, gathered, likeness
from kinds.map.files import Damaged, Floats, Points, Seen, ids_of, points_of, read_map, read_seen, write
from kinds.map.looking import Looking
from kinds.map.neighbours import Neighbours, nearest

TELL_S = 0.5  # between two words of how far a layout is
SHARES = {"reading": 0.1, "comparing": 0.35, "placing": 1.0}  # of all the work, at the end of each phase


class Stopped(Exception):
    """It is to end."""


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


@dataclass(slots=True)
class Layout:
    """One layout, worked out on a thread that says how far it is; `points` is the map once `events` has ended."""

    place: Place
    of: All
    before: Points | None
    looked_s: float
    points: Points | None = None
    phase: str = "reading"
    share: float = 0.0  # of the phase
    stopped: bool = field(default=False)

    def events(self) -> Iterator[JobEvent]:
        """Yield a Progress now and then; ends early when it is to stop."""
        yield self.progress(0, phase=self.phase)
        with ThreadPoolExecutor(1) as pool:
            working: Future[Points] = pool.submit(self._laid_out)
            try:
                while self.points is None:
                    try:
                        self.points = working.result(TELL_S)
                    except Waiting:
                        yield self.progress(self._done(), phase=self.phase)
                    self.stopped = self.stopped or self.place.stop()
            except Stopped:
                return
            finally:
                self.stopped = True

    def progress(self, done: int, *, phase: str) -> Progress:
        """Say how far it is."""
        total = len(self.of.ids)
        all_s = self._work_s()
        work = all_s if done == total else all_s * done / max(total, 1)
        metrics = {"work": self.looked_s + work, "work_total": self.looked_s + all_s}
        return Progress(done=done, total=total, unit="picture", phase=phase, metrics=metrics)

    def _work_s(self) -> float:
        samples, points = int(self.of.invented.sum()), len(self.of.ids)
        new = points - (len(self.before) if self.before is not None else 0)
        return placing_s(points=points, new=new, photos=points - samples, samples=samples)

    def _done(self) -> int:
        """Count pictures as if all work was placing them, and never all of them before the map is there."""
        phases = list(SHARES)
        begin = SHARES[phases[phases.index(self.phase) - 1]] if self.phase != phases[0] else 0.0
        share = begin + (SHARES[self.phase] - begin) * self.share
        return min(int(len(self.of.ids) * share), max(len(self.of.ids) - 1, 0))

    def _laid_out(self) -> Points:
        of = self.of
        alike = self._heard("reading", likeness(of), total=max(int(of.invented.sum()), 1))
        numbers = self._heard("reading", few_numbers(of), total=2 * max(len(of.ids), 1))
        places = self._placed(numbers)
        return points_of(of.ids, of.invented, places, alike)

    def _placed(self, numbers: Floats) -> Floats:
        from kinds.map import layout  # what it stands on takes seconds to load

        if layout.alone(len(numbers)):
            return layout.by_axes(numbers)
        if self.before is None:
            many = layout.NEIGHBOURS
            near = self._compared(numbers, numbers, many=many, itself=True)
            return layout.anew(numbers, near, self._told)
        there, places = known(self.of, self.before)
        if not there.all():
            near = self._compared(numbers[~there], numbers[there], many=min(layout.NEIGHBOURS, int(there.sum())))
            places[~there] = layout.beside(near, places[there], self._told)
        return places

    def _compared(self, points: Floats, among: Floats, *, many: int, itself: bool = False) -> Neighbours:
        found = self._heard("comparing", nearest(points, among, many=many, itself=itself), total=len(points))
        if not isinstance(found, Neighbours):
            raise AssertionError("nearest() ends with the neighbours")
        return found

    def _heard(self, phase: str, steps: Iterator[Any], *, total: int) -> Any:
        """Take the last of what is yielded; before it come numbers of what is done."""
        found: Any = None
        for found in steps:
            if isinstance(found, int):
                self.phase = phase
                self._told(found, total, phase=phase)
        return found

    def _told(self, done: int, total: int, *, phase: str = "placing") -> None:
        self.phase, self.share = phase, min(1.0, done / total)
        if self.stopped:
            raise Stopped


def known(of: All, before: Points) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], Floats]:
    """Say which of all have a place on a map, and where; `[N]` and `[N, 2]`."""
    rows = {id: row for row, id in enumerate(ids_of(before["id"]))}
    at = np.array([rows.get(id, -1) for id in of.ids], np.int64)
    places = np.stack([before["x"][at], before["y"][at]], axis=1) if len(before) else np.zeros((len(at), 2), np.float32)
    return at >= 0, places


def _before(file: str | None, of: All) -> Points | None:
    """Read the map that there is, as far as it holds for what is there; none where it is no help.

    A map of fewer than come now is laid out anew: they would all crowd around the few.
    """
    from kinds.map import layout

    if file is None:
        return None
    try:
        before = read_map(Path(file))
    except (FileNotFoundError, Damaged):
        return None
    there = set(of.ids)
    held = before[np.array([id in there for id in ids_of(before["id"])], bool)]
    enough = not layout.alone(len(held)) and 2 * len(held) >= len(of.ids)
    return held if enough else None


def _seen(files: Sequence[str]) -> list[Seen]:
    found = []
    for file in files:
        with suppress(FileNotFoundError, Damaged):
            found.append(read_seen(Path(file)))
    return found


def _ahead_s(told: Any, lines: Sequence[Any]) -> float:
    """Estimate the work that follows looking, in nominal seconds."""
    photos = int(told["photos"])
    points = photos + len(lines)
    return placing_s(points=points, new=points, photos=photos, samples=len(lines))
