"""Show drawn squares as their frame says (see `jobs.frame`).

This is the one place that changes what a network drew. What compares with the photographs of a training compares the
squares themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from jobs.frame import size


def shown(picture: NDArray[np.uint8], frame: Any) -> NDArray[np.uint8]:
    """Show a drawn square, uint8 `[R, R, 3]`, as its `frame` says: `[H, W, 3]`. Stretched by LANCZOS."""
    side = picture.shape[0]
    width, height = size(side, frame)
    if (width, height) == (side, side):
        return picture
    if max(width, height) == side:
        top, left = (side - height) // 2, (side - width) // 2
        return picture[top : top + height, left : left + width]
    stretched = Image.fromarray(np.ascontiguousarray(picture)).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(stretched)


def all_shown(pictures: NDArray[np.uint8], frame: Any) -> NDArray[np.uint8]:
    """Show drawn squares, uint8 `[N, 3, R, R]`, likewise: `[N, 3, H, W]`."""
    return np.stack([shown(picture.transpose(1, 2, 0), frame).transpose(2, 0, 1) for picture in pictures])
