"""Where samples stand in order: all of them, and those that a tag or an album holds, each along indexes of its own.

A shelf is read in one run of an index, or in a few that are merged. What is to stand on several shelves is found by
going along all of them at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams
from jobs.ids import first_id
from jobs.originality import LEVELS, UNKNOWN
from store import sample_tables as s
from store import tables as t
from store.names import folded, one_of
from store.pages import Order, rows_of

ORDERS = ("newest", "oldest", "best", "original")
MOST_STARS = 5
STRIDE, LONGEST_STRIDE = 64, 4000  # rows of each shelf that are looked at together: twice as many each time


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Samples that meet all of this, where it is given.

    `rating`: at least so many stars. `since`, `until`: asked for from then on, and before then; an id carries that
    time, so that newest and oldest go by it. `step`: of a training, which is given too. `pinned`: kept where somebody
    explored, so that no job drew it. `originality`: a word for how near it is to a photograph.
    """

    model_id: UUID | None = None
    training_id: UUID | None = None
    step: int | None = None
    job_id: UUID | None = None
    pinned: bool = False
    dataset_id: UUID | None = None
    favourite: bool | None = None
    rating: int = 0
    tag: str | None = None
    album_id: UUID | None = None
    originality: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: str = "newest"


Key = Mapping[
    str, Any
]  # of a sample: its `id`, which is its `sample_id` too, and its `rating` or `nearness` where one orders them


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """`query` gives what samples are ordered by, of those that are equal in all that is wanted here.

    It reads nothing that the index does not hold. So PostgreSQL has no cause to walk an index of all samples and leave
    out most of them, which it finds cheaper where rows are read, and which takes a thousand times as long where those
    that are wanted lie together. Time and stars are not in it yet.
    """

    wanted: Wanted
    table: sa.Table
    id: sa.Column[Any]
    query: sa.Select[Any]
    order: Order

    @property
    def bounds(self) -> sa.ColumnElement[bool]:
        """The condition of time and stars."""
        stars = self.table.c.rating >= self.wanted.rating if self.wanted.rating else sa.true()
        return sa.and_(_between(self.id, self.wanted, last=None), stars)

    @property
    def among(self) -> Sequence[sa.ColumnElement[bool]]:
        """The runs of an index that are merged, but in the order of stars itself: one for each number of stars."""
        if self.wanted.order == "best" or not self.wanted.rating:
            return ()
        return [self.table.c.rating == stars for stars in range(self.wanted.rating, MOST_STARS + 1)]

    def stretches(self, cursor: str | None) -> Sequence[sa.ColumnElement[bool]]:
        """The conditions of what follows one another after a cursor. Raises: Rejected, for one of another order."""
        last = self.order.place_of(cursor) if cursor is not None else None
        if self.wanted.order == "best":
            return _by_stars(self.wanted, self.order, last)
        if self.wanted.order == "original":
            return _by_percent(self.wanted, self.order, last)
        return [_between(self.id, self.wanted, last=last[0] if last else None)]

    def read(self, connection: sa.Connection, *, limit: int, cursor: str | None) -> list[Key]:
        """Read so many from after the cursor on. Raises: Rejected, for one of another order."""
        stretches = self.stretches(cursor)
        rows = rows_of(
            connection,
            self.query,
            order=self.order,
            limit=limit,
            cursor=cursor,
            among=self.among,
            stretches=stretches,
        )
        ids = (row[self.id.name] for row in rows)
        return [{**row, "id": id, "sample_id": id} for id, row in zip(ids, rows, strict=True)]

    def holding(self, connection: sa.Connection, ids: Collection[UUID]) -> set[UUID]:
        """Name those of these samples that stand here."""
        found = self.query.with_only_columns(self.id).where(self.id.in_(ids))
        return set(connection.execute(found).scalars()) if ids else set()


def shelves(wanted: Wanted) -> list[Shelf]:
    """Name the shelves that all that is wanted stands on: one at least. Raises: BadParams."""
    one_of("order", wanted.order, ORDERS)
    if wanted.originality is not None:
        one_of("originality", wanted.originality, LEVELS)
    if wanted.step is not None and wanted.training_id is None:
        raise BadParams("A step is one of a training.", pointer="#/step", remedy="Give the training too.")
    found = []
    if wanted.album_id is not None:
        found.append(_shelf(wanted, s.album_samples, s.album_samples.c.album_id == wanted.album_id))
    if wanted.tag is not None:
        tag_id = sa.select(s.tags.c.id).where(s.tags.c.folded == folded(wanted.tag)).scalar_subquery()
        found.append(_shelf(wanted, s.sample_tags, s.sample_tags.c.tag_id == tag_id))
    if wanted.originality is not None:
        found.append(_shelf(wanted, s.sample_levels, s.sample_levels.c.level == wanted.originality))
    if (of := _of(wanted)) or not found:
        found.append(_shelf(wanted, s.samples, *of))
    return found


