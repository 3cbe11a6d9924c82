"""Checks of words that come from outside."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from jobs.errors import BadParams
from store.types import storable

NAME_LENGTH = 200


def checked_name(name: str, *, pointer: str = "#/name", length: int = NAME_LENGTH) -> str:
    """Give a name without space around it. Raises: BadParams, if nothing is left or it is too long."""
    name = name.strip()
    if not name or len(name) > length:
        raise BadParams(
            f"A name has 1 to {length} characters; this one has {len(name)}.",
            pointer=pointer,
            remedy="Shorten it." if name else "Give it a name.",
        )
    return name


def one_of(field: str, word: str, words: Sequence[str]) -> str:
    """Give the word back if it is one of these. Raises: BadParams."""
    if word not in words:
        raise BadParams(f"{field} is one of {', '.join(words)}; not {word[:40]!r}.", pointer=f"#/{field}")
    return word


def plain(name: str) -> str:
    """Give a name on one line, with single spaces within and none around; "" where nothing of it would be seen."""
    name = " ".join(str(storable(name)).split())
    return name if any(letter.isprintable() and not letter.isspace() for letter in name) else ""


def folded(name: str) -> str:
    """Give what two names share that differ in nothing but capitals, spaces, or in how accents are written."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain(name)).casefold())
