"""Which part of a picture a model is shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from jobs.aspect import SQUARE, Aspect
from jobs.frame import frame_from
from kinds.ingest.frame import is_of, largest


def box_for(
    frame: Any, width: int, height: int, *, focus: Sequence[float] | None = None, own: Sequence[int] | None = None
) -> tuple[int, int, int, int]:
    """Say which part of a picture of `width` × `height` a model of this `frame` is shown.

    That is `own`, the photograph's own framing, where it has the shape of the model's pictures; else the largest such
    part, around the `focus` or in the middle.
    """
    told = frame_from(frame)
    aspect = SQUARE if told is None else Aspect(*Fraction(told["width"], told["height"]).as_integer_ratio())
    if own is not None and is_of(own, aspect):
        left, top, right, bottom = own
        return left, top, right, bottom
    return largest(width, height, aspect=aspect, focus=focus)
