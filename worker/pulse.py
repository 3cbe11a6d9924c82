"""The worker's pulse: a thread that says it is there, keeps the lease of what it does, and sweeps lost leases."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from jobs.errors import ReverieError
from store.leases import Seen
from store.store import Store
from worker.lease import Lease
from worker.speeds import Speeds

log = structlog.get_logger()


class Pulse:
    """Beats every `heartbeat_s`, whatever the worker is busy with."""

    def __init__(self, store: Store, *, worker_id: UUID, speeds: Speeds, on_death: Callable[[], None]) -> None:
        self._on_death = on_death
        self._store = store
        self._worker_id = worker_id
        self._speeds = speeds
        self._seen: dict[UUID, Seen] = {}
        self._held: tuple[Lease, Callable[[], None]] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, and leave the list of workers."""
        self._ended.set()
        self._thread.join()
        try:
            with self._store.begin() as tx:
                tx.workers.leave(self._worker_id)
        except ReverieError as error:
            log.warning("worker.not_signed_off", error=str(error))

    @contextmanager
    def holding(self, lease: Lease, beat_child: Callable[[], None]) -> Iterator[None]:
        """Keep a lease, and the child from thinking that it is alone, for as long as this lasts."""
        self._held = (lease, beat_child)
        try:
            yield
        finally:
            self._held = None

    def _beat_on(self) -> None:
        try:
            while True:
                self._beat()
                if self._ended.wait(self._store.settings.heartbeat_s):
                    return
        finally:
            if not self._ended.is_set():  # a mistake of ours: without a pulse nobody may work on
                self._on_death()

    def _beat(self) -> None:
        held = self._held
        if held is not None:
            lease, beat_child = held
            beat_child()
            lease.beat()
        try:
            with self._store.begin() as tx:
                tx.workers.beat(
                    self._worker_id,
                    name=f"{socket.gethostname()}:{os.getpid()}",
                    device="cpu",
                    facts=self._speeds.facts(),
                )
                lost = tx.jobs.sweep(self._seen, at=time.monotonic(), lease_s=self._store.settings.lease_s)
        except ReverieError as error:  # the database is away, or full: the next beat may come through
            log.warning("worker.beat_failed", error=str(error))
            return
        for job in lost:
            log.warning("job.lease_lost", job=str(job.id), attempt=job.attempt, to=job.state)
