"""Datasets and short trainings for tests."""

from pathlib import Path

import numpy as np

from gan.config import NetConfig
from gan.dataset import write_pictures

TINY = NetConfig(resolution=16, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=16)


def dataset(folder: Path, *, count: int = 24, resolution: int = 16, seed: int = 0) -> Path:
    """Pictures of one smooth colour ramp each."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 1, resolution)

    def picture() -> np.ndarray:
        a, b = rng.uniform(0, 255, (2, 3))
        line = a[:, None] * (1 - ramp) + b[:, None] * ramp  # [3, R]
        return np.repeat(line[:, None], resolution, axis=1).astype(np.uint8)

    write_pictures(folder, (picture() for _ in range(count)), resolution=resolution, photos=list(range(count)))
    return folder
