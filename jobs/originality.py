"""How near an invented picture lies to one photograph, in percent and in a word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

SKETCH_VERSION = 1  # of what `kinds.index.sketches` makes; those of another version are made anew
NEAR_FROM, COPY_FROM = 90, 99  # percent of the photographs that are less like their nearest other one
UNKNOWN = 101  # percent, of what nobody has looked at: it stands after all others
LEVELS = ("own", "near", "copy", "unknown")


def level(percent: int) -> str:
    """Say in a word what a percentage means: one of LEVELS."""
    if percent >= UNKNOWN:
        return "unknown"
    return "copy" if percent >= COPY_FROM else "near" if percent >= NEAR_FROM else "own"


def sentence(percent: int) -> str:
    """Say it in words."""
    if percent >= UNKNOWN:
        return "Nobody has looked yet how near it is to a photograph."
    told = f"Nearer to one photograph than {percent} % of your photographs are to each other"
    ends = {
        "own": ". It is its own picture.",
        "near": ". It leans closely on one photograph.",
        "copy": ": nearly a copy.",
    }
    return told + ends[level(percent)]


def told(photo_id: UUID, millionths: int, *, percent: int) -> dict[str, Any]:
    """Give all that is said of a picture: the photograph that it is most like, how much, and what that means."""
    words = {"percentile": percent, "level": level(percent), "sentence": sentence(percent)}
    return {"photo_id": photo_id, "likeness": millionths / 1_000_000, **words}
