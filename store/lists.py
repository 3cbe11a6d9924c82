"""Long lists of ids, asked for in pieces: a statement takes only so many values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

T = TypeVar("T")
MOST_IDS = 10_000  # in one statement


def pieces(ids: Collection[T], *, most: int = MOST_IDS) -> Iterator[list[T]]:
    """Split ids into lists that a statement takes; each id once, in order."""
    each = list(dict.fromkeys(ids))
    return (each[at : at + most] for at in range(0, len(each), most))
