"""Whether a child is at work: it says something new, or it computes. Times are passed in."""

from __future__ import annotations

from collections.abc import Callable

LOOKS = 10  # at the processor time, within the limit
# Of a core. A child whose threads all wait for something that never comes still listens to its worker, and uses less.
LEAST_SHARE = 0.005


class Life:
    """Judges one child. A single operation may take hours, as long as it computes.

    `limit_s`: how long a child may do neither. `at`: now, in seconds of a monotonic clock.
    """

    def __init__(self, *, limit_s: float, at: float) -> None:
        self._limit_s = limit_s
        self._seen_at = at
        self._look_at = at
        self._used: tuple[float, float] | None = None  # when it was looked at, and the processor time until then

    def spoke(self, *, at: float) -> None:
        """Note that it said something new."""
        self._seen_at, self._used = at, None

    def hangs(self, used_s: Callable[[], float], *, at: float) -> bool:
        """Say whether it is to be given up. `used_s` gives the processor time that it has used; it is asked rarely."""
        if at < self._look_at:
            return False
        self._look_at = at + self._limit_s / LOOKS
        used = used_s()
        since, before = self._used or (at, used)
        self._used = since, before
        if used < before or used - before > LEAST_SHARE * (at - since):  # less: something that it started has ended
            self._seen_at, self._used = at, (at, used)
        return at - self._seen_at >= self._limit_s
