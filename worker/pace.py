"""How fast a job goes, and how long it will still take. Times are passed in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from jobs.events import Progress

WINDOW_S = 60.0  # of the recent past that counts; measuring and saving fall into it as they fall into what comes
NOW_S = 15.0  # of the past that a speed to be shown is taken from
SURE_S = 5.0  # a shorter stretch says nothing of a machine's speed
PHOTOS_SEEN = "photos_seen"  # metrics that are counts since the beginning
WORK, WORK_TOTAL = "work", "work_total"  # in nominal seconds, as the kind's cost is reckoned


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far a job was at a time of the monotonic clock."""

    at: float
    done: float
    photos_seen: float
    work: float


class Pace:
    """The recent speed of one attempt, and the best that it has shown.

    `known` is the speed that earlier jobs like it have shown, in nominal seconds of work a second.
    """

    def __init__(self, *, known: float = 1.0) -> None:
        self._known = known
        self._marks: deque[Mark] = deque()
        self._what: tuple[str, int] | None = None
        self.best_work_per_s = 0.0

    def mark(self, progress: Progress, *, at: float) -> None:
        """Note how far the job is. Another unit or total begins anew."""
        what = (progress.unit, progress.total)
        if what != self._what or (self._marks and progress.done < self._marks[-1].done):
            self._marks.clear()
            self._what = what
        last = self._marks[-1] if self._marks else Mark(at=at, done=0, photos_seen=0, work=0)
        seen = progress.metrics.get(PHOTOS_SEEN, last.photos_seen)
        work = progress.metrics.get(WORK, last.work)
        self._marks.append(Mark(at=at, done=progress.done, photos_seen=seen, work=work))
        while len(self._marks) > 2 and self._marks[0].at < at - WINDOW_S:
            self._marks.popleft()
        if at - self._marks[0].at >= SURE_S and self._marks[0].work > 0:
            self.best_work_per_s = max(self.best_work_per_s, self._speed("work") or 0.0)

    def remaining_s(self, progress: Progress) -> float | None:
        """Estimate the seconds to the end: what is left, by work where the kind tells it, at the recent speed.

        Before there is one, the known speed stands for it; None where there is none either.
        """
        if WORK_TOTAL in progress.metrics:
            left = progress.metrics[WORK_TOTAL] - progress.metrics[WORK]
            return max(0.0, left) / (self._speed("work") or self._known)
        recent = self._speed("done")
        return (progress.total - progress.done) / recent if recent else None

    def pictures_per_s(self) -> float | None:
        """Give the pictures that a training sees in a second; None where none are seen."""
        return self._speed("photos_seen", window_s=NOW_S)

    def _speed(self, of: str, *, window_s: float = WINDOW_S) -> float | None:
        if len(self._marks) < 2:
            return None
        last = self._marks[-1]
        first = next((mark for mark in self._marks if mark.at >= last.at - window_s), last)
        passed_s, gained = last.at - first.at, float(getattr(last, of) - getattr(first, of))
        return gained / passed_s if passed_s > 0 and gained > 0 else None
