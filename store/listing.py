"""Which photos of a dataset a grid shows and in which order, and where each of its pages begins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams
from store import tables as t
from store.names import one_of
from store.pages import Order

UNDATED = "undated"
MOST_ALBUMS = 500
ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        # An id carries its archive's time and its position.
        "came": Order(name="photos", columns=[t.photos.c.id], down=False),
        "oldest": Order(name="photos-oldest", columns=[t.photos.c.taken_at, t.photos.c.id], down=False, nullable=True),
        "newest": Order(name="photos-newest", columns=[t.photos.c.taken_at, t.photos.c.id], nullable=True),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Photos of these states (none: of all), of one album, time and kind, where these are given.

    `taken` is a year ("1991"), a month ("1991-09"), or "undated"; all in UTC. `order` is "came", "oldest" or "newest".
    """

    states: Sequence[str] = ()
    album: str | None = None
    taken: str | None = None
    kind: str | None = None
    order: str = "came"

    @property
    def by(self) -> Order:
        """Give the order. Raises: BadParams."""
        return ORDERS[one_of("order", self.order, list(ORDERS))]

    def runs(self) -> list[sa.ColumnElement[bool]]:
        """Give a condition a state: each is a run of an index. Raises: BadParams.

        Where all states are wanted in the order of time they are named, since no index has that order without them.
        """
        states = self.states or (t.PHOTO_STATES if self.by.nullable else ())
        return [
            t.photos.c.state == state
            for state in dict.fromkeys(one_of("state", state, t.PHOTO_STATES) for state in states)
        ]

    def of(self, dataset_id: UUID, *, begun: bool = False) -> sa.ColumnElement[bool]:
        """Give the condition that all runs share; `begun` where a cursor says too where to begin. Raises: BadParams."""
        wanted = [t.photos.c.dataset_id == dataset_id]
        if self.album is not None:
            wanted.append(t.photos.c.album == self.album)
        if self.kind is not None:
            wanted.append(t.photos.c.kind == one_of("kind", self.kind, t.PHOTO_KINDS))
        if self.taken is not None:
            wanted.append(_taken(self.taken, down=self.by.down, begun=begun))
        return sa.and_(*wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A list of photos from afar.

    `starts`: the cursor of each page but the first. `months`: how many photos are of each month ("1991-09"; None:
    without a date), in the order of the list, whatever time was asked for. `albums`: all of the dataset, by name.
    """

    total: int
    starts: list[str]
    months: list[tuple[str | None, int]]
    albums: list[str]


def overview(connection: sa.Connection, dataset_id: UUID, listing: Listing, *, every: int) -> Overview:
    """Look at a list of photos from afar, in pages of `every`. Raises: BadParams."""
    wanted = _wanted(dataset_id, listing)
    months = _months(connection, dataset_id, listing)
    total = sum(count for _, count in months)
    if listing.taken is not None:
        total = connection.execute(sa.select(sa.func.count()).select_from(t.photos).where(wanted)).scalar_one()
    number = sa.func.row_number().over(order_by=_sorted_by(listing.by)).label("number")
    numbered = sa.select(t.photos.c.taken_at, t.photos.c.id, number).where(wanted).subquery()
    last = sa.select(numbered).where(numbered.c.number % every == 0, numbered.c.number < total)
    rows = connection.execute(last.order_by(numbered.c.number)).mappings()
    return Overview(
        total=total,
        starts=[listing.by.cursor_of(row) for row in rows],
        months=months,
        albums=_albums(connection, dataset_id),
    )


def all_ids(connection: sa.Connection, dataset_id: UUID, listing: Listing) -> list[UUID]:
    """Name all photos of a list, in its order. Raises: BadParams."""
    query = sa.select(t.photos.c.id).where(_wanted(dataset_id, listing)).order_by(*_sorted_by(listing.by))
    return list(connection.execute(query).scalars())


def _wanted(dataset_id: UUID, listing: Listing) -> sa.ColumnElement[bool]:
    runs = listing.runs()
    return sa.and_(listing.of(dataset_id), sa.or_(*runs) if runs else sa.true())


def _sorted_by(order: Order) -> list[sa.ColumnElement[Any]]:
    undated = [order.columns[0].is_(None)] if order.nullable else []
    return [*undated, *order.sorted_by()]


def _taken(taken: str, *, down: bool, begun: bool) -> sa.ColumnElement[bool]:
    """Give the condition of a time.

    Where a cursor says where to begin, the end that the list comes from is hidden from indexes: SQLite would begin
    there, and read all up to the cursor.
    """
    if taken == UNDATED:
        return t.photos.c.taken_at.is_(None)
    found = re.fullmatch(r"(1\d\d\d|2\d\d\d)(?:-(0[1-9]|1[0-2]))?", taken, re.ASCII)
    if found is None:
        raise BadParams(
            f"taken is a year such as 1991, a month such as 1991-09, or {UNDATED}; not {taken[:40]!r}.",
            pointer="#/taken",
        )
    year, month = int(found[1]), int(found[2] or 0)
    begin = datetime(year, month or 1, 1, tzinfo=UTC)
    later = year + (month in (0, 12))
    end = datetime(later, month % 12 + 1 if month else 1, 1, tzinfo=UTC)
    column = t.photos.c.taken_at
    behind = sa.func.coalesce(column, column, type_=column.type) if begun else column
    return sa.and_(column >= begin, behind < end) if down else sa.and_(behind >= begin, column < end)


def _months(connection: sa.Connection, dataset_id: UUID, listing: Listing) -> list[tuple[str | None, int]]:
    """Count by month, UTC; SQLite stores a moment as a text that begins with it."""
    taken_at = t.photos.c.taken_at
    if connection.dialect.name == "sqlite":
        month: sa.ColumnElement[Any] = sa.func.substr(sa.type_coerce(taken_at, sa.String), 1, 7)
    else:
        month = sa.func.to_char(sa.func.timezone("UTC", taken_at), "YYYY-MM")
    anytime = replace(listing, taken=None)
    query = sa.select(month, sa.func.count()).where(_wanted(dataset_id, anytime)).group_by(month)
    counts: dict[str | None, int] = dict(connection.execute(query).all())
    undated = counts.pop(None, 0)
    dated = sorted(counts.items(), key=lambda one: one[0] or "", reverse=listing.order == "newest")
    return [*dated, (None, undated)] if undated else dated


def _albums(connection: sa.Connection, dataset_id: UUID) -> list[str]:
    query = sa.select(t.photos.c.album).where(t.photos.c.dataset_id == dataset_id, t.photos.c.album.is_not(None))
    return list(connection.execute(query.distinct().order_by(t.photos.c.album).limit(MOST_ALBUMS)).scalars())
