"""Enlarging without making anything up: Lanczos, a windowed sinc of three lobes, by Pillow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LOBES = 3  # pixels that it sees to either side, of the smaller of two pictures
Picture = NDArray[np.uint8]  # [H, W, 3]
Floats = NDArray[np.float32]  # [H, W, C]


def resized(picture: Picture, *, width: int, height: int) -> Picture:
    """Give a picture uint8 `[H, W, 3]` in another size; smaller ones are averaged over what they cover."""
    made = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(made)


def enlarged(picture: Picture, *, factor: int) -> Picture:
    """Give a picture uint8 `[H, W, 3]` `factor` times larger each way."""
    height, width = picture.shape[:2]
    return resized(picture, width=width * factor, height=height * factor)


def floats(picture: Floats, *, width: int, height: int) -> Floats:
    """Give a picture float32 `[H, W, C]` in another size, not rounded and not cut off."""
    made = np.empty((height, width, picture.shape[2]), np.float32)
    for colour in range(picture.shape[2]):
        image = Image.fromarray(np.ascontiguousarray(picture[..., colour]))
        made[..., colour] = np.asarray(image.resize((width, height), Image.Resampling.LANCZOS))
    return made
