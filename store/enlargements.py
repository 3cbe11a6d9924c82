"""Enlarging: pictures that were made larger, and weights that owners have brought for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from store import enlarge_tables as e
from store import sample_tables as s
from store import tables as t
from store.database import insert
from store.datasets import AWAY
from store.lists import pieces
from store.rows import columns
from store.types import now

UPSCALE = "upscale"  # the kind of job that enlarges


@dataclass(frozen=True, kw_only=True, slots=True)
class Enlargement:
    """A picture that was made larger, of a sample or of a photograph."""

    id: UUID
    job_id: UUID
    sample_id: UUID | None
    photo_id: UUID | None
    factor: int
    made_with: str
    words: str
    width: int
    height: int
    print: Mapping[str, Any] | None
    recipe: Mapping[str, Any]
    blur: str
    sha256: str
    key: str
    view_key: str
    size_bytes: int
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnlargerRow:
    """Weights that an owner has brought, as they were read, under the name of their file."""

    id: UUID
    name: str
    sha256: str
    architecture: Mapping[str, Any]
    notes: Sequence[str]
    key: str
    size_bytes: int
    created_at: datetime = field(default_factory=now)


class Enlargements:
    """The tables `enlargements` and `enlargers`."""

    def __init__(
        self, connection: sa.Connection, *, discard: Callable[..., None], drop_point: Callable[[UUID], None]
    ) -> None:
        self._connection = connection
        self._discard = discard
        self._drop_point = drop_point

    def add(self, row: Enlargement) -> None:
        """Add what a job has made; again, it stands in the place of what the job made before."""
        self._drop(e.enlargements.c.job_id == row.job_id, but={row.key, row.view_key})
        self._connection.execute(sa.insert(e.enlargements).values(**columns(row)))

    def get(self, id: UUID) -> Enlargement:
        """Read one; NotFound without one."""
        found = self._rows(e.enlargements.c.id == id)
        if not found:
            raise NotFound(f"There is no enlarged picture {id}.")
        return found[0]

    def of_sample(self, sample_id: UUID) -> list[Enlargement]:
        """List those of a sample, the newest first."""
        return self._rows(e.enlargements.c.sample_id == sample_id)

    def of_photo(self, photo_id: UUID) -> list[Enlargement]:
        """List those of a photograph, the newest first."""
        return self._rows(e.enlargements.c.photo_id == photo_id)

    def delete(self, id: UUID) -> None:
        """Delete one; its files go with the commit. Raises: NotFound."""
        self.get(id)
        self._drop(e.enlargements.c.id == id)

    def forget(self, photo_ids: Sequence[UUID]) -> None:
        """Delete all that was made of these photographs, and rows that jobs have kept to go on from."""
        self.let_go_of_points()
        for ids in pieces(photo_ids):
            self._drop(e.enlargements.c.photo_id.in_(ids))

    def let_go_of_points(self) -> None:
        """Drop what jobs have kept to go on from, however they stand, where the picture that they enlarge is gone."""
        query = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind == UPSCALE)
        query = query.join(t.resume_points, t.resume_points.c.job_id == t.jobs.c.id).order_by(t.jobs.c.id)
        jobs = {row.id: row.params for row in self._connection.execute(query)}
        of = {id: UUID(params.get("sample_id") or params["photo_id"]) for id, params in jobs.items()}
        there: set[UUID] = set()
        for ids in pieces(of.values()):
            photos = sa.select(t.photos.c.id).where(t.photos.c.id.in_(ids), t.photos.c.state.not_in(AWAY))
            there.update(self._connection.execute(photos).scalars())
            samples = sa.select(s.samples.c.id).where(s.samples.c.id.in_(ids))
            there.update(self._connection.execute(samples).scalars())
        for id, picture in of.items():
            if picture not in there:
                self._drop_point(id)

    # What enlarges

    def enlargers(self) -> list[EnlargerRow]:
        """List what owners have brought, by name."""
        rows = self._connection.execute(sa.select(e.enlargers).order_by(e.enlargers.c.name)).mappings()
        return [EnlargerRow(**row) for row in rows]

    def enlarger(self, id: UUID) -> EnlargerRow:
        """Read one; NotFound without one."""
        row = self._connection.execute(sa.select(e.enlargers).where(e.enlargers.c.id == id)).mappings().one_or_none()
        if row is None:
            raise NotFound(
                "There is no file of this name that enlarges.",
                remedy="GET /enlargers lists what there is; POST /enlargers brings one.",
            )
        return EnlargerRow(**row)

    def bring(self, row: EnlargerRow) -> EnlargerRow:
        """Add one; the same bytes are one, however they are called, and the new file goes. Of two at once one is first.

        Raises: Conflict, where other weights have the name.
        """
        statement = insert(self._connection, e.enlargers).on_conflict_do_nothing().values(**columns(row))
        if self._connection.execute(statement.returning(e.enlargers.c.id)).first() is not None:
            return row
        there = self.same(row.id, row.name, sha256=row.sha256)
        if there is None:  # it was deleted in this moment
            raise Conflict(f"{row.name} was deleted meanwhile", remedy="Send it again.")
        if there.key != row.key:
            self._discard(row.key)
        return there

    def same(self, id: UUID, name: str, *, sha256: str) -> EnlargerRow | None:
        """Find those of the same bytes, if they are here. Raises: Conflict, where other weights have the name."""
        which = sa.or_(e.enlargers.c.sha256 == sha256, e.enlargers.c.id == id)
        rows = [EnlargerRow(**row) for row in self._connection.execute(sa.select(e.enlargers).where(which)).mappings()]
        same = next((row for row in rows if row.sha256 == sha256), None)
        if same is None and rows:
            raise Conflict(f"other weights are called {name} already", remedy="Delete those, or rename the file.")
        return same

    def let_go(self, id: UUID) -> None:
        """Delete one; what it has enlarged stays. Raises: NotFound."""
        self._discard(self.enlarger(id).key)
        self._connection.execute(sa.delete(e.enlargers).where(e.enlargers.c.id == id))

    def _rows(self, which: sa.ColumnElement[bool]) -> list[Enlargement]:
        query = sa.select(e.enlargements).where(which).order_by(e.enlargements.c.id.desc())
        return [Enlargement(**row) for row in self._connection.execute(query).mappings()]

    def _drop(self, which: sa.ColumnElement[bool], *, but: Collection[str] = ()) -> None:
        """Delete rows, and with the commit their files, save for those that a commit of unknown outcome has named."""
        of = e.enlargements.c
        gone = self._connection.execute(sa.delete(e.enlargements).where(which).returning(of.key, of.view_key))
        for row in gone.all():
            self._discard(*set(row).difference(but))
