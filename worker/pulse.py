"""The worker's pulse: a thread that says it is there, keeps the lease of what it does, and sweeps lost leases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from store.leases import Seen
from store.presence import Presence, own_name
from store.store import Store
from worker.lease import Lease
from worker.speeds import Speeds

log = structlog.get_logger()


class Pulse:
    """Beats every `heartbeat_s`, whatever the worker is busy with; without a pulse nobody may work on."""

    def __init__(self, store: Store, *, worker_id: UUID, speeds: Speeds, on_death: Callable[[], None]) -> None:
        self._store = store
        self._speeds = speeds
        self._seen: dict[UUID, Seen] = {}
        self._held: tuple[Lease, Callable[[], None]] | None = None
        self._presence = Presence(store, worker_id=worker_id, beat=self._beat, on_death=on_death)

    def start(self) -> None:
        """Begin."""
        self._presence.start()

    def close(self) -> None:
        """End, and leave the list of workers."""
        self._presence.close()

    @contextmanager
    def holding(self, lease: Lease, beat_child: Callable[[], None]) -> Iterator[None]:
        """Keep a lease, and the child from thinking that it is alone, for as long as this lasts."""
        self._held = (lease, beat_child)
        try:
            yield
        finally:
            self._held = None

    def _beat(self) -> None:
        held = self._held
        if held is not None:
            lease, beat_child = held
            beat_child()
            lease.beat()
        with self._store.begin() as tx:
            tx.workers.beat(self._presence.worker_id, name=own_name(), device="cpu", facts=self._speeds.facts())
            lost = tx.jobs.sweep(self._seen, at=time.monotonic(), lease_s=self._store.settings.lease_s)
        for job in lost:
            log.warning("job.lease_lost", job=str(job.id), attempt=job.attempt, to=job.state)
