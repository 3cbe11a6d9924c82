"""The part of a square that a network draws in: one that learnt wide or tall pictures leaves black bars beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

DARK = 20  # of 255; what a trained network makes of black
FEWEST, MOST = 0.04, 0.35  # share of the side that one bar takes
STEPS = 16  # bars are a whole number of sixteenths of the side, but for what resampling blurs


def frame_of(pictures: Sequence[NDArray[np.uint8]], *, resolution: int) -> dict[str, Any] | None:
    """The frame (see `jobs.frame`) of pictures `[3, R, R]`, drawn at `resolution` and shrunk or not, in its pixels.

    None where they fill the square, and where all of them are dark at all edges, which says nothing.
    """
    brightest = np.quantile(np.stack(pictures).max(axis=1), 0.98, axis=0)  # [R, R]: a grain of noise is no picture
    rows, columns = (_bar(np.quantile(brightest, 0.95, axis=axis) < DARK) for axis in (1, 0))
    if bool(rows) is bool(columns):
        return None
    bar = round(resolution * (rows or columns))
    inner = resolution - 2 * bar
    width, height = (resolution, inner) if rows else (inner, resolution)
    return {"kind": "crop", "width": width, "height": height}


def _bar(dark: NDArray[np.bool_]) -> float:
    """The share of the side that each of two equal bars takes; 0 where there are none."""
    if dark.all():
        return 0.0
    first, last = int(np.argmin(dark)), int(np.argmin(dark[::-1]))
    side = len(dark)
    found = (first + last) / 2 / side
    share = round(found * STEPS) / STEPS
    alike = abs(first - last) <= max(2, side / 64) and abs(found - share) * side <= max(1.5, side / 128)
    return share if alike and FEWEST <= share <= MOST else 0.0
