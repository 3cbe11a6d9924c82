"""Enlarging without making anything up: Lanczos, a windowed sinc of three lobes, by Pillow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]  # [H, W, 3]


def resized(picture: Picture, *, width: int, height: int) -> Picture:
    """Give a picture uint8 `[H, W, 3]` in another size; smaller ones are averaged over what they cover."""
    made = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(made)


def enlarged(picture: Picture, *, factor: int) -> Picture:
    """Give a picture uint8 `[H, W, 3]` `factor` times larger each way."""
    height, width = picture.shape[:2]
    return resized(picture, width=width * factor, height=height * factor)
