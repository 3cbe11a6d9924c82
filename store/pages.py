"""Keyset pages: each row once, at the same cost at the end of a list as at its start."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Rejected
from store.types import Moment

T = TypeVar("T")
LIMIT = 200
_BIGINT = 2**63


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and where to go on; no cursor on the last page."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order that an index serves: columns that together name one row, all up or all down."""

    name: str
    columns: Sequence[sa.Column[Any]]
    down: bool = True


def page_of(
    connection: sa.Connection,
    query: sa.Select[Any],
    row: type[T],
    *,
    order: Order,
    limit: int,
    cursor: str | None,
    among: Sequence[sa.ColumnElement[bool]] = (),
) -> Page[T]:
    """Read `limit` rows of `query` in `order`, from after `cursor` on.

    Args:
        among: conditions that shut one another out; a row meets one of them. Each is a run of an index in `order`, and
            the runs are merged here: asked for all at once, a database sorts every row that meets any of them.

    Raises: Rejected, if the limit is not 1 to 200, or the cursor is none that this list gave.
    """
    if not 1 <= limit <= LIMIT:
        raise Rejected(f"A page holds 1 to {LIMIT} items, not {limit}.", remedy=f"Ask for 1 to {LIMIT}.")
    if cursor is not None:
        last = sa.tuple_(*(sa.literal(value, column.type) for value, column in _decode(cursor, order)))
        here = sa.tuple_(*order.columns)
        query = query.where(here < last if order.down else here > last)
    query = query.order_by(*(column.desc() if order.down else column.asc() for column in order.columns))
    runs = [query.where(condition) for condition in among] or [query]
    rows = [found for run in runs for found in connection.execute(run.limit(limit + 1)).mappings()]
    rows.sort(key=lambda found: [found[column.name] for column in order.columns], reverse=order.down)
    return Page(
        items=[row(**found) for found in rows[:limit]],
        next_cursor=_encode(rows[limit - 1], order) if len(rows) > limit else None,
    )


def _encode(row: Mapping[Any, Any], order: Order) -> str:
    values = [row[column.name] for column in order.columns]
    words = [value if isinstance(value, int) else _text(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([order.name, *words]).encode()).decode().rstrip("=")


def _text(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value.hex


def _decode(cursor: str, order: Order) -> list[tuple[Any, sa.Column[Any]]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, *words = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name:
            raise ValueError(name)
        return [(_value(word, column), column) for word, column in zip(words, order.columns, strict=True)]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Rejected(
            "The cursor is none that this list gave.", remedy="Leave it out to begin at the start."
        ) from error


def _value(word: Any, column: sa.Column[Any]) -> Any:
    """Read a cursor's word as its column's type; ValueError or TypeError if it is none."""
    if isinstance(column.type, sa.Integer):
        if type(word) is not int or not -_BIGINT <= word < _BIGINT:
            raise ValueError(word)
        return word
    if isinstance(column.type, Moment):
        moment = datetime.fromisoformat(word)
        if moment.tzinfo is None:
            raise ValueError(word)
        return moment
    return UUID(word)
