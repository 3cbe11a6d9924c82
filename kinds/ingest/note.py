"""What an export says of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from kinds.ingest import names

LONGEST_CAPTION = 2200  # characters; what Instagram allows
LONGEST_ALBUM = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note, cleaned; `title` is what the file was called before the export cut its name."""

    taken_at: datetime | None
    caption: str | None
    title: str = ""

    @classmethod
    def of(cls, *, taken_at: datetime | None, caption: Any, title: str = "") -> Self:
        """Clean what a hostile file may say."""
        words = names.text(caption, longest=LONGEST_CAPTION, lines=True)
        return cls(taken_at=taken_at, caption=words, title=names.shown(title[-names.LONGEST :]))
