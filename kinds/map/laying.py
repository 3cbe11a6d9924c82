"""One layout of a map, from features to places: on a thread of its own, which can be heard and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.events import JobEvent, Progress
from jobs.place import Place
from kinds.map import layout
from kinds.map.cost import placing_s
from kinds.map.features import All, few_numbers
from kinds.map.files import Floats, Points, ids_of, points_of
from kinds.map.neighbours import Neighbours, nearest

TELL_S = 0.5  # between two words of how far a layout is
SHARES = {"reading": 0.1, "comparing": 0.35, "placing": 1.0}  # of all the work, at the end of each phase


class Stopped(Exception):
    """It is to end."""


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
    stopped: bool = False

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
        points = len(self.of.ids)
        new = points - (len(self.before) if self.before is not None else 0)
        return placing_s(points=points, new=new)

    def _done(self) -> int:
        """Count pictures as if all work was placing them, and never all of them before the map is there."""
        phases = list(SHARES)
        begin = SHARES[phases[phases.index(self.phase) - 1]] if self.phase != phases[0] else 0.0
        share = begin + (SHARES[self.phase] - begin) * self.share
        return min(int(len(self.of.ids) * share), max(len(self.of.ids) - 1, 0))

    def _laid_out(self) -> Points:
        of = self.of
        numbers = self._heard("reading", few_numbers(of), total=2 * max(len(of.ids), 1))
        places = self._placed(numbers)
        return points_of(of.ids, of.invented, places)

    def _placed(self, numbers: Floats) -> Floats:
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


def known(of: All, before: Points) -> tuple[NDArray[np.bool_], Floats]:
    """Say which of all have a place on a map, and where; `[N]` and `[N, 2]`."""
    rows = {id: row for row, id in enumerate(ids_of(before["id"]))}
    at = np.array([rows.get(id, -1) for id in of.ids], np.int64)
    places = np.stack([before["x"][at], before["y"][at]], axis=1) if len(before) else np.zeros((len(at), 2), np.float32)
    return at >= 0, places
