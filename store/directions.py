"""Directions: what was found in models' spaces, and the names that their owner gave."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from store import tables as t
from store.explored import KINDS_OF_DIRECTIONS
from store.names import checked_name
from store.rows import Direction, columns


class Directions:
    """The table `directions`."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    def add_many(self, found: Collection[Direction], *, turned: Collection[UUID] = ()) -> int:
        """Add what was found in a space; what is there already stays as it is, and files that nothing names go.

        One that is there without a name takes the name that was found for it, unless it is among the `turned`, whose
        name belongs to the other end. Who adds has held the job. Returns how many were new.
        """
        there = {one.id: one for one in self.some([one.id for one in found])}
        for one in found:
            before = there.get(one.id)
            if before is None:
                self._connection.execute(sa.insert(t.directions).values(**columns(one)))
                continue
            if before.key != one.key:
                self._discard(one.key)
            if before.name is None and one.name is not None and one.id not in turned:
                self._set(one.id, name=one.name, follows=one.follows)
        return len(found) - len(there)

    def get(self, direction_id: UUID) -> Direction:
        """Read a direction; NotFound without one."""
        for one in self.some([direction_id]):
            return one
        raise NotFound(
            f"There is no direction {direction_id}.", remedy="GET /models/{id}/directions lists those of a model."
        )

    def some(self, direction_ids: Collection[UUID]) -> list[Direction]:
        """Read those of these directions that there are."""
        query = sa.select(t.directions).where(t.directions.c.id.in_(direction_ids))
        return [Direction(**row) for row in self._connection.execute(query).mappings()]

    def of_model(self, model_id: UUID) -> list[Direction]:
        """List the directions in a model's space, kind by kind, the strongest first."""
        rows = self._connection.execute(sa.select(t.directions).where(t.directions.c.model_id == model_id)).mappings()
        found = [Direction(**row) for row in rows]
        return sorted(found, key=lambda one: (KINDS_OF_DIRECTIONS.index(one.kind), one.position))

    def before(self, model_id: UUID) -> list[Direction]:
        """List the directions with names of what a model was before, the nearest first.

        Those are the earlier snapshots of its training, and the model that it descends from.
        """
        m = t.models.c
        own = self._connection.execute(sa.select(m.job_id, m.step, m.parent_id).where(m.id == model_id)).one_or_none()
        if own is None:
            return []
        earlier = sa.and_(m.job_id == own.job_id, m.step < own.step) if own.step is not None else sa.false()
        query = sa.select(t.directions).join(t.models, m.id == t.directions.c.model_id)
        query = query.where(t.directions.c.name.is_not(None), earlier | (m.id == own.parent_id))
        query = query.order_by((m.id == own.parent_id).asc(), m.step.desc(), t.directions.c.id)
        return [Direction(**row) for row in self._connection.execute(query).mappings()]

    def rename(self, direction_id: UUID, name: str | None) -> Direction:
        """Give a direction a name of its own, or take its name away. Raises: NotFound, BadParams."""
        one = replace(self.get(direction_id), name=None if name is None else checked_name(name), follows=None)
        self._set(one.id, name=one.name, follows=None)
        return one

    def delete(self, direction_id: UUID) -> None:
        """Delete a direction; its vector goes with the commit. Raises: NotFound."""
        one = self.get(direction_id)
        self._connection.execute(sa.delete(t.directions).where(t.directions.c.id == direction_id))
        self._discard(one.key)

    def _set(self, direction_id: UUID, *, name: str | None, follows: UUID | None) -> None:
        statement = sa.update(t.directions).where(t.directions.c.id == direction_id)
        self._connection.execute(statement.values(name=name, follows=follows))
