"""How large a picture becomes: in pixels, and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_SIDE = 8192  # pixels of a result
CM_PER_INCH = 2.54


@dataclass(frozen=True, slots=True)
class Size:
    """Of a picture, in pixels."""

    width: int
    height: int

    @property
    def longest(self) -> int:
        """Its longer side."""
        return max(self.width, self.height)

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height

    def times(self, factor: float) -> Size:
        """Give it `factor` times larger each way."""
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


def printed(size: Size, asked: Mapping[str, Any]) -> Size:
    """Say how many pixels a print has: `asked` holds `width_cm` or `cm`, and `dpi`."""
    per_cm = asked["dpi"] / CM_PER_INCH
    if asked.get("cm"):
        width, height = (side * per_cm for side in asked["cm"])
        return size.times(min(width / size.width, height / size.height))
    return size.times(asked["width_cm"] * per_cm / size.width)


def factor_for(size: Size, wanted: Size) -> int:
    """Choose the factor that a print needs: the smallest that is enough, 4 where none is."""
    return 2 if wanted.width <= 2 * size.width else 4


def told(size: Size, wanted: Size, asked: Mapping[str, Any], *, factor: int, by: str) -> str:
    """Say how a print came about."""
    cm = [f"{side / asked['dpi'] * CM_PER_INCH:.1f}" for side in (wanted.width, wanted.height)]
    needed = wanted.width / size.width
    large = f"{cm[0]} x {cm[1]} cm at {asked['dpi']} dpi are {wanted.width:,} x {wanted.height:,} px"
    if wanted == size.times(factor):
        return f"{large}: {factor} times the original, {by}."
    way = "reduced" if needed < factor else "enlarged further"
    return f"{large}, {needed:.2f} times the original: {factor} times {by}, then {way} to that by Lanczos."
