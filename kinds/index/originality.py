"""How much of its own a picture is: its likeness to the nearest photograph, beside what photographs are to each other.

A likeness says little by itself, as one archive is all of one valley and another of everything. So the measure is the
archive's own: each of its photographs has a nearest other one, and the picture is beside those. It speaks of
resemblance, never of proof.

A copy has to be both: nearer than nearly all photographs are to each other, and near in itself. Where every photograph
is unlike all others, a picture of the same place would be nearer than all of them and yet nobody's copy; where an
archive is full of bursts, its photographs are nearly copies themselves, and a picture that is as near is one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FEWEST = 10  # photographs that say something about what is usual among them
CLOSE, COPIED = 90, 99  # percentiles, from which on a picture leans on a photograph, or may be a copy
COPY = 0.85  # the least likeness of a copy: see docs/archaeology-search.md
MILLIONTHS = 1_000_000

Level = Literal["own", "near", "copy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Originality:
    """How near a picture is to one photograph, as the archive measures it."""

    likeness: float
    percentile: int  # of the photographs, 0 to 100: so many are less like their nearest other one
    level: Level
    sentence: str


def originality(likeness: float, *, less: int, photographs: int) -> Originality | None:
    """Judge a picture by its likeness to the nearest photograph, 0 to 1.

    `less` of the `photographs` are less like their nearest other one. None, where there are too few to say.
    """
    if photographs < FEWEST:
        return None
    percentile = 100 * less // photographs
    level = _level(likeness, percentile)
    return Originality(likeness=likeness, percentile=percentile, level=level, sentence=_sentence(percentile, level))


def _level(likeness: float, percentile: int) -> Level:
    if percentile >= COPIED and likeness >= COPY:
        return "copy"
    return "near" if percentile >= CLOSE else "own"


def _sentence(percentile: int, level: Level) -> str:
    nearer = f"Nearer to one photograph than {percentile} % of your photographs are to each other"
    if level == "copy":
        return f"{nearer}: nearly a copy."
    return f"{nearer}. It leans closely on one photograph." if level == "near" else f"{nearer}. It is its own picture."
