"""A sound as a picture: how high it swings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sound.reading import Sound


def peaks(sound: Sound, count: int) -> NDArray[np.float32]:
    """Give the highest swing of each of `count` equal parts, float32 `[count]`, 0 to 1 of full scale."""
    total = sound.samples.shape[1]
    edges = np.linspace(0, total, count + 1).astype(np.int64)
    starts = np.minimum(edges[:-1], max(total - 1, 0))
    if total == 0:
        return np.zeros(count, np.float32)
    highest = np.zeros(count, np.float32)
    for channel in sound.samples:
        swing = np.maximum.reduceat(np.abs(channel), starts)
        np.maximum(highest, swing, out=highest)
    return np.minimum(highest, 1)
