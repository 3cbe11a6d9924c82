"""Tells the workers of a queued job and the pages of a new event, beside the request and never in its way.

All of it may be lost: workers poll the table, and so do pages. A broker that hangs slows nobody.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

TASK = "reverie.run"
QUEUE = "reverie"
CHANNEL = "reverie:events"
_TIMEOUT_S = 2.0
_WAITING = 1000


class Doorbell:
    """A thread that rings; started at the first ring. Without an address it does nothing."""

    def __init__(self, *, broker: str | None, redis: str | None) -> None:
        self._broker = broker
        self._redis = redis
        self._waiting: queue.Queue[tuple[str, list[str]] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ring(self, job_ids: Iterable[UUID]) -> None:
        """Send each job's id to the workers' queue."""
        self._put("ring", job_ids)

    def announce(self, job_ids: Iterable[UUID]) -> None:
        """Say on `CHANNEL` that these jobs have new events."""
        self._put("announce", job_ids)

    def close(self) -> None:
        """Ring what waits, but for no longer than a broker may take to answer."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(None)
                thread.join(2 * _TIMEOUT_S)

    def _put(self, what: str, job_ids: Iterable[UUID]) -> None:
        ids = [str(job_id) for job_id in job_ids]
        if not ids or self._broker is None:
            return
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((what, ids))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="doorbell", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        line: _Line | None = None
        while (call := self._waiting.get()) is not None:
            what, ids = call
            # Whatever a broker answers, the job is in the table; the next call makes a new connection.
            with contextlib.suppress(Exception):
                line = line or _Line(str(self._broker), str(self._redis))
                if what == "ring":
                    line.ring(ids)
                else:
                    line.announce(ids)
        if line is not None:
            line.close()


class _Line:
    """A connection to the broker; made in the doorbell's thread, which alone pays for importing Celery."""

    def __init__(self, broker: str, redis: str) -> None:
        import celery
        import redis as client

        limits = {"socket_timeout": _TIMEOUT_S, "socket_connect_timeout": _TIMEOUT_S}
        self._app: Any = celery.Celery("reverie", broker=broker, set_as_current=False)
        self._app.conf.broker_transport_options = limits
        self._app.conf.broker_connection_timeout = _TIMEOUT_S
        self._redis = client.Redis.from_url(redis, **limits)

    def ring(self, ids: list[str]) -> None:
        """Send a message for each job."""
        for job_id in ids:
            self._app.send_task(TASK, [job_id], queue=QUEUE, retry=False, ignore_result=True)

    def announce(self, ids: list[str]) -> None:
        """Publish the ids."""
        self._redis.publish(CHANNEL, json.dumps(ids))

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()
        self._app.close()