def met(connection: sa.Connection, shelves: Sequence[Shelf], *, limit: int, cursor: str | None) -> list[Key]:
    """Read what stands on all of these shelves, in their order, from after the cursor on.

    As many rows of each are looked at; the shelf that they lead farthest along is the sparsest here, and what stands on
    it is looked for on the others. So what lies between two that are to be found is passed over, on whichever of them.
    Raises: Rejected, for a cursor of another order.
    """
    order, stride, found = shelves[0].order, STRIDE, list[Key]()
    while len(found) < limit:
        read = [(shelf.read(connection, limit=stride, cursor=cursor), shelf) for shelf in shelves]
        rows, sparsest = _farthest(read, order, stride)
        ids = {row["id"] for row in rows}
        for shelf in shelves:
            ids = shelf.holding(connection, ids) if shelf is not sparsest else ids
        found += [row for row in rows if row["id"] in ids]
        if len(rows) < stride:
            break
        cursor, stride = order.cursor_of(rows[-1]), min(2 * stride, LONGEST_STRIDE)
    return found[:limit]


def _farthest(read: Sequence[tuple[list[Key], Shelf]], order: Order, stride: int) -> tuple[list[Key], Shelf]:
    """Give the rows that lead farthest, with their shelf: the fewest, where any lead to the end."""
    if ended := [one for one in read if len(one[0]) < stride]:
        return min(ended, key=lambda one: len(one[0]))
    farthest = min if order.down else max
    return farthest(read, key=lambda one: [one[0][-1][column.name] for column in order.columns])


def _shelf(wanted: Wanted, table: sa.Table, *equal: sa.ColumnElement[bool]) -> Shelf:
    id, rating, favourite = table.c["id" if table is s.samples else "sample_id"], table.c.rating, table.c.favourite
    conditions = [*equal]
    if wanted.favourite is not None:
        conditions.append(favourite if wanted.favourite else ~favourite)
    if wanted.order == "best":
        order = Order(name="samples-best", columns=[rating, id])
    elif wanted.order == "original":
        order = Order(name="samples-original", columns=[table.c.nearness, id], down=False)
    else:
        name = {"newest": "samples", "oldest": "samples-up"}[wanted.order]
        order = Order(name=name, columns=[id], down=wanted.order == "newest")
    query = sa.select(*order.columns).where(*conditions)
    return Shelf(wanted=wanted, table=table, id=id, query=query, order=order)


def _of(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """Say of samples what they are to be drawn by, or from."""
    of = s.samples.c
    equal = (
        (of.model_id, wanted.model_id),
        (of.training_id, wanted.training_id if wanted.step is None else None),
        (of.job_id, wanted.job_id),
        (of.dataset_id, wanted.dataset_id),
    )
    conditions: list[sa.ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if wanted.pinned:
        conditions.append(of.job_id.is_(None))
    if wanted.step is not None:
        moment = sa.select(t.models.c.id).where(t.models.c.job_id == wanted.training_id, t.models.c.step == wanted.step)
        conditions.append(of.model_id == moment.scalar_subquery())
    return conditions


def _between(id: sa.Column[Any], wanted: Wanted, *, last: UUID | None) -> sa.ColumnElement[bool]:
    """Bound ids by time and by the last one of the page before: one bound a side, where an index begins and ends.

    Of two on one side SQLite would take either, and read on from there to the other.
    """
    lowest = first_id(wanted.since) if wanted.since is not None else None
    above = first_id(wanted.until) if wanted.until is not None else None
    bounds: list[sa.ColumnElement[bool]] = []
    up = wanted.order in ("oldest", "original")
    if last is not None and up and (lowest is None or last >= lowest):
        bounds.append(id > last)
    elif lowest is not None:
        bounds.append(id >= lowest)
    if last is not None and not up and (above is None or last < above):
        above = last
    if above is not None:
        bounds.append(id < above)
    return sa.and_(sa.true(), *bounds)


def _by_stars(wanted: Wanted, order: Order, last: Sequence[Any] | None) -> list[sa.ColumnElement[bool]]:
    """Give the stretches of what is best: those of one rating after those of another.

    Not as one comparison of rating and id with the last ones: PostgreSQL takes what is below them to be nothing where
    most have no stars, and then reads and sorts all of it along an index of something else.
    """
    rating, id = order.columns
    stars, before = last or (MOST_STARS, None)
    most = min(stars, MOST_STARS)
    return [
        (rating == now) & _between(id, wanted, last=before if now == stars else None)
        for now in range(most, wanted.rating - 1, -1)
    ] or [sa.false()]


def _by_percent(wanted: Wanted, order: Order, last: Sequence[Any] | None) -> list[sa.ColumnElement[bool]]:
    """Give the stretches of what is most its own: those of one percentage after those of another, as `_by_stars`.

    What is not bound to a time is one run of an index from the next percentage on.
    """
    nearness, id = order.columns
    percent, before = last or (0, None)
    if wanted.since is None and wanted.until is None:
        return [(nearness == percent) & (id > before), nearness > percent] if last else [sa.true()]
    return [
        (nearness == now) & _between(id, wanted, last=before if now == percent else None)
        for now in range(max(percent, 0), UNKNOWN + 1)
    ] or [sa.false()]
