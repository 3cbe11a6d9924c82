"""Instruments that need no samples: a pad of partials, a plucked string, FM bells, a round bass, and soft drums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from sound.harmony import hertz
from sound.piece import Note
from sound.reading import RATE

Samples = NDArray[np.float32]
TABLE = 2048
PARTIALS = 14
DETUNED = 2 ** (2.5 / 1200)  # 2.5 cents: two of a pad beat slowly against each other
PAD_RISE_S, PAD_FALL_S = 0.7, 1.1
HIGHEST_HZ = 14_000.0


def played(note: Note, seed: int) -> Samples:
    """Play a note, float32 `[2, n]`, from its begin on; `seed` decides what is noise in it."""
    return _PLAY[note.part](note, seed)


def _placed(mono: NDArray[np.float64], note: Note) -> Samples:
    """Between left and right with the same power everywhere."""
    angle = (note.pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2) * note.level
    return (sides[:, None] * mono[None, :]).astype(np.float32)


def _pad(note: Note, seed: int) -> Samples:
    """Two detuned waves of a few partials, one more to the left, one to the right; they open while it sounds."""
    count = int((note.long_s + PAD_FALL_S) * RATE)
    t = np.arange(count) / RATE
    rise = np.sin(np.minimum(t / PAD_RISE_S, 1) * np.pi / 2) ** 2
    fall = np.cos(np.clip((t - note.long_s) / PAD_FALL_S, 0, 1) * np.pi / 2) ** 2
    steps = 3.2 - 1.9 * note.light
    dark, open_ = (_table(round(steps * 4), hertz(note.midi)), _table(round(steps * 4) - 2, hertz(note.midi)))
    opened = 0.5 - 0.5 * np.cos(2 * np.pi * np.minimum(t / max(note.long_s, 0.1), 1))
    hz, begin = hertz(note.midi), (seed % 997) / 997
    waves = [
        _looked_up(dark, open_, opened, hz * off, begin + shift) for off, shift in ((DETUNED, 0), (1 / DETUNED, 0.37))
    ]
    near, far = 0.5 * (1 + 0.6), 0.5 * (1 - 0.6)
    left, right = near * waves[0] + far * waves[1], far * waves[0] + near * waves[1]
    spread = np.stack([left * np.sqrt(1 - 0.5 * note.pan), right * np.sqrt(1 + 0.5 * note.pan)])
    return (note.level * rise * fall * spread).astype(np.float32)


@lru_cache(maxsize=256)
def _table(quarter_steps: int, hz: float) -> NDArray[np.float64]:
    """One period of partials that fall with their number, as many as can be heard; of mean power 1/2."""
    phases = np.arange(TABLE) * (2 * np.pi / TABLE)
    most = max(1, min(PARTIALS, int(HIGHEST_HZ / hz)))
    weights = np.arange(1, most + 1) ** (-quarter_steps / 4)
    weights[1::2] *= 0.7  # even ones less: softer
    wave = (weights[:, None] * np.sin(np.arange(1, most + 1)[:, None] * phases)).sum(axis=0)
    return np.asarray(wave / np.sqrt((weights**2).sum()))


@njit(cache=True)
def _looked_up(
    dark: NDArray[np.float64], bright: NDArray[np.float64], opened: NDArray[np.float64], hz: float, phase: float
) -> NDArray[np.float64]:
    out = np.empty(len(opened))
    step = hz / RATE
    for place in range(len(opened)):
        at = (phase + place * step) % 1.0 * TABLE
        first = int(at)
        part = at - first
        one, other = first % TABLE, (first + 1) % TABLE
        low = dark[one] + (dark[other] - dark[one]) * part
        high = bright[one] + (bright[other] - bright[one]) * part
        out[place] = low + (high - low) * opened[place]
    return out


def _pluck(note: Note, seed: int) -> Samples:
    """A plucked string (Karplus and Strong 1983; tuned by an all-pass, Jaffe and Smith 1983)."""
    hz = hertz(note.midi)
    whole = RATE / hz - 0.5  # samples: the mean of two neighbours is half a sample late
    delay = int(whole - 0.3)
    rest = whole - delay
    allpass = (1 - rest) / (1 + rest)
    noise = np.random.default_rng([seed, 1]).uniform(-1, 1, delay)
    soft = int(2 + 6 * (1 - note.light))
    noise = np.convolve(np.concatenate([noise, noise[:soft]]), np.full(soft, 1 / soft), mode="valid")[:delay]
    noise -= noise.mean()
    noise /= np.sqrt((noise**2).mean()) + 1e-9
    loss = 10 ** (-3 / (hz * (1.6 + 1.6 * note.light)))  # 60 dB down after so many seconds
    string = _string(noise, int(note.long_s * RATE), allpass, loss)
    t = np.arange(len(string)) / RATE
    string *= np.minimum(t / 0.003, 1) * np.clip((note.long_s - t) / 0.3, 0, 1)
    return _placed(0.75 * string, note)


@njit(cache=True)
def _string(line: NDArray[np.float64], count: int, allpass: float, loss: float) -> NDArray[np.float64]:
    line = line.copy()
    out = np.empty(count)
    place, last, in_, out_ = 0, 0.0, 0.0, 0.0
    for number in range(count):
        now = line[place]
        out[number] = now
        mean = loss * 0.5 * (now + last)
        last = now
        out_ = allpass * mean + in_ - allpass * out_
        in_ = mean
        line[place] = out_
        place = place + 1 if place + 1 < len(line) else 0
    return out


def _bell(note: Note, seed: int) -> Samples:
    """A carrier that another wave bends (Chowning 1973), at a whole ratio, so that it is in tune."""
    t = np.arange(int(note.long_s * RATE)) / RATE
    hz = hertz(note.midi)
    bend = (0.6 + 1.2 * note.light) * np.exp(-t * 3.5) * np.sin(2 * np.pi * 3 * hz * t)
    wave = np.sin(2 * np.pi * hz * t + bend) + 0.25 * np.sin(2 * np.pi * 2 * hz * t) * np.exp(-t * 5)
    return _placed(wave * np.exp(-t * 1.9) * np.minimum(t / 0.004, 1) * np.clip((note.long_s - t) / 0.2, 0, 1), note)


def _bass(note: Note, seed: int) -> Samples:
    t = np.arange(int((note.long_s + 0.25) * RATE)) / RATE
    phase = 2 * np.pi * hertz(note.midi) * t
    wave = np.sin(phase) + 0.35 * np.sin(2 * phase) * np.exp(-t * 1.5) + 0.1 * np.sin(3 * phase) * np.exp(-t * 4)
    shape = np.minimum(t / 0.02, 1) * (0.55 + 0.45 * np.exp(-t * 1.8)) * np.clip((note.long_s + 0.25 - t) / 0.25, 0, 1)
    return _placed(0.8 * wave * shape, note)


def _kick(note: Note, seed: int) -> Samples:
    t = np.arange(int(0.35 * RATE)) / RATE
    phase = 2 * np.pi * (48 * t + 1.6 * (1 - np.exp(-t * 35)))
    return _placed(np.sin(phase) * np.exp(-t * 13) * np.minimum(t / 0.004, 1), note)


def _brush(note: Note, seed: int) -> Samples:
    t = np.arange(int(0.3 * RATE)) / RATE
    shape = np.minimum(t / 0.008, 1) * np.exp(-t * 16)
    return _placed(_hiss(len(t), 900, 6_000, seed) * shape, note)


def _shaker(note: Note, seed: int) -> Samples:
    t = np.arange(int(0.12 * RATE)) / RATE
    shape = np.minimum(t / 0.012, 1) * np.exp(-t * 45)
    return _placed(_hiss(len(t), 5_000, 13_000, seed) * shape, note)


def _hiss(count: int, low_hz: float, high_hz: float, seed: int) -> NDArray[np.float64]:
    noise = sosfilt(_band(low_hz, high_hz), np.random.default_rng([seed, 2]).standard_normal(count))
    return np.asarray(noise / (np.sqrt((noise**2).mean()) + 1e-9))


@lru_cache
def _band(low_hz: float, high_hz: float) -> NDArray[np.float64]:
    return np.asarray(butter(2, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"))


_PLAY: Mapping[str, Callable[[Note, int], Samples]] = MappingProxyType(
    {
        "pad": _pad,
        "pluck": _pluck,
        "bell": _bell,
        "bass": _bass,
        "kick": _kick,
        "brush": _brush,
        "shaker": _shaker,
    }
)
