"""Aspects: how wide a picture is to how high, as people write it: 3:2."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any, NamedTuple

MOST = 4  # to one, either way: what is squeezed more keeps hardly a pixel along its long side
PATTERN = r"^[0-9]{1,4}(\.[0-9]{1,2})?:[0-9]{1,4}(\.[0-9]{1,2})?$"
ALLOWED = f"give width to height, such as 3:2; 1:{MOST} to {MOST}:1 can be"


class Aspect(NamedTuple):
    """Width to height in lowest terms."""

    width: int
    height: int

    @classmethod
    def of(cls, told: Any) -> Aspect:
        """Read an aspect, such as "3:2" or "2.39:1". Raises: ValueError, with what can be, for what is none."""
        if not isinstance(told, str) or not re.fullmatch(PATTERN, told, re.ASCII):
            raise ValueError(f"{str(told)[:40]!r} is no aspect: {ALLOWED}")
        width, height = map(Fraction, told.split(":"))
        if not (width and height and width <= MOST * height and height <= MOST * width):
            raise ValueError(f"an aspect of {told} is too narrow to learn from: {ALLOWED}")
        return cls(*(width / height).as_integer_ratio())

    def __str__(self) -> str:
        """Write it as people do."""
        return f"{self.width}:{self.height}"

    @property
    def ratio(self) -> float:
        """Width by height."""
        return self.width / self.height


SQUARE = Aspect(1, 1)
USUAL = Aspect(3, 2)  # what is taken where there is no photograph to ask
_LYING = ("5:4", "4:3", "7:5", "3:2", "8:5", "16:9", "2:1", "12:5", "3:1", "4:1")
COMMON = (SQUARE, *(one for text in _LYING for one in (Aspect.of(text), Aspect(*reversed(Aspect.of(text))))))


def common(width: int, height: int) -> Aspect:
    """Name the common aspect that a picture of these pixels comes nearest to."""
    own = math.log(width / height)
    return min(COMMON, key=lambda aspect: abs(math.log(aspect.ratio) - own))
