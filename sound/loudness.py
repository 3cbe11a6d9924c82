"""How loud a sound is, by ITU-R BS.1770-4, and sounds brought to one loudness without clipping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly, sosfilt

from sound.limiter import limited
from sound.reading import RATE, Sound

# K-weighting at 48 kHz (Annex 1, tables 1 and 2): a shelf for the head, then a high-pass.
K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
STEP = RATE // 10  # samples: blocks of 400 ms overlap by three quarters
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
SILENCE = -70.0  # LUFS: what is said of a sound in which no block passes the gate
CEILING = -1.0  # dBTP
OVERSAMPLING = 4
PIECE = 30 * RATE  # samples worked on at once
OVERLAP = 64  # samples around a piece that its oversampling needs
MOST_GAIN = 40.0  # dB: noise is not made music
TRIES = 4


def measure(sound: Sound) -> float:
    """Measure integrated loudness in LUFS, gated (BS.1770-4, Annex 1, Eq. 2 to 7); `SILENCE` at least."""
    power = _blocks(sound.samples)  # [B], of both channels
    loud = _lufs(power)
    power = power[loud > ABSOLUTE_GATE]
    if not len(power):
        return SILENCE
    gate = float(_lufs(power.mean())) + RELATIVE_GATE
    return max(SILENCE, float(_lufs(power[_lufs(power) > gate].mean())))


def momentary(sound: Sound) -> NDArray[np.float64]:
    """Measure the loudness of each 400 ms, ten times a second, in LUFS, `SILENCE` at least, `[B]`."""
    return np.maximum(_lufs(_blocks(sound.samples)), SILENCE)


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))


def _blocks(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean K-weighted power of blocks of 400 ms, `[B]`; a shorter sound is one block."""
    state = np.zeros((len(K_WEIGHTING), 2, 2))
    steps = []
    for first in range(0, samples.shape[1], PIECE):  # a whole number of steps
        heard, state = sosfilt(K_WEIGHTING, samples[:, first : first + PIECE].astype(np.float64), zi=state)
        whole = heard.shape[1] // STEP * STEP
        steps.append((heard[:, :whole].reshape(2, -1, STEP) ** 2).mean(axis=2).sum(axis=0))
    power = np.concatenate(steps) if steps else np.zeros(0)
    if len(power) >= 4:
        return np.asarray(np.convolve(power, np.full(4, 0.25), mode="valid"))
    if not len(power) and samples.shape[1]:
        power = (heard**2).mean(axis=1).sum(keepdims=True)
    return np.asarray(power.mean(keepdims=True)) if len(power) else power


def true_peak(sound: Sound) -> float:
    """Measure the highest level between samples too, in dBTP, four times oversampled (Annex 2)."""
    highest = max((float(peaks.max(initial=0)) for peaks in peaks_of(sound.samples)), default=0.0)
    return float(20 * np.log10(max(highest, 1e-9)))


def peaks_of(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Give for each sample the highest level of both channels from it to the next one, float32, in pieces."""
    for first in range(0, samples.shape[1], PIECE):
        before, after = min(first, OVERLAP), first + PIECE + OVERLAP
        fine = np.abs(resample_poly(samples[:, first - before : after], OVERSAMPLING, 1, axis=1)).max(axis=0)
        peaks = fine.reshape(-1, OVERSAMPLING).max(axis=1)
        yield peaks[before : before + PIECE]


def normalised(sound: Sound, lufs: float = -14.0, *, ceiling: float = CEILING) -> Sound:
    """Bring a sound to a loudness; what would rise above `ceiling` dBTP is turned down ahead of it and let go after.

    A sound whose peaks are too high for the loudness ends as near to it as the limiter lets it. It is at most made
    `MOST_GAIN` louder; silence stays silence.
    """
    before = measure(sound)
    if before <= SILENCE:
        return sound
    gain = min(lufs - before, MOST_GAIN)
    made = sound
    for _ in range(TRIES):  # turning peaks down takes loudness away
        louder = replace(sound, samples=sound.samples * np.float32(10 ** (gain / 20)))
        made = _limited(louder, ceiling)
        missing = lufs - measure(made)
        if made is louder or missing < 0.1 or gain + missing > min(lufs - before + 6, MOST_GAIN):
            break
        gain += missing
    return made


def _limited(sound: Sound, ceiling: float) -> Sound:
    most = 10 ** (ceiling / 20)
    peaks = np.concatenate(list(peaks_of(sound.samples)))
    if peaks.max(initial=0) <= most:
        return sound
    made = replace(sound, samples=limited(sound.samples, peaks, most * 0.99))
    over = 10 ** (true_peak(made) / 20) / most
    return made if over <= 1 else replace(made, samples=made.samples / np.float32(over))
