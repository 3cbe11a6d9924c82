"""Which samples a gallery shows and in which order: along indexes, at the same cost at the end as at the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import sample_tables as s
from store.pages import Page, check_limit, rows_of
from store.rows import Sample
from store.shelves import Shelf, Wanted, met, shelves

EVERYTHING = Wanted()


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A list of samples from afar; `starts`: the cursor of each page but the first."""

    total: int
    starts: list[str]


def page(connection: sa.Connection, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[Sample]:
    """List samples. Raises: BadParams; Rejected, for a cursor of another order."""
    check_limit(limit)
    shelf, *others = shelves(wanted)
    if others:
        rows = met(connection, [shelf, *others], limit=limit + 1, cursor=cursor)
    else:
        rows = shelf.read(connection, limit=limit + 1, cursor=cursor)
    return Page(
        items=there(connection, [row["id"] for row in rows[:limit]]),
        next_cursor=shelf.order.cursor_of(rows[limit - 1]) if len(rows) > limit else None,
    )


def overview(connection: sa.Connection, wanted: Wanted, *, every: int) -> Overview:
    """Look at a list of samples from afar, in pages of `every`: all of its index is read. Raises: BadParams."""
    keys, shelf = _all(wanted)
    order = shelf.order
    total = connection.execute(sa.select(sa.func.count()).select_from(keys.subquery())).scalar_one()
    number = sa.func.row_number().over(order_by=order.sorted_by()).label("number")
    numbered = keys.add_columns(number).subquery()
    last = sa.select(numbered).where(numbered.c.number % every == 0, numbered.c.number < total)
    rows = connection.execute(last.order_by(numbered.c.number)).mappings()
    return Overview(total=total, starts=[order.cursor_of(row) for row in rows])


def named(connection: sa.Connection, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[UUID]:
    """Name samples of a list, in its order. Raises: BadParams; Rejected, for a cursor of another order."""
    keys, shelf = _all(wanted)
    rows = rows_of(
        connection,
        keys,
        order=shelf.order,
        limit=limit + 1,
        cursor=cursor,
        among=shelf.among,
        stretches=shelf.stretches(cursor),
    )
    return Page(
        items=[row[shelf.id.name] for row in rows[:limit]],
        next_cursor=shelf.order.cursor_of(rows[limit - 1]) if len(rows) > limit else None,
    )


def _all(wanted: Wanted) -> tuple[sa.Select[Any], Shelf]:
    """Give the query of what all that is wanted is ordered by, and the shelf that it is on. Raises: BadParams."""
    shelf, *others = shelves(wanted)
    on_others = [shelf.id.in_(other.query.with_only_columns(other.id)) for other in others]
    return shelf.query.where(shelf.bounds, *on_others), shelf


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
