"""Keyset pages: each row once, at the same cost at the end of a list as at its start."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
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
    """An order that an index serves: columns that together name one row, all up or all down.

    `nullable`: the first column may be null; such rows come last, whichever way it goes.
    """

    name: str
    columns: Sequence[sa.Column[Any]]
    down: bool = True
    nullable: bool = False

    def sorted_by(self) -> list[sa.ColumnElement[Any]]:
        """Give what to sort by, as the index has it."""
        return [column.desc() if self.down else column.asc() for column in self.columns]

    def cursor_of(self, row: Mapping[Any, Any]) -> str:
        """Say where a list goes on after `row`, which holds the order's columns by name."""
        return _encode(row, self)

    def place_of(self, cursor: str) -> list[Any]:
        """Give the values of the order's columns that a cursor holds. Raises: Rejected, for one of another order."""
        return [value for value, _ in _decode(cursor, self)]


def page_of(
    connection: sa.Connection,
    query: sa.Select[Any],
    row: Callable[..., T],
    *,
    order: Order,
    limit: int,
    cursor: str | None,
    among: Sequence[sa.ColumnElement[bool]] = (),
    stretches: Sequence[sa.ColumnElement[bool]] = (),
) -> Page[T]:
    """Read `limit` rows of `query` in `order`, from after `cursor` on.

    Args:
        among: conditions that shut one another out; a row meets one of them. Each is a run of an index in `order`, and
            the runs are merged here: asked for all at once, a database sorts every row that meets any of them.
        stretches: conditions of what follows one another in `order`, in place of what the cursor says alone.

    Raises: Rejected, if the limit is not 1 to 200, or the cursor is none that this list gave.
    """
    check_limit(limit)
    rows = rows_of(connection, query, order=order, limit=limit + 1, cursor=cursor, among=among, stretches=stretches)
    return Page(
        items=[row(**found) for found in rows[:limit]],
        next_cursor=order.cursor_of(rows[limit - 1]) if len(rows) > limit else None,
    )


def check_limit(limit: int) -> None:
    """Raises: Rejected, if the limit is not 1 to 200."""
    if not 1 <= limit <= LIMIT:
        raise Rejected(f"A page holds 1 to {LIMIT} items, not {limit}.", remedy=f"Ask for 1 to {LIMIT}.")


def rows_of(
    connection: sa.Connection,
    query: sa.Select[Any],
    *,
    order: Order,
    limit: int,
    cursor: str | None,
    among: Sequence[sa.ColumnElement[bool]] = (),
    stretches: Sequence[sa.ColumnElement[bool]] = (),
) -> list[Mapping[str, Any]]:
    """Read the rows of a page of any length. Raises: as `page_of`, for the cursor."""
    query = query.order_by(*order.sorted_by())
    runs = [query.where(condition) for condition in among] or [query]
    rows: list[Mapping[str, Any]] = []
    for stretch in stretches or _stretches(order, cursor):
        wanted = limit - len(rows)
        if wanted == 0:
            break
        each = [run.where(stretch).limit(wanted) for run in runs]
        # One statement for all runs: each is limited by itself, within, so that each is a run of an index still.
        read = each[0] if len(each) == 1 else sa.union_all(*(sa.select(one.subquery()) for one in each))
        found: list[Any] = [*connection.execute(read).mappings()]
        found.sort(key=lambda one: [one[column.name] for column in order.columns], reverse=order.down)
        rows += found[:wanted]
    return rows


def _stretches(order: Order, cursor: str | None) -> list[sa.ColumnElement[bool]]:
    """Give the conditions of what comes after the cursor: each is one stretch of an index, read when those before end.

    A comparison of rows leaves out those whose first column is null, so these are a stretch of their own.
    """
    last = _decode(cursor, order) if cursor is not None else []
    null = order.columns[0].is_(None)
    if not order.nullable:
        return [_after(last, down=order.down) if last else sa.true()]
    if not last:
        return [order.columns[0].is_not(None), null]
    if last[0][0] is None:
        return [null & _after(last[1:], down=order.down)]
    return [_after(last, down=order.down), null]


def _after(last: Sequence[tuple[Any, sa.Column[Any]]], *, down: bool) -> sa.ColumnElement[bool]:
    here = sa.tuple_(*(column for _, column in last))
    there = sa.tuple_(*(sa.literal(value, column.type) for value, column in last))
    return here < there if down else here > there


def _encode(row: Mapping[Any, Any], order: Order) -> str:
    values = [row[column.name] for column in order.columns]
    words = [value if value is None or isinstance(value, int) else _text(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([order.name, *words]).encode()).decode().rstrip("=")


def _text(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value.hex


def _decode(cursor: str, order: Order) -> list[tuple[Any, sa.Column[Any]]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, *words = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name:
            raise ValueError(name)
        return [
            (None if word is None and order.nullable and number == 0 else _value(word, column), column)
            for number, (word, column) in enumerate(zip(words, order.columns, strict=True))
        ]
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
