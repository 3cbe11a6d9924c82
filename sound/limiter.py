"""A limiter that looks ahead: it turns down before a peak, smoothly, and lets go after it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from sound.reading import RATE

AHEAD = RATE // 200  # samples: 5 ms
RELEASE_S = 0.15


def limited(samples: NDArray[np.float32], peaks: NDArray[np.float32], most: float) -> NDArray[np.float32]:
    """Turn samples `[2, N]` down so that no peak `[N]` is above `most`.

    The gain that a peak needs is spread over the 5 ms around it, then averaged over as long, so that it is reached in
    time without a step; both channels have the same one.
    """
    needed = np.minimum(1, most / np.maximum(peaks, 1e-9)).astype(np.float32)
    held = minimum_filter1d(needed, 2 * AHEAD + 1, mode="nearest")
    let_go = _released(held, np.float32(np.exp(-1 / (RELEASE_S * RATE))))
    return np.asarray(samples * uniform_filter1d(let_go, 2 * AHEAD + 1, mode="nearest"))


@njit(cache=True)
def _released(held: NDArray[np.float32], keep: np.float32) -> NDArray[np.float32]:
    """The gain that falls at once and rises slowly; never above `held`."""
    gain = np.empty_like(held)
    last = np.float32(1)
    for place in range(len(held)):
        last = min(held[place], np.float32(1) - (np.float32(1) - last) * keep)
        gain[place] = last
    return gain
