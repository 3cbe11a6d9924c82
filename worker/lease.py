"""The lease of one attempt: kept by heartbeats, lost for good after too long without one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from jobs.errors import StaleAttempt, Unavailable
from jobs.state import Wish
from store.rows import Job
from store.store import Store

PATIENCE_S = 0.5  # between two tries while the database is away


class Lease:
    """Says whether this worker still owns the job, and what the owner of the job wishes.

    A write that finds another attempt loses it at once; so does `fence_s` without a heartbeat that came through,
    since by then another worker may be about to take the job.
    """

    def __init__(self, store: Store, job: Job, *, on_lost: Callable[[], None]) -> None:
        self.lost = threading.Event()
        self.wish: Wish | None = job.wish
        self._store = store
        self._job = job
        self._on_lost = on_lost
        self._kept_at = time.monotonic()

    def beat(self) -> None:
        """Keep the lease, from any thread."""
        try:
            with self._store.begin() as tx:
                wish = tx.jobs.beat(self._job.id, self._job.attempt)
        except StaleAttempt:
            self.lose()
        except Unavailable:
            self.check()
        else:
            self.kept(wish)

    def kept(self, wish: Wish | None) -> None:
        """Note a heartbeat that came through, and the wish that it brought."""
        self._kept_at = time.monotonic()
        self.wish = wish

    def check(self) -> bool:
        """Lose the lease when it is too old; say whether it is still held."""
        if time.monotonic() - self._kept_at > self._store.settings.fence_s:
            self.lose()
        return not self.lost.is_set()

    def patient(self) -> bool:
        """Wait a moment for the database; False once the lease is lost."""
        self.lost.wait(PATIENCE_S)
        return self.check()

    def lose(self) -> None:
        """Give the job up."""
        if not self.lost.is_set():
            self.lost.set()
            self._on_lost()
