"""Squares as a training sees them, cut out of clean images; `python -m kinds.train.squares` cuts them for others.

That process is asked with one line of JSON a view on standard input, and answers on standard output, in that order,
with the length of a PNG in 4 bytes, the highest first, and the PNG; with a length of 0, where the image is gone.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import numpy as np
from PIL import Image

View = dict[str, Any]  # `image`, a path; `width` of the original; `box` in its pixels: left, top, right, bottom


def square(view: View, *, resolution: int) -> Image.Image:
    """Cut one view out of its clean image and scale it, by LANCZOS; RGB.

    Where its box reaches over an edge, the picture is mirrored there: bars would be learnt like anything else.
    Raises: FileNotFoundError, if the image is gone.
    """
    with Image.open(view["image"]) as image:
        scale = image.width / view["width"]  # the box counts pixels of the original, the clean image has fewer
        side = (view["box"][2] - view["box"][0]) * scale
        enough = max(1, round(image.width * resolution / side)), max(1, round(image.height * resolution / side))
        image.draft("RGB", enough)  # a JPEG is decoded at a half, a quarter or an eighth where that is enough
        scale = image.width / view["width"]
        box = tuple(edge * scale for edge in view["box"])
        inside = _within(box, image)
        left, top, right, bottom = _outside(box, inside, resolution=resolution)
        size = resolution - left - right, resolution - top - bottom
        part = image.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=inside)
    if size == (resolution, resolution):
        return part
    return Image.fromarray(np.pad(np.asarray(part), ((top, bottom), (left, right), (0, 0)), "symmetric"))


def as_png(view: View, *, resolution: int) -> bytes:
    """Give one view as an uncompressed PNG of nothing but pixels; no bytes, if its image is gone."""
    written = io.BytesIO()
    try:
        cut = square(view, resolution=resolution)
    except FileNotFoundError:
        return b""
    cut.info.clear()  # what the image's own file said beside its pixels would be written again
    cut.save(written, "PNG", compress_level=0)
    return written.getvalue()


def _within(box: tuple[float, ...], image: Image.Image) -> tuple[float, float, float, float]:
    """Keep rounding from reaching over the edge."""
    left, top, right, bottom = box
    return max(0.0, left), max(0.0, top), min(float(image.width), right), min(float(image.height), bottom)


def _outside(box: tuple[float, ...], inside: tuple[float, ...], *, resolution: int) -> tuple[int, int, int, int]:
    """Give the pixels of a square that lie outside of the picture: left, top, right, bottom."""
    a_pixel = (box[2] - box[0]) / resolution
    left, top, right, bottom = (round(abs(box[i] - inside[i]) / a_pixel) for i in range(4))
    return left, top, min(right, resolution - left - 1), min(bottom, resolution - top - 1)


def main() -> None:
    """Answer until nobody asks any more, as when who started it is gone.

    The kernel is not asked to end it with its parent: it would, as soon as the one thread ends that started it.
    """
    resolution = int(sys.argv[1])
    for line in sys.stdin.buffer:
        png = as_png(json.loads(line), resolution=resolution)
        sys.stdout.buffer.write(len(png).to_bytes(4, "big"))
        sys.stdout.buffer.write(png)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
