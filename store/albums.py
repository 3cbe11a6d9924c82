"""Albums: samples that somebody has put together, under a name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from store import sample_tables as s
from store.database import insert
from store.lists import pieces
from store.names import checked_name, folded, plain
from store.pages import Order, Page, page_of
from store.types import now

_NEWEST = Order(name="albums", columns=[s.albums.c.id])
_HOLDS = s.album_samples.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Album:
    """Samples that somebody has put together; `samples` is how many."""

    id: UUID
    name: str
    samples: int
    created_at: datetime


class Albums:
    """The tables `albums` and `album_samples`; `hold` keeps samples as they are until the commit."""

    def __init__(self, connection: sa.Connection, *, hold: Callable[[Collection[UUID]], None]) -> None:
        self._connection = connection
        self._hold = hold

    def add(self, name: str) -> Album:
        """Make an empty album. Raises: BadParams; Conflict, where one has this name, or it in other capitals."""
        values = {"id": new_id(), "created_at": now(), **self._named(name)}
        made = insert(self._connection, s.albums).values(**values).on_conflict_do_nothing(index_elements=["folded"])
        if self._connection.execute(made.returning(s.albums.c.id)).first() is None:
            raise self._taken(name)
        return self.get(values["id"])

    def get(self, album_id: UUID) -> Album:
        """Read an album; NotFound without one."""
        row = self._connection.execute(_counted().where(s.albums.c.id == album_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no album {album_id}.", remedy="GET /albums lists all of them.")
        return Album(**row)

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[Album]:
        """List albums with the number of their samples, those made last first."""
        return page_of(self._connection, _counted(), Album, order=_NEWEST, limit=limit, cursor=cursor)

    def rename(self, album_id: UUID, name: str) -> Album:
        """Give an album another name. Raises: NotFound; BadParams; Conflict, where another has it."""
        self.get(album_id)
        values = self._named(name)
        other = sa.select(s.albums.c.id).where(s.albums.c.folded == values["folded"], s.albums.c.id != album_id)
        if self._connection.execute(other).first() is not None:
            raise self._taken(name)
        self._connection.execute(sa.update(s.albums).where(s.albums.c.id == album_id).values(**values))
        return self.get(album_id)

    def delete(self, album_id: UUID) -> None:
        """Delete an album; its samples stay. Raises: NotFound."""
        self.get(album_id)
        self._connection.execute(sa.delete(s.albums).where(s.albums.c.id == album_id))

    def change(
        self, album_id: UUID, *, add: Collection[UUID], remove: Collection[UUID]
    ) -> tuple[list[UUID], list[UUID]]:
        """Put samples into an album and take others out; gives which were new in it, and which had been in it.

        Raises: NotFound, for an album or a sample to be added that is not there; then nothing is changed.
        """
        self.get(album_id)
        self._hold(add)
        taken: list[UUID] = []
        given: list[UUID] = []
        for ids in pieces(remove):
            out = sa.delete(s.album_samples).where(_HOLDS.album_id == album_id, _HOLDS.sample_id.in_(ids))
            taken += self._connection.execute(out.returning(_HOLDS.sample_id)).scalars()
        of = s.samples.c
        for ids in pieces(add):
            rows = sa.select(sa.literal(album_id, sa.Uuid), of.id, *(of[name] for name in s.MARKS)).where(
                of.id.in_(ids)
            )
            into = insert(self._connection, s.album_samples)
            put = into.from_select(["album_id", "sample_id", *s.MARKS], rows).on_conflict_do_nothing()
            given += self._connection.execute(put.returning(_HOLDS.sample_id)).scalars()
        return given, taken

    def _named(self, name: str) -> dict[str, Any]:
        name = checked_name(plain(name))
        return {"name": name, "folded": folded(name)}

    def _taken(self, name: str) -> Conflict:
        query = sa.select(s.albums.c.id, s.albums.c.name).where(s.albums.c.folded == folded(name))
        there = self._connection.execute(query).one_or_none()
        called = there.name if there else name
        return Conflict(
            f"There is an album called {called} already.",
            remedy="Put the pictures into it, or give another name.",
            album_id=str(there.id) if there else None,
        )


def _counted() -> sa.Select[Any]:
    count = sa.select(sa.func.count()).where(_HOLDS.album_id == s.albums.c.id).scalar_subquery().label("samples")
    return sa.select(s.albums.c.id, s.albums.c.name, s.albums.c.created_at, count)
