"""The picture that is looked for, laid as the model's own pictures are, and the parts of it that count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from jobs.frame import size
from kinds.project.params import Part

FINER = 4  # times, that the edges of parts are drawn in


def laid(square: NDArray[np.uint8], frame: Any) -> NDArray[np.uint8]:
    """Lay what was squeezed into a square, uint8 `[R, R, 3]`, where the model's pictures lie in theirs.

    A model that is shown by a part of its squares (a frame of kind "crop") has learnt its pictures there; around it
    nothing counts (see `counting`), and the edge is drawn out.
    """
    side = square.shape[0]
    left, top, wide, high = _shown_box(side, frame)
    if (wide, high) == (side, side):
        return square
    part = np.asarray(Image.fromarray(square).resize((wide, high), Image.Resampling.LANCZOS))
    return np.pad(part, ((top, side - top - high), (left, side - left - wide), (0, 0)), "edge")


def counting(
    parts: Sequence[Part], side: int, frame: Any, *, mask: NDArray[np.uint8] | None = None
) -> NDArray[np.float32] | None:
    """Say how much each pixel of a square of `side` counts, 0 to 1 `[R, R]`; None, where all do alike.

    `mask` `[R, R]` says it of the picture as it is shown, stretched to a square, in place of parts.
    """
    left, top, wide, high = _shown_box(side, frame)
    if mask is None and not parts and (wide, high) == (side, side):
        return None
    drawn = _drawn(parts, wide, high) if mask is None else Image.fromarray(mask)
    whole = np.zeros((side, side), np.float32)
    small = drawn.resize((wide, high), Image.Resampling.BOX)
    whole[top : top + high, left : left + wide] = np.asarray(small, dtype=np.float32) / 255
    return whole


def _drawn(parts: Sequence[Part], wide: int, high: int) -> Image.Image:
    drawn = Image.new("L", (wide * FINER, high * FINER), 0 if parts else 255)
    for part in parts:
        corners = [(x * drawn.width, y * drawn.height) for x, y in part.corners]
        ImageDraw.Draw(drawn).polygon(corners, fill=255)
    return drawn


def _shown_box(side: int, frame: Any) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is shown of a square; all of it, where it is stretched for that."""
    wide, high = size(side, frame)
    if max(wide, high) > side:
        wide, high = side, side
    return (side - wide) // 2, (side - high) // 2, wide, high
