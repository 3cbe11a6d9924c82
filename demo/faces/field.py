"""Small fields that painting is made of: smooth steps, seamless noise, colours in linear light."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from demo.faces.mesh import Floats

SIDE = 512  # pixels of a noise tile
CELLS = (8, 16, 32, 64, 128, 256)  # its grains: cells along a side


def ramp(x: ArrayLike, start: float | Floats, end: float | Floats) -> Floats:
    """Rise smoothly from 0 at `start` to 1 at `end` (either may be the larger), as 3t^2 - 2t^3."""
    t = np.clip((np.asarray(x, np.float32) - start) / (end - start), 0, 1)
    risen: Floats = t * t * (3 - 2 * t)
    return risen


def unit(vectors: Floats) -> Floats:
    """Scale vectors to length 1 along the last axis."""
    scaled: Floats = vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)
    return scaled


def linear(colour: Sequence[float] | Floats) -> Floats:
    """Turn display values 0..1 (gamma 2.2) into linear light."""
    light: Floats = np.power(np.asarray(colour, np.float32), 2.2)
    return light


def _tile(cells: int) -> Floats:
    grains = np.random.default_rng(cells).random((cells, cells)).astype(np.float32)
    wrapped = np.pad(grains, 2, mode="wrap")  # so that the tile has no seam
    cell = SIDE // cells
    large = Image.fromarray(wrapped).resize((SIDE + 4 * cell, SIDE + 4 * cell), Image.Resampling.BICUBIC)
    tile = np.asarray(large, np.float32)[2 * cell : -2 * cell, 2 * cell : -2 * cell]
    normal: Floats = (tile - tile.mean()) / tile.std()
    return normal


_TILES = {cells: _tile(cells) for cells in CELLS}


def noise(cells: int, u: ArrayLike, v: ArrayLike) -> Floats:
    """Sample noise of mean 0 and deviation 1; `u`, `v` are in tiles and wrap around; `cells` is one of CELLS."""
    column = (np.asarray(u, np.float32) * SIDE).astype(np.int64) % SIDE
    row = (np.asarray(v, np.float32) * SIDE).astype(np.int64) % SIDE
    sampled: Floats = _TILES[cells][row, column]
    return sampled


def mix(under: Floats, over: Floats, share: Floats) -> Floats:
    """Lay the colour `over` (`[3]` or `[P, 3]`) on `under` `[P, 3]`; `share` `[P]` in 0..1."""
    mixed: Floats = under + (over - under) * share[:, None]
    return mixed
