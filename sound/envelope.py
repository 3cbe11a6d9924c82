"""How a sound rises and falls: what motion breathes with."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sound.reading import Sound

FINE = 100  # values a second
RANGE_DB = 30.0  # below the loud parts: what is softer is nothing
LOUD = 97.0  # percentile of the levels that counts as full
RISE_S, FALL_S = 0.03, 0.35  # as one breathes: in at once, out slowly


def of(sound: Sound, fps: float) -> NDArray[np.float32]:
    """Give the loudness of each frame of a film, float32 `[ceil(duration · fps)]`, 0 to 1; a silent one has zeros."""
    frames = int(np.ceil(sound.duration_s * fps))
    hop = sound.rate // FINE
    count = -(-sound.samples.shape[1] // hop)
    power = np.zeros(count)
    for channel in sound.samples:
        whole = len(channel) // hop * hop
        power[: len(channel) // hop] += (channel[:whole].reshape(-1, hop) ** 2).mean(axis=1)
        if whole < len(channel):
            power[-1] += (channel[whole:] ** 2).mean()
    if not power.any():
        return np.zeros(frames, np.float32)
    level = 10 * np.log10(np.maximum(power, 1e-12))
    loud = np.percentile(level[level > level.max() - 60], LOUD)
    breath = _breathed(np.clip(1 + (level - loud) / RANGE_DB, 0, 1) ** 2)
    return np.interp(np.arange(frames) / fps, (np.arange(count) + 0.5) / FINE, breath).astype(np.float32)


def _breathed(level: NDArray[np.float64]) -> NDArray[np.float64]:
    rise, fall = (float(np.exp(-1 / (seconds * FINE))) for seconds in (RISE_S, FALL_S))
    followed: NDArray[np.float64] = _followed(level, rise, fall)
    return followed


@njit(cache=True)
def _followed(level: NDArray[np.float64], rise: float, fall: float) -> NDArray[np.float64]:
    out = np.empty_like(level)
    last = level[0]
    for place in range(len(level)):
        keep = rise if level[place] > last else fall
        last = level[place] + (last - level[place]) * keep
        out[place] = last
    return out
