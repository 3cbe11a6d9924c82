"""The sheet: pictures of the same latents, side by side in one PNG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def write_sheet(file: Path, pictures: NDArray[np.uint8], *, rows: int, columns: int) -> Path:
    """Lay pictures, uint8 `[rows * columns, 3, R, R]`, row by row without gaps: a PNG of columns·R × rows·R pixels."""
    count, channels, height, width = pictures.shape
    if count != rows * columns:
        raise ValueError(f"{count} pictures do not fill {rows} rows of {columns}")
    grid = pictures.reshape(rows, columns, channels, height, width)
    laid = grid.transpose(0, 3, 1, 4, 2).reshape(rows * height, columns * width, channels)
    Image.fromarray(np.ascontiguousarray(laid)).save(file)
    return file
