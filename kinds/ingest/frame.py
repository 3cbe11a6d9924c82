"""Framing: which squares of an upright picture a training sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.aspect import SQUARE, USUAL, Aspect

WIDE = 1.6  # from this ratio of the sides on, "two_squares" takes two
MOST = 8  # squares of one picture


@dataclass(frozen=True, kw_only=True, slots=True)
class Square:
    """One square: `box` is [left, top, right, bottom] in pixels of the upright picture, `frame` says which part.

    A box may reach over the picture's edges; what lies there is the picture mirrored (`kinds.ingest.square`). One that
    is wider than high, or higher than wide, is squeezed into the square.
    """

    position: int
    box: tuple[int, int, int, int]
    frame: str

    def as_json(self) -> dict[str, Any]:
        """Give it as a row of `views` holds it."""
        return {"position": self.position, "box": list(self.box), "frame": self.frame}


def squares(
    width: int, height: int, *, framing: str, focus: Sequence[float] | None = None, aspect: str | None = None
) -> tuple[Square, ...]:
    """Frame a picture of `width` × `height` pixels.

    "centre" takes the largest square in the middle. "two_squares" takes two from a picture whose sides are 1.6 : 1 or
    more: at both ends while they overlap, in the middle of each half from 2 : 1 on; else the one in the middle.
    "several" takes as many as it is wide, from end to end: a panorama's whole length. "whole" takes a square around all
    of it. "smart" takes the one around `focus`, where the picture is looked at (0 to 1, from left and top); as long as
    that is not known, the one in the middle. "squeeze" takes the largest part of `aspect`, such as "3:2", around the
    focus, or in the middle.
    """
    if framing == "squeeze":
        wanted = Aspect.of(aspect) if aspect else USUAL
        return (Square(position=0, box=largest(width, height, aspect=wanted, focus=focus), frame="squeeze"),)
    side, long = min(width, height), max(width, height)
    if framing == "whole":
        left, top = -((long - width) // 2), -((long - height) // 2)
        return (Square(position=0, box=(left, top, left + long, top + long), frame="whole"),)
    if framing == "smart" and focus is not None:
        middle = focus[0] * width if width >= height else focus[1] * height
        offset = round(min(max(0, middle - side / 2), long - side))
        return (_square(width, height, offset=offset, position=0, frame="smart"),)
    if framing in ("centre", "smart") or long < WIDE * side:
        return (_square(width, height, offset=(long - side) // 2, position=0, frame="centre"),)
    if framing == "several":
        count = min(MOST, int(long / side + 2 - WIDE))
        steps = ((long - side) * i // (count - 1) for i in range(count))
        frames = (f"{i + 1} of {count}" for i in range(count))
        pairs = enumerate(zip(steps, frames, strict=True))
        return tuple(_square(width, height, offset=at, position=i, frame=frame) for i, (at, frame) in pairs)
    first = max(0, long // 4 - side // 2)
    names = ("left", "right") if width >= height else ("top", "bottom")
    offsets = (first, long - side - first)
    return tuple(_square(width, height, offset=offsets[i], position=i, frame=names[i]) for i in range(2))


def largest(
    width: int, height: int, *, aspect: Aspect, focus: Sequence[float] | None = None
) -> tuple[int, int, int, int]:
    """Give the box of the largest part of `aspect` within a picture, around `focus` as far as that goes."""
    wide = max(1, min(width, round(height * aspect.ratio)))
    high = max(1, min(height, round(width / aspect.ratio)))
    x, y = focus or (0.5, 0.5)
    left, top = _kept(x * width - wide / 2, width - wide), _kept(y * height - high / 2, height - high)
    return (left, top, left + wide, top + high)


def is_of(box: Sequence[int], aspect: Aspect) -> bool:
    """Say whether a box has this aspect, to the pixel that rounding costs; squares are exact."""
    wide, high = box[2] - box[0], box[3] - box[1]
    off = abs(wide * aspect.height - high * aspect.width)
    return off <= (0 if aspect == SQUARE else max(aspect))


def fitting(box: Sequence[int], width: int, height: int, *, aspect: Aspect) -> Sequence[int]:
    """Give a box this aspect: as it is, or around its middle, of its short side, as far as the picture has room."""
    if is_of(box, aspect):
        return box
    short = min(box[2] - box[0], box[3] - box[1])
    factor = min(1.0, width / (short * max(1, aspect.ratio)), height / (short * max(1, 1 / aspect.ratio)))
    short = max(1, int(short * factor))
    wide, high = round(short * max(1, aspect.ratio)), round(short * max(1, 1 / aspect.ratio))
    left = _kept((box[0] + box[2] - wide) / 2, width - wide)
    top = _kept((box[1] + box[3] - high) / 2, height - high)
    return (left, top, left + wide, top + high)


def _kept(offset: float, room: int) -> int:
    return round(min(max(0.0, offset), room))


def _square(width: int, height: int, *, offset: int, position: int, frame: str) -> Square:
    side = min(width, height)
    left, top = (offset, 0) if width >= height else (0, offset)
    return Square(position=position, box=(left, top, left + side, top + side), frame=frame)
