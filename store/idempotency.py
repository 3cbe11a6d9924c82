"""Idempotency keys: one request, sent twice, makes one job."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import KeyReused
from store import tables as t
from store.database import insert
from store.names import checked_name
from store.types import now

KEPT = timedelta(hours=24)


class Keys:
    """The table `idempotency_keys`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, key: str, request_hash: str, job_id: UUID) -> UUID:
        """Tie a key to a job about to be made, and give the job that owns the key: this one, or an earlier one.

        Of two requests at once the later waits for the earlier to commit.
        Raises: KeyReused, if the key came with another request; BadParams, if it is empty or too long.
        """
        key = checked_name(key, pointer="#/Idempotency-Key")
        self._connection.execute(
            sa.delete(t.idempotency_keys).where(
                t.idempotency_keys.c.key == key, t.idempotency_keys.c.created_at < now() - KEPT
            )
        )
        statement = insert(self._connection, t.idempotency_keys).on_conflict_do_nothing()
        values = {"key": key, "request_hash": request_hash, "job_id": job_id, "created_at": now()}
        self._connection.execute(statement.values(**values))
        found = self._connection.execute(sa.select(t.idempotency_keys).where(t.idempotency_keys.c.key == key)).one()
        if found.request_hash != request_hash:
            raise KeyReused(
                "This Idempotency-Key came with another request before.", remedy="Use a new key for a new request."
            )
        owner: UUID = found.job_id
        return owner

    def forget(self) -> int:
        """Drop keys older than a day; return how many."""
        old = sa.delete(t.idempotency_keys).where(t.idempotency_keys.c.created_at < now() - KEPT)
        return self._connection.execute(old).rowcount
