"""One reader of the events table for the whole process, and the streams that listen to it.

Redis wakes it; without Redis it looks by itself. What it reads goes to each listener's bounded buffer: a client that is
too slow for its buffer is sent away, and comes back with `Last-Event-ID`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import redis.asyncio as aredis
import structlog
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool

from jobs.errors import ReverieError
from store.doorbell import CHANNEL
from store.rows import Event
from store.store import Store

log = structlog.get_logger()
BUFFER_EVENTS = 1000
PAGE = 500
ALONE_S = 0.5  # between two looks without Redis: one indexed read
LONGEST_PAUSE_S = 15.0


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream; `None` in its buffer ends it."""

    job_id: UUID | None
    buffer: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(BUFFER_EVENTS + 1))

    def hear(self, event: Event) -> bool:
        """Take an event; False when the buffer is full."""
        if self.job_id is not None and self.job_id != event.job_id:
            return True
        if self.buffer.qsize() >= BUFFER_EVENTS:
            return False
        self.buffer.put_nowait(event)
        return True

    def end(self) -> None:
        """Let the stream end after what is in the buffer; there is always room for this word."""
        with suppress(asyncio.QueueFull):
            self.buffer.put_nowait(None)


class Tailer:
    """Reads what is new in `events`, once for all listeners, while there are any."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._joining = asyncio.Lock()
        self._wake = asyncio.Event()
        self._last_id = 0
        self._closed = False
        self._heard_of_redis = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def close_soon(self) -> None:
        """End all streams; may be called by a signal's handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.close)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Tailer]:
        """Run beside the app."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._tail()), asyncio.create_task(self._listen_to_redis())]
        try:
            yield self
        finally:
            self._loop = None
            self.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._closed = True
        for listener in self._listeners:
            listener.end()

    @asynccontextmanager
    async def listening(self, job_id: UUID | None) -> AsyncIterator[Listener]:
        """Listen from now on, to one job or to all."""
        listener = Listener(job_id)
        # One at a time: a second first listener must not move on past what the first one has still to hear.
        async with self._joining:
            if not self._listeners:
                self._last_id = await run_in_threadpool(self._newest)
            self._listeners.add(listener)
        self._wake.set()
        if self._closed:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def _tail(self) -> None:
        pause_s = ALONE_S
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._patience_s() if self._listeners else None)
            self._wake.clear()
            try:
                while self._listeners and self._tell(await run_in_threadpool(self._news)):
                    pass
                pause_s = ALONE_S
            except ReverieError as error:
                log.warning("tailer.failed", error=str(error), pause_s=pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                self._wake.set()

    def _patience_s(self) -> float:
        return self._store.settings.poll_s if self._heard_of_redis else ALONE_S

    def _tell(self, events: list[Event]) -> bool:
        for event in events:
            self._last_id = event.id
            for listener in [listener for listener in self._listeners if not listener.hear(event)]:
                log.info("stream.slow", job=str(listener.job_id))
                self._listeners.discard(listener)
                listener.end()
        return len(events) == PAGE

    def _news(self) -> list[Event]:
        with self._store.read() as tx:
            return tx.events.after_all(self._last_id, limit=PAGE)

    def _newest(self) -> int:
        with self._store.read() as tx:
            return tx.events.last_id()

    async def _listen_to_redis(self) -> None:
        address = self._store.settings.redis
        pause_s = ALONE_S
        while address is not None:
            try:
                async with aredis.from_url(address) as client, client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._heard_of_redis, pause_s = True, ALONE_S
                    async for _ in pubsub.listen():
                        self._wake.set()
            except (RedisError, OSError) as error:
                log.info("redis.away", error=str(error), pause_s=pause_s)
            self._heard_of_redis = False
            self._wake.set()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
