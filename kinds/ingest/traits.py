"""Tell what kind of picture a file is: a photograph, a screenshot, a page of text, a blurred or a tiny one."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TINY = 256  # a short side below it
SIDE = 512  # most of the long side of what is looked at
TILES = 4  # a side, in which sharpness is looked for
STEPS = (1, 2, 4, 1)  # px: the extreme of two, of four, of eight, of nine pixels
SHARP = 40.0  # variance of the Laplacian (of 8-bit grey) that the sharpest tile of a photograph has
FLAT = 0.25  # of neighbours that are exactly alike, in a picture as large as a screen
# Screens of telephones, tablets and computers, in pixels; either way up.
SCREENS = frozenset(
    {
        *((640, 1136), (720, 1280), (720, 1600), (750, 1334), (768, 1366), (800, 1280), (828, 1792), (864, 1536)),
        *((900, 1440), (900, 1600), (1050, 1680), (1080, 1920), (1080, 2160), (1080, 2220), (1080, 2280)),
        *((1080, 2340), (1080, 2400), (1080, 2408), (1125, 2436), (1170, 2532), (1179, 2556), (1200, 1920)),
        *((1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868), (1344, 2992)),
        *((1440, 2560), (1440, 2960), (1440, 3120), (1440, 3200), (1536, 2048), (1600, 2560), (1620, 2160)),
        *((1640, 2360), (1668, 2388), (1800, 2880), (1964, 3024), (2048, 2732), (2160, 3840), (2234, 3456)),
    }
)
_NAMED = re.compile(r"(?:^|[/\\_ -])(?:screen[ _-]?shot|bildschirmfoto|capture d.?.cran)", re.IGNORECASE)


def kind_of(clean: Image.Image, *, width: int, height: int, camera: bool) -> str:
    """Say of what kind a clean RGB picture is: "tiny", "screenshot", "text", "blurred" or "photograph".

    Args:
        width: of the original, with `height` in pixels.
        camera: whether the file names a camera, as no screenshot does.
    """
    if min(width, height) < TINY:
        return "tiny"
    # A white wall is as flat as a window on a screen: without a screen's size, flatness says nothing.
    on_screen = (min(width, height), max(width, height)) in SCREENS
    if on_screen and not camera and flatness(clean) >= FLAT:
        return "screenshot"
    grey = _grey(clean)
    if is_text(grey):
        return "text"
    return "blurred" if sharpness(grey) < SHARP else "photograph"


def is_named_screenshot(name: str) -> bool:
    """Say whether a file bears a name that systems give to screenshots."""
    return _NAMED.search(name) is not None


def flatness(clean: Image.Image) -> float:
    """Give the share of pixels that are exactly as their right and their lower neighbours are, 0 to 1.

    Some 60 rows are looked at: noise and gradients leave little alike, the areas of a user interface all.
    """
    pixels = np.asarray(clean)  # [H, W, 3]
    rows = np.arange(0, pixels.shape[0] - 1, max(1, pixels.shape[0] // 60))
    here, below = pixels[rows], pixels[rows + 1]
    alike = (here[:, :-1] == here[:, 1:]).all(axis=2) & (here[:, :-1] == below[:, :-1]).all(axis=2)
    return float(alike.mean())


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Give the variance of the Laplacian of the sharpest of `TILES` × `TILES` tiles; `grey` is `[H, W]`.

    The sharpest, since a portrait before a soft ground is not blurred, nor is a ship in the fog. Every other row is
    enough. The mean of a Laplacian is nothing, so that its mean square is its variance.
    """
    of = grey.astype(np.int16)
    middle = of[1:-1:2]
    laplacian = of[:-2:2, 1:-1] + of[2::2, 1:-1] + middle[:, :-2] + middle[:, 2:] - 4 * middle[:, 1:-1]
    tall, wide = laplacian.shape[0] // TILES, laplacian.shape[1] // TILES
    tiles = np.square(laplacian[: tall * TILES, : wide * TILES], dtype=np.float32)
    return float(tiles.reshape(TILES, tall, TILES, wide).mean(axis=3).mean(axis=1).max())


def is_text(grey: NDArray[np.uint8]) -> bool:
    """Say whether dark thin strokes stand on a light and even ground, over much of the picture."""
    if (grey > 160).mean() < 0.4:
        return False  # nor can it be lighter than that between the strokes
    ground = _closed(grey)
    if (ground > 160).mean() < 0.75:
        return False
    ink = ground - grey > 48  # what is narrower than a stroke
    share = float(ink.mean())
    even = float((np.abs(ground.astype(np.int16) - int(np.median(ground))) < 24).mean())
    return 0.015 < share < 0.24 and even > 0.7 and _covered(ink) > 0.3


def _covered(ink: NDArray[np.bool_]) -> float:
    """Give the share of 16-pixel squares that hold some ink."""
    tall, wide = ink.shape[0] // 16, ink.shape[1] // 16
    return float(ink[: tall * 16, : wide * 16].reshape(tall, 16, wide, 16).any(axis=(1, 3)).mean())


def _closed(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fill what is darker and narrower than 9 pixels: a grey closing."""
    light = grey
    for step in STEPS:
        light = _extreme(_extreme(light, step, axis=0), step, axis=1)
    dark = 255 - light
    for step in STEPS:
        dark = _extreme(_extreme(dark, -step, axis=0), -step, axis=1)
    return 255 - dark


def _extreme(of: NDArray[np.uint8], step: int, *, axis: int) -> NDArray[np.uint8]:
    """Give the lighter of each pixel and the one `step` after it, or before where it is negative."""
    found = of.copy()
    turned, result = (of, found) if axis == 0 else (of.T, found.T)
    if step > 0:
        np.maximum(turned[:-step], turned[step:], out=result[:-step])
    else:
        np.maximum(turned[-step:], turned[:step], out=result[-step:])
    return found


def _grey(clean: Image.Image) -> NDArray[np.uint8]:
    if max(clean.size) > SIDE:
        clean = clean.copy()
        clean.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(clean.convert("L"))
