"""Which samples a gallery shows and in which order: along one index, at the same cost at the end as at the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams
from jobs.ids import first_id
from store import sample_tables as s
from store import tables as t
from store.names import folded, one_of
from store.pages import Order, Page, page_of
from store.rows import Sample

ORDERS = ("newest", "oldest", "best")
MOST_STARS = 5
MOST_IDS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Samples that meet all of this, where it is given.

    `rating`: at least so many stars. `since`, `until`: asked for from then on, and before then; an id carries that
    time, so that newest and oldest go by it. `step`: of a training, which is given too. `pinned`: kept where somebody
    explored, so that no job drew it.
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
    since: datetime | None = None
    until: datetime | None = None
    order: str = "newest"


EVERYTHING = Wanted()


def page(connection: sa.Connection, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[Sample]:
    """List samples. Raises: BadParams; Rejected, for a cursor of another order.

    What a tag or an album holds is walked along its own rows, whose columns are those that samples are ordered by.
    """
    walk = _walk(wanted, cursor)
    if walk.shelf is s.samples and not walk.among:
        found = page_of(connection, walk.query, _sample, limit=limit, cursor=cursor, **walk.way)
        return replace(found, items=tagged(connection, found.items))
    # Of several runs most that is read is left; and a shelf that is joined may be merged with all samples, from the
    # first on. So the ids alone are read, which the index holds.
    ids = page_of(connection, walk.keys, _id, limit=limit, cursor=cursor, **walk.way)
    return Page(items=there(connection, ids.items), next_cursor=ids.next_cursor)


def ids_of(connection: sa.Connection, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[UUID]:
    """Name samples, up to `MOST_IDS` at a time, as `page` lists them. Raises: as `page`."""
    walk = _walk(wanted, cursor)
    return page_of(connection, walk.keys, _id, limit=limit, cursor=cursor, most=MOST_IDS, **walk.way)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Walk:
    """How samples are read: along which table, by which runs of an index, which stretches of each."""

    shelf: sa.Table
    query: sa.Select[Any]
    order: Order
    among: Sequence[sa.ColumnElement[bool]]
    stretches: Sequence[sa.ColumnElement[bool]]

    @property
    def keys(self) -> sa.Select[Any]:
        """The same rows, by what an index holds of them."""
        id, rating = _key(self.shelf)
        return self.query.with_only_columns(id, rating, maintain_column_froms=True)

    @property
    def way(self) -> dict[str, Any]:
        """What `page_of` is told."""
        return {"order": self.order, "among": self.among, "stretches": self.stretches}


def _walk(wanted: Wanted, cursor: str | None) -> _Walk:
    one_of("order", wanted.order, ORDERS)
    if wanted.step is not None and wanted.training_id is None:
        raise BadParams("A step is one of a training.", pointer="#/step", remedy="Give the training too.")
    shelf, query = _shelf(wanted)
    id, rating = _key(shelf)
    query = query.where(*_conditions(wanted, shelf))
    among: list[sa.ColumnElement[bool]] = []
    if wanted.order == "best":
        order = Order(name="samples-best", columns=[rating, id])
        stretches = _by_stars(wanted, order, cursor)
        query = query if stretches else query.where(rating >= wanted.rating) if wanted.rating else query
    else:
        order = Order(
            name={"newest": "samples", "oldest": "samples-up"}[wanted.order],
            columns=[id],
            down=wanted.order == "newest",
        )
        stretches = [_between(id, wanted, last=order.place_of(cursor)[0] if cursor is not None else None)]
        among = [rating == stars for stars in range(wanted.rating, MOST_STARS + 1)] if wanted.rating else []
    return _Walk(shelf=shelf, query=query, order=order, among=among, stretches=stretches)


def _key(shelf: sa.Table) -> tuple[sa.Column[Any], sa.Column[Any]]:
    return shelf.c["id" if shelf is s.samples else "sample_id"], shelf.c.rating


def there(connection: sa.Connection, sample_ids: Sequence[UUID]) -> list[Sample]:
    """Read those of these samples that are there, in the order of their ids here."""
    rows = connection.execute(sa.select(s.samples).where(s.samples.c.id.in_(sample_ids))).mappings()
    found = {sample.id: sample for sample in tagged(connection, [Sample(**row) for row in rows])}
    return [found[id] for id in sample_ids if id in found]


def tagged(connection: sa.Connection, samples: Sequence[Sample]) -> list[Sample]:
    """Give samples with their tags."""
    has = s.sample_tags.c
    query = sa.select(has.sample_id, has.position, s.tags.c.id, s.tags.c.name).join(s.tags, s.tags.c.id == has.tag_id)
    found = connection.execute(query.where(has.sample_id.in_([sample.id for sample in samples]))) if samples else ()
    names: dict[UUID, list[str]] = {}
    for sample_id, _, _, name in sorted(tuple(row) for row in found):
        names.setdefault(sample_id, []).append(name)
    return [replace(sample, tags=names.get(sample.id, [])) for sample in samples]


_COLUMNS = frozenset(field.name for field in fields(Sample))


def _sample(**row: Any) -> Sample:
    return Sample(**{name: value for name, value in row.items() if name in _COLUMNS})


def _id(**row: Any) -> UUID:
    found: UUID = row["sample_id"] if "sample_id" in row else row["id"]
    return found


def _shelf(wanted: Wanted) -> tuple[sa.Table, sa.Select[Any]]:
    """Give the table along whose indexes samples are read, and the query of them."""
    for shelf, asked in ((s.album_samples, wanted.album_id), (s.sample_tags, wanted.tag)):
        if asked is not None:
            query = sa.select(shelf.c.sample_id, shelf.c.rating)
            of = (wanted.model_id, wanted.training_id, wanted.job_id, wanted.dataset_id)
            if wanted.pinned or any(id is not None for id in of):
                query = query.join(s.samples, s.samples.c.id == shelf.c.sample_id)
            return shelf, query
    return s.samples, sa.select(s.samples)


def _conditions(wanted: Wanted, shelf: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Say what is equal in all that is wanted."""
    of = s.samples.c
    model_id: Any = wanted.model_id
    if wanted.step is not None:
        moment = sa.select(t.models.c.id).where(t.models.c.job_id == wanted.training_id, t.models.c.step == wanted.step)
        model_id = moment.scalar_subquery()
        if wanted.model_id is not None:
            return [of.model_id == model_id, *_conditions(replace(wanted, step=None), shelf)]
    equal = (
        (of.model_id, model_id),
        (of.training_id, wanted.training_id if wanted.step is None else None),
        (of.job_id, wanted.job_id),
        (of.dataset_id, wanted.dataset_id),
    )
    conditions: list[sa.ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if wanted.pinned:
        conditions.append(of.job_id.is_(None))
    if wanted.favourite is not None:
        conditions.append(shelf.c.favourite if wanted.favourite else ~shelf.c.favourite)
    if wanted.album_id is not None:
        conditions.append(shelf.c.album_id == wanted.album_id)
    if wanted.tag is not None:
        tag_id = sa.select(s.tags.c.id).where(s.tags.c.folded == folded(wanted.tag)).scalar_subquery()
        if shelf is s.sample_tags:
            conditions.append(shelf.c.tag_id == tag_id)
        else:
            has = (s.sample_tags.c.tag_id == tag_id) & (s.sample_tags.c.sample_id == shelf.c.sample_id)
            conditions.append(sa.exists().where(has))
    return conditions


def _between(id: sa.Column[Any], wanted: Wanted, *, last: UUID | None) -> sa.ColumnElement[bool]:
    """Bound ids by time and by the last one of the page before: one bound a side, where an index begins and ends.

    Of two on one side SQLite would take either, and read on from there to the other.
    """
    lowest = first_id(wanted.since) if wanted.since is not None else None
    above = first_id(wanted.until) if wanted.until is not None else None
    bounds: list[sa.ColumnElement[bool]] = []
    if last is not None and wanted.order == "oldest" and (lowest is None or last >= lowest):
        bounds.append(id > last)
    elif lowest is not None:
        bounds.append(id >= lowest)
    if last is not None and wanted.order != "oldest" and (above is None or last < above):
        above = last
    if above is not None:
        bounds.append(id < above)
    return sa.and_(sa.true(), *bounds)


def _by_stars(wanted: Wanted, order: Order, cursor: str | None) -> list[sa.ColumnElement[bool]]:
    """Give the stretches of what is best within a time: those of one rating after those of another."""
    if wanted.since is None and wanted.until is None:
        return []
    rating, id = order.columns
    stars, last = order.place_of(cursor) if cursor is not None else (MOST_STARS, None)
    most = min(stars, MOST_STARS)
    return [
        (rating == now) & _between(id, wanted, last=last if now == stars else None)
        for now in range(most, wanted.rating - 1, -1)
    ] or [sa.false()]
