"""How fast a sound beats, and how that changes on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sound.onsets import FPS

SLOWEST, FASTEST = 45.0, 220.0  # beats a minute
STEPS_AN_OCTAVE = 48
USUAL, SPREAD = 115.0, 0.75  # beats a minute, octaves: what people tap (Moelants 2002, rounded)
HURRIED = 185.0  # beats a minute: faster ones are counted by two
WINDOW_S, EVERY_S = 12.0, 1.0
MULTIPLES = (1.0, 0.6, 0.5, 0.5)  # how much the autocorrelation at 1, 2, 3 and 4 beats says
STIFFNESS = 250.0  # of the curve: a log-octave squared, a second


def tempi() -> NDArray[np.float64]:
    """Give the tempi that are compared, in beats a minute, `[K]`."""
    octaves = np.log2(FASTEST / SLOWEST)
    return SLOWEST * 2 ** (np.arange(int(octaves * STEPS_AN_OCTAVE) + 1) / STEPS_AN_OCTAVE)


def prior(bpm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how usual tempi are, 0 to 1."""
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL) / SPREAD) ** 2)
    return np.asarray(np.where(bpm > HURRIED, usual * (HURRIED / bpm) ** 4, usual))


def tempogram(strength: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compare an onset strength `[T]` with itself a beat later, around each of some moments.

    Returns: the moments in seconds `[S]`, and how well each tempo fits there `[S, K]`, about 0 to 1.
    """
    window, step = int(WINDOW_S * FPS), int(EVERY_S * FPS)
    smooth = np.convolve(strength, np.hanning(7) / np.hanning(7).sum(), mode="same")
    padded = np.pad(smooth, window // 2)
    centres = np.arange(0, len(strength), step)
    taper = np.hanning(window)
    lags = 60 * FPS / tempi()
    rows = np.stack([_fit(padded[centre : centre + window] * taper, lags) for centre in centres])
    return centres / FPS, rows


def _fit(piece: NDArray[np.float64], lags: NDArray[np.float64]) -> NDArray[np.float64]:
    size = 2 * len(piece)
    spectrum = np.fft.rfft(piece - piece.mean(), size)
    same = np.fft.irfft(np.abs(spectrum) ** 2, size)[: len(piece)]
    if same[0] <= 1e-9:
        return np.zeros(len(lags))
    same = np.maximum(same / same[0], 0)
    places = np.arange(len(same))
    fits = [weight * np.interp(lags * (n + 1), places, same) for n, weight in enumerate(MULTIPLES)]
    return np.asarray(sum(fits) / sum(MULTIPLES))


def curve(rows: NDArray[np.float64], around: float, *, octaves: float = 0.4) -> NDArray[np.float64]:
    """Follow the tempo through a tempogram `[S, K]`, within some octaves of a tempo (Viterbi); beats a minute `[S]`."""
    bpm = tempi()
    near = np.flatnonzero(np.abs(np.log2(bpm / around)) <= octaves)
    fits = rows[:, near] + 0.02 * prior(bpm[near])
    apart = np.log2(bpm[near][:, None] / bpm[near][None, :])
    cost = STIFFNESS * apart**2 / EVERY_S
    best = fits[0]
    back = np.zeros((len(fits), len(near)), int)
    for moment in range(1, len(fits)):
        total = best[None, :] - cost  # [to, from]
        back[moment] = total.argmax(axis=1)
        best = total.max(axis=1) + fits[moment]
    path = [int(best.argmax())]
    for moment in range(len(fits) - 1, 0, -1):
        path.append(back[moment, path[-1]])
    return bpm[near][path[::-1]]
