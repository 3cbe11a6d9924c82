"""A renderer says that it is there: a thread that beats its row in `workers`, from the first answer to the end."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from jobs.errors import ReverieError
from jobs.ids import new_id
from store.store import Store

log = structlog.get_logger()


class Presence:
    """Beats every `heartbeat_s` with what `facts` gives."""

    def __init__(self, store: Store, *, device: str, facts: Callable[[], Mapping[str, Any]]) -> None:
        self.worker_id = new_id()
        self._store, self._device, self._facts = store, device, facts
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="presence", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, and leave the list."""
        self._ended.set()
        self._thread.join()
        try:
            with self._store.begin() as tx:
                tx.workers.leave(self.worker_id)
        except ReverieError as error:
            log.warning("renderer.not_signed_off", error=str(error))

    def _beat_on(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        while not self._ended.is_set():
            try:
                with self._store.begin() as tx:
                    tx.workers.beat(
                        self.worker_id, name=name, role="renderer", device=self._device, facts=self._facts()
                    )
            except ReverieError as error:  # the database is away, or full: the next beat may come through
                log.warning("renderer.beat_failed", error=str(error))
            self._ended.wait(self._store.settings.heartbeat_s)
