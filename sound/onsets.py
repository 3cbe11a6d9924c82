"""Where something begins in a sound: how much its spectrum rises, a hundred times a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from sound.listening import HEARD_FPS, beats_heard
from sound.reading import Sound

HOP = 480  # samples at 48 kHz
FPS = 100  # frames a second
WINDOW = 2048  # samples: 43 ms
BANDS = 40
LOWEST_HZ, HIGHEST_HZ = 30.0, 16_000.0
BASS_HZ = 160.0
BLOCK = 4096  # frames that are transformed at once: 64 MB
# The rise is largest while an onset enters the window's steep part, before it is at the middle: measured on clicks.
EARLY_S = 0.0035
CHANGE = 20  # frames before and after that the harmony is compared over
APART = 2  # frames that a rise is looked for over
COMPRESSION = 1_000.0
FLOOR = 0.02  # of the strongest onsets: weaker ones are noise


@dataclass(frozen=True, kw_only=True, eq=False)
class Onsets:
    """Onset strength float32 `[T]`, about 0 to 1, frame t at t / FPS + EARLY_S seconds; `bass` of the lowest bands."""

    strength: NDArray[np.float32]
    bass: NDArray[np.float32]
    chroma: NDArray[np.float32]  # [T, 12], how much of each semitone sounds
    low: NDArray[np.float32]  # [T], how loud the lowest bands are
    change: NDArray[np.float32]  # [T], 0 to 1, how much the harmony is another after than before
    beat: NDArray[np.float32]  # [T], how likely the network finds a beat here
    first: NDArray[np.float32]  # [T], and the first of a bar

    @property
    def duration_s(self) -> float:
        """How long it is."""
        return len(self.strength) / FPS


def onsets(sound: Sound) -> Onsets:
    """Measure spectral flux on logarithmic bands (Böck and Widmer 2013), the maximum of neighbouring bands before."""
    mono = sound.samples.mean(axis=0)
    frames = len(mono) // HOP + 1
    padded = np.pad(mono, (WINDOW // 2, WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frames]
    hann = np.hanning(WINDOW).astype(np.float32)
    bands, semitones = _bands(), _semitones()
    loud = np.empty((frames, bands.shape[1]), np.float32)
    chroma = np.empty((frames, 12), np.float32)
    for first in range(0, frames, BLOCK):
        magnitudes = np.abs(rfft(windows[first : first + BLOCK] * hann, axis=1)) * (2 / WINDOW)
        loud[first : first + BLOCK] = magnitudes @ bands
        chroma[first : first + BLOCK] = magnitudes @ semitones
    loud = np.log1p(COMPRESSION * loud)
    before = maximum_filter1d(loud, 3, axis=1)
    rise = np.zeros_like(loud)
    rise[APART:] = np.maximum(loud[APART:] - before[:-APART], 0)
    low = _centres() < BASS_HZ
    return Onsets(
        strength=_evened(rise.sum(axis=1)),
        bass=_evened(rise[:, low].sum(axis=1)),
        chroma=chroma,
        low=loud[:, low].mean(axis=1),
        change=_change(chroma),
        **_likely(sound, frames),
    )


def _likely(sound: Sound, frames: int) -> dict[str, NDArray[np.float32]]:
    """What the network hears, at the times of the frames."""
    at_s = np.arange(frames) / FPS + EARLY_S
    named = dict(zip(("beat", "first"), beats_heard(sound), strict=True))
    return {
        name: np.interp(at_s, np.arange(len(chances)) / HEARD_FPS, chances).astype(np.float32)
        for name, chances in named.items()
    }


def _change(chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """One less the cosine between the semitones of the 200 ms before and after each frame, by the largest ones."""
    total = np.cumsum(np.pad(chroma, ((CHANGE + 1, CHANGE), (0, 0)), mode="edge"), axis=0, dtype=np.float64)
    sums = total[CHANGE:] - total[:-CHANGE]  # [T + CHANGE + 1, 12]
    before, after = sums[: len(chroma)], sums[-len(chroma) :]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    change = np.where(lengths > 1e-9, 1 - (before * after).sum(axis=1) / np.maximum(lengths, 1e-9), 0)
    largest = float(np.percentile(change, 95))
    return np.clip(change / largest, 0, 1).astype(np.float32) if largest > 1e-3 else np.zeros(len(chroma), np.float32)


def _evened(rise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take away what is always there, and scale by the strongest onsets."""
    above = np.maximum(rise - uniform_filter1d(rise, FPS), 0)
    scale = float(np.percentile(above[above > 0], 98)) if np.any(above > 0) else 0.0
    if scale < 1e-3:
        return np.zeros_like(above)
    evened = np.minimum(above / scale, 1.5)
    evened[evened < FLOOR] = 0
    return np.asarray(evened, np.float32)


def _edges() -> NDArray[np.float64]:
    return np.asarray(np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 2))


def _centres() -> NDArray[np.float64]:
    return _edges()[1:-1]


def _bands() -> NDArray[np.float32]:
    """Triangles on a logarithmic axis, `[bins, bands]`; a band narrower than a bin takes its nearest one."""
    hz = np.arange(WINDOW // 2 + 1) * (FPS * HOP / WINDOW)
    edges = _edges()
    weights = np.zeros((len(hz), BANDS), np.float32)
    for band, (low, middle, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        rising, falling = (hz - low) / (middle - low), (high - hz) / (high - middle)
        weights[:, band] = np.maximum(np.minimum(rising, falling), 0)
        if not weights[:, band].any():
            weights[np.argmin(np.abs(hz - middle)), band] = 1
    return weights


def _semitones() -> NDArray[np.float32]:
    """Which semitone a bin is of, `[bins, 12]`, from 100 Hz to 2 kHz."""
    hz = np.arange(WINDOW // 2 + 1) * (FPS * HOP / WINDOW)
    weights = np.zeros((len(hz), 12), np.float32)
    for bin in np.flatnonzero((hz > 100) & (hz < 2_000)):
        weights[bin, round(69 + 12 * np.log2(hz[bin] / 440)) % 12] = 1
    return weights
