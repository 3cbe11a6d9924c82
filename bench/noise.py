"""Datasets of noise: the time of a step does not depend on what is in the pictures."""

from pathlib import Path

import numpy as np

from gan.dataset import write_pictures


def write_noise(folder: Path, *, resolution: int, count: int = 64) -> None:
    """A dataset folder of `count` pictures `[3, R, R]`."""
    draw = np.random.default_rng(0)
    pictures = (draw.integers(0, 256, (3, resolution, resolution), dtype=np.uint8) for _ in range(count))
    write_pictures(folder, pictures, resolution=resolution, photos=range(count))
