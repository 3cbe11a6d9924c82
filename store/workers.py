"""Workers and renderers that are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import tables as t
from store.database import insert
from store.rows import WorkerRow
from store.types import now

FORGOTTEN = timedelta(days=1)


class Workers:
    """The table `workers`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def beat(
        self, worker_id: UUID, *, name: str, role: str = "worker", device: str, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Say that a worker is there: the first time it is registered, later its heartbeat is raised."""
        at = now()
        what = {"name": name[:200], "role": role, "device": device[:64], "facts": dict(facts or {}), "seen_at": at}
        statement = insert(self._connection, t.workers).values(id=worker_id, started_at=at, heartbeat=1, **what)
        again = statement.on_conflict_do_update(
            index_elements=["id"], set_={**what, "heartbeat": t.workers.c.heartbeat + 1}
        )
        self._connection.execute(again)

    def leave(self, worker_id: UUID) -> None:
        """Say that a worker is gone."""
        self._connection.execute(sa.delete(t.workers).where(t.workers.c.id == worker_id))

    def seen(self, *, within_s: float, role: str | None = None) -> list[WorkerRow]:
        """List those that were heard of within `within_s`; for the eye only, since clocks of machines differ."""
        query = sa.select(t.workers).where(t.workers.c.seen_at >= now() - timedelta(seconds=within_s))
        if role is not None:
            query = query.where(t.workers.c.role == role)
        rows = self._connection.execute(query.order_by(t.workers.c.started_at, t.workers.c.id)).mappings()
        return [WorkerRow(**row) for row in rows]

    def forget(self) -> int:
        """Drop those of whom nothing was heard for a day; return how many."""
        gone = sa.delete(t.workers).where(t.workers.c.seen_at < now() - FORGOTTEN)
        return self._connection.execute(gone).rowcount
