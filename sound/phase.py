"""On which of the places of a row the beats are: on it, on its offbeats, or between. Decided for a whole sound at once.

A few loud offbeats prove nothing; what is the same through a whole piece does. Three things say where beats are: where
the network hears them, where it hears the first of a bar, and where the harmony changes. A bar has one first beat, so
of the last two that place in a bar counts where they are largest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from sound.onsets import FPS, Onsets

PLACES = 12  # of a beat, that are compared: halves, thirds and quarters are among them
NEAR_FRAMES = 3  # around a place that it is looked for
METERS = (3, 4)
BEGINS = 0.3  # of what begins where most does: where less does, no beats are
HARMONY_S = 0.5  # before and after a place that the harmony is compared over
# Fitted, by logistic regression, to beats and offbeats of 85 pieces, the music of OpenTTD (OpenMSX) and of Freedoom.
BEAT, FIRST, HARMONY = 1.7, 2.35, 2.0


def chosen(heard: Onsets, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Move a row of frames, a beat apart each, to where its beats are."""
    steps = np.diff(frames, append=2 * frames[-1] - frames[-2])
    places = np.round(frames[:, None] + np.arange(PLACES) / PLACES * steps[:, None]).astype(np.int64)  # [beats, PLACES]
    places = places[(places < len(heard.strength)).all(axis=1)]
    if len(places) < max(METERS):
        return frames
    beat = _near(heard.beat)[places].mean(axis=0)
    first, harmony = (_of_bars(_near(values)[places]) for values in (heard.first, _harmony(heard.chroma)))
    merit = BEAT * _beside(beat) + FIRST * _beside(first) + HARMONY * _beside(harmony)
    begins = _near(heard.strength)[places].mean(axis=0)
    place = int(np.where(begins >= BEGINS * begins.max(), merit, -1).argmax())
    moved = np.round(frames + place / PLACES * steps).astype(np.int64)
    if place > PLACES // 2:  # nearer to the beat after: the first one may have one before it
        moved = np.concatenate([[moved[0] - steps[0]], moved])
    return moved[(moved >= 0) & (moved < len(heard.strength))]


def _near(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(maximum_filter1d(values, 2 * NEAR_FRAMES + 1))


def _of_bars(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean at that beat of bars of three or four where it is largest: `[beats, PLACES]` to `[PLACES]`."""
    means = [values[start::meter].mean(axis=0) for meter in METERS for start in range(meter)]
    return np.asarray(np.max(means, axis=0), np.float64)


def _beside(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each beside the largest, 0 to 1: of two, the difference over the sum."""
    return np.asarray(2 * values / (values + values.max() + 1e-9))


def _harmony(chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much the harmony is another in the time after each frame than in that before, 0 to 1."""
    each = chroma / (np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-6)
    total = np.cumsum(np.pad(each, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    over, here = round(HARMONY_S * FPS), np.arange(len(chroma))
    before = total[here] - total[np.maximum(here - over, 0)]
    after = total[np.minimum(here + over, len(chroma))] - total[here]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return np.where(lengths > 1e-9, 1 - (before * after).sum(axis=1) / np.maximum(lengths, 1e-9), 0).astype(np.float32)
