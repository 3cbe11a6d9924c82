"""Column types that mean the same on both databases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

Word_ = TypeVar("Word_", bound=StrEnum)


def now() -> datetime:
    """Give the present time, aware and in UTC."""
    return datetime.now(UTC)


def storable(value: Any) -> Any:
    """Make a text or a JSON value one that both databases and every JSON reader take.

    PostgreSQL refuses a zero character in a text, neither stores half of a surrogate pair (file names of an archive may
    hold both), and JSON has no word for a number that is not finite: characters become U+FFFD, numbers null.
    """
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {storable(str(key)): storable(part) for key, part in value.items()}
        case list() | tuple():
            return [storable(part) for part in value]
        case _:
            return value


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware time in UTC; SQLite gives naive ones back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a naive time."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; times are aware and in UTC")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Make what SQLite returns aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Text(sa.types.TypeDecorator[str]):
    """A text from outside, with what a database cannot hold replaced."""

    impl: Any = sa.Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length
        self.impl = sa.String(length) if length else sa.Text()

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Replace what cannot be stored."""
        return None if value is None else str(storable(value))


class Word(sa.types.TypeDecorator[Any]):
    """A word of an enumeration, stored as its value."""

    impl = sa.String(16)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Refuse a word that is not of the enumeration."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        """Give the member back."""
        return None if value is None else self.words(value)


class Json(sa.types.TypeDecorator[Any]):
    """A JSON value; Python's None is SQL's NULL, not the JSON word null."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Choose JSONB where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Replace what cannot be stored."""
        return storable(value)


Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
