"""A renderer says that it is there: by a beat of its row in `workers`, with what the API asks by."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from jobs.ids import new_id
from store.presence import Presence, own_name
from store.store import Store

log = structlog.get_logger()


def present(store: Store, *, device: str, facts: Callable[[], Mapping[str, Any]]) -> Presence:
    """Make the presence of a renderer, not begun yet; each beat says what `facts` gives."""
    worker_id, name = new_id(), own_name()

    def beat() -> None:
        with store.begin() as tx:
            tx.workers.beat(worker_id, name=name, role="renderer", device=device, facts=facts())

    return Presence(store, worker_id=worker_id, beat=beat, on_death=_end_process)


def _end_process() -> None:
    """End a renderer of whom nobody would know, in order: who started it starts another one."""
    log.error("renderer.broken")
    os.kill(os.getpid(), signal.SIGTERM)
