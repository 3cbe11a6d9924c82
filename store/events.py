"""The story of each job, line by line. A line is numbered at once and written at the end of its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound, StaleAttempt
from jobs.state import State
from store import tables as t
from store.database import lock_events
from store.rows import Event
from store.types import now


class Events:
    """The table `events`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: list[dict[str, Any]] = []

    def append(self, job_id: UUID, *, attempt: int, type: str, body: Mapping[str, Any]) -> int:
        """Add a worker's line and return its `seq`.

        Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        mine = (t.jobs.c.attempt == attempt) & (t.jobs.c.state == State.RUNNING)
        seq = self._number(job_id, attempt=attempt, type=type, body=body, where=mine)
        if seq is None:
            raise StaleAttempt(f"Job {job_id} is no longer at attempt {attempt}.", job_id=str(job_id), attempt=attempt)
        return seq

    def record(self, job_id: UUID, *, attempt: int, type: str, body: Mapping[str, Any]) -> int:
        """Add a line that belongs to no worker, such as a move made by the owner; return its `seq`."""
        seq = self._number(job_id, attempt=attempt, type=type, body=body, where=sa.true())
        if seq is None:
            raise NotFound(f"There is no job {job_id}.")
        return seq

    def after(self, job_id: UUID, seq: int = 0, *, limit: int = 500) -> list[Event]:
        """Read a job's lines after `seq`, oldest first."""
        query = sa.select(t.events).where(t.events.c.job_id == job_id, t.events.c.seq > seq)
        return self._read(query.order_by(t.events.c.seq), limit)

    def after_all(self, id: int = 0, *, limit: int = 500) -> list[Event]:
        """Read all jobs' lines after `id`, oldest first; none appears later with a lower id than one already seen."""
        return self._read(sa.select(t.events).where(t.events.c.id > id).order_by(t.events.c.id), limit)

    def last_id(self) -> int:
        """Give the id of the newest line of all; 0 when there is none."""
        return self._connection.execute(sa.select(sa.func.max(t.events.c.id))).scalar_one() or 0

    def of_types(self, job_id: UUID, *types: str) -> list[Event]:
        """Read all of a job's lines of these types, oldest first."""
        query = sa.select(t.events).where(t.events.c.job_id == job_id, t.events.c.type.in_(types))
        return self._read(query.order_by(t.events.c.seq), None)

    def thinned(self, job_id: UUID, type: str, *, most: int) -> list[Event]:
        """Read about `most` of a job's lines of a type, oldest first: every k-th, the last one, and the first of each
        attempt. What a line says is read of these alone: a long story costs little more than a short one.
        """
        of_type = t.events.c.job_id == job_id, t.events.c.type == type
        count = self._connection.execute(sa.select(sa.func.count()).where(*of_type)).scalar_one()
        before = sa.func.lag(t.events.c.attempt).over(order_by=t.events.c.seq)
        numbered = (
            sa.select(
                t.events.c.id,
                sa.func.row_number().over(order_by=t.events.c.seq).label("number"),
                (t.events.c.attempt != before).label("begins"),
            )
            .where(*of_type)
            .subquery()
        )
        every_kth = (numbered.c.number - 1) % max(-(-count // most), 1) == 0
        query = sa.select(t.events).join(numbered, numbered.c.id == t.events.c.id)
        lines = self._read(query.where(every_kth | numbered.c.begins | (numbered.c.number == count)), None)
        return sorted(lines, key=lambda line: line.seq)

    def flush(self) -> set[UUID]:
        """Write the lines that wait, and say whose they are; the last thing that a transaction does."""
        if not self._waiting:
            return set()
        lock_events(self._connection)
        self._connection.execute(sa.insert(t.events), self._waiting)
        told: set[UUID] = {line["job_id"] for line in self._waiting}
        self._waiting = []
        return told

    def _number(
        self, job_id: UUID, *, attempt: int, type: str, body: Mapping[str, Any], where: sa.ColumnElement[bool]
    ) -> int | None:
        statement = (
            sa.update(t.jobs)
            .where(t.jobs.c.id == job_id, where)
            .values(last_seq=t.jobs.c.last_seq + 1)
            .returning(t.jobs.c.last_seq)
        )
        seq: int | None = self._connection.execute(statement).scalar_one_or_none()
        if seq is not None:
            line = {"job_id": job_id, "seq": seq, "attempt": attempt, "type": type, "body": dict(body), "at": now()}
            self._waiting.append(line)
        return seq

    def _read(self, query: sa.Select[Any], limit: int | None) -> list[Event]:
        rows = self._connection.execute(query.limit(limit)).mappings()
        return [Event(**row) for row in rows]
