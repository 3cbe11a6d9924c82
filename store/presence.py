"""A worker or a renderer says that it is there: a thread that beats, from the start to the end."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from uuid import UUID

import structlog

from jobs.errors import ReverieError
from store.store import Store

log = structlog.get_logger()


def own_name() -> str:
    """Name this process, for the table `workers`."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Presence:
    """Calls `beat` every `heartbeat_s`, whatever else goes on; `on_death` where that ends by a mistake of ours."""

    def __init__(
        self, store: Store, *, worker_id: UUID, beat: Callable[[], object], on_death: Callable[[], object]
    ) -> None:
        self.worker_id = worker_id
        self._store, self._beat, self._on_death = store, beat, on_death
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="presence", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, and leave the list of workers."""
        self._ended.set()
        self._thread.join()
        try:
            with self._store.begin() as tx:
                tx.workers.leave(self.worker_id)
        except ReverieError as error:
            log.warning("presence.not_signed_off", error=str(error))

    def _beat_on(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    self._beat()
                except ReverieError as error:  # the database is away, or full: the next beat may come through
                    log.warning("presence.beat_failed", error=str(error))
                self._ended.wait(self._store.settings.heartbeat_s)
        finally:
            if not self._ended.is_set():
                self._on_death()
