"""The renderers as the API sees them: who is asked for which model, and what becomes of an order.

A model goes to the renderer that ranks highest for it (rendezvous hashing), so that it is warm in one of them, and a
renderer that comes or goes moves only the models that are its. One that does not answer is passed over for a while.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import anyio
import structlog
from fastapi.responses import Response

from api.calling import Answer, Line, Unanswered
from jobs.errors import (
    BadParams,
    Busy,
    Conflict,
    DiskFull,
    NotFound,
    NotLooked,
    ReverieError,
    Unavailable,
    WarmingUp,
)
from jobs.originals import Search
from jobs.picture import Order
from jobs.touring import Tour
from store.rows import WorkerRow
from store.store import Store

log = structlog.get_logger()
Found = TypeVar("Found")
MOST_AT_ONCE = 512  # requests of this process that wait for renderers
THREADS = 8
LOOK_S = 1.0  # between two looks at who is there
AWAY_S = 3.0  # for which one that did not answer is passed over
WARM_UP_S = 3
_TOLD: Mapping[str, Callable[..., ReverieError]] = MappingProxyType(
    {kind.code: kind for kind in (NotFound, Conflict, NotLooked, BadParams, Busy, Unavailable, DiskFull)}
)


class Renderers:
    """Used on the event loop of one process."""

    def __init__(self, store: Store, *, most_at_once: int = MOST_AT_ONCE) -> None:
        self._store = store
        self._most_at_once = most_at_once
        self._at_once = 0
        self._lines: dict[str, Line] = {}
        self._away: dict[str, float] = {}  # until when, by address
        self._seen: Sequence[WorkerRow] = ()
        self._looked_at = -LOOK_S
        self._looking = asyncio.Lock()
        self._threads = anyio.CapacityLimiter(THREADS)

    async def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            line.close()

    async def in_thread(self, look: Callable[[], Found]) -> Found:
        """Look into the database in one of a few threads that are kept for this: all others stay free for all else."""
        return await anyio.to_thread.run_sync(look, limiter=self._threads)

    async def ranked(self, model_id: UUID) -> list[WorkerRow]:
        """List those that answer, the one to ask for this model first. Raises: WarmingUp, if there is none."""
        async with self._looking:
            if time.monotonic() - self._looked_at > LOOK_S:
                self._seen = await self.in_thread(self._look)
                self._looked_at = time.monotonic()
                self._forget({_address(row) for row in self._seen})
        there = [row for row in self._seen if self._away.get(_address(row), 0) < time.monotonic()]
        if not there:
            raise _warming_up()
        return sorted(there, key=lambda row: rank(row.id, model_id), reverse=True)

    async def ask(self, what: str, order: Order | Search | Tour) -> Response:
        """Have a renderer do what the order says, and give its answer, be it a problem.

        Raises: Busy, if too many wait already; WarmingUp, if no renderer is there.
        """
        if self._at_once >= self._most_at_once:
            raise Busy(
                f"{self._at_once} pictures are waited for already",
                retry_after_s=1,
                remedy="Wait a moment, and ask for what is on the screen alone.",
            )
        self._at_once += 1
        try:
            body = order.model_dump_json(exclude_defaults=True).encode()
            for row in await self.ranked(order.model_id):
                try:
                    answer = await self._line(_address(row)).post(f"/{what}", body)
                except Unanswered as error:
                    self._pass_over(row, error)
                else:
                    return _passed_on(answer)
            raise _warming_up()
        finally:
            self._at_once -= 1

    def _look(self) -> list[WorkerRow]:
        with self._store.read() as tx:
            return tx.workers.seen(within_s=self._store.settings.lease_s, role="renderer")

    def _forget(self, there: Set[str]) -> None:
        """Close the connections to renderers of whom nothing was heard for long."""
        for address in self._lines.keys() - there:
            self._lines.pop(address).close()
            self._away.pop(address, None)

    def _pass_over(self, row: WorkerRow, error: Unanswered) -> None:
        log.warning("renderer.passed_over", renderer=str(row.id), error=str(error))
        self._away[_address(row)] = time.monotonic() + AWAY_S

    def _line(self, address: str) -> Line:
        if address not in self._lines:
            self._lines[address] = Line(address)
        return self._lines[address]


def rank(renderer_id: UUID, model_id: UUID) -> bytes:
    """Rank a renderer for a model; the highest one is asked."""
    return hashlib.sha256(renderer_id.bytes + model_id.bytes).digest()


def _address(row: WorkerRow) -> str:
    return str(row.facts["address"])


def _warming_up() -> WarmingUp:
    return WarmingUp(
        "no renderer is there yet",
        remedy="It starts by itself within seconds; ask again then.",
        retry_after_s=WARM_UP_S,
    )


def _passed_on(answer: Answer) -> Response:
    """Give a renderer's answer. Raises: the error that it tells."""
    if 200 <= answer.status < 300:
        return Response(answer.content, answer.status, media_type=answer.media_type)
    try:
        told: dict[str, Any] = json.loads(answer.content)
        kind = _TOLD[told["code"]]
    except (ValueError, KeyError):
        raise ReverieError("The renderer met an error of its own.", remedy="Its log holds the details.") from None
    facts = {name: value for name, value in told.items() if name not in ("code", "title") and value is not None}
    raise kind(facts.pop("detail"), **facts)
