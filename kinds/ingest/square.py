"""Cut a square out of a picture as a training sees it, or squeeze into one what is wider or higher."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from kinds.ingest.plain import JPEGS, drafted, plain

# `image`, the path of the clean picture; `original`, that of the file as it came, where the clean picture is a small
# one; `width` of the original; `box` in its upright pixels: left, top, right, bottom.
View = dict[str, Any]
SHARP = 1.4  # pixels of a small picture to one of a square cut from it: ≥ 40 dB to one cut from the original


def square(view: View, *, resolution: int) -> Image.Image:
    """Cut one view and scale it, by LANCZOS, to `resolution` pixels; RGB.

    A box that is no square is squeezed along its long side. Where it reaches over an edge, the picture is mirrored
    there: bars would be learnt like anything else.
    Raises: FileNotFoundError, if the picture is gone; Refused.
    """
    left, top, right, bottom = view["box"]
    side = min(right - left, bottom - top)  # what is squeezed has pixels to spare along its other side
    with Image.open(view["image"]) as clean:
        if "original" not in view or side * clean.width >= SHARP * resolution * view["width"]:
            drafted(clean, resolution * view["width"] / (side * clean.width))
            return _cut(clean.convert("RGB"), view, resolution=resolution)
    with Image.open(view["original"], formats=JPEGS) as original:
        drafted(original, resolution / side)
        whole, _ = plain(original)
    return _cut(whole, view, resolution=resolution)


def _cut(picture: Image.Image, view: View, *, resolution: int) -> Image.Image:
    scale = picture.width / view["width"]  # the box counts pixels of the original
    box = tuple(edge * scale for edge in view["box"])
    inside = _within(box, picture)
    left, top, right, bottom = _outside(box, inside, resolution=resolution)
    size = resolution - left - right, resolution - top - bottom
    part = picture.resize(size, Image.Resampling.LANCZOS, box=inside)
    if size == (resolution, resolution):
        return part
    return Image.fromarray(np.pad(np.asarray(part), ((top, bottom), (left, right), (0, 0)), "symmetric"))


def _within(box: tuple[float, ...], image: Image.Image) -> tuple[float, float, float, float]:
    """Keep rounding from reaching over the edge."""
    left, top, right, bottom = box
    return max(0.0, left), max(0.0, top), min(float(image.width), right), min(float(image.height), bottom)


def _outside(box: tuple[float, ...], inside: tuple[float, ...], *, resolution: int) -> tuple[int, int, int, int]:
    """Give the pixels of a square that lie outside of the picture: left, top, right, bottom."""
    pixels = [(box[2 + i] - box[i]) / resolution for i in range(2)]  # width and height of one of the square
    left, top, right, bottom = (round(abs(box[i] - inside[i]) / pixels[i % 2]) for i in range(4))
    return left, top, min(right, resolution - left - 1), min(bottom, resolution - top - 1)
