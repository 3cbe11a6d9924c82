"""Sounds whose beats are known: clicks and drums, straight, swung, drifting, in noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sound.reading import RATE, Sound

Hits = list[tuple[float, str, float]]  # when, what, how loud


def sound(mono: NDArray[np.float64]) -> Sound:
    """The same in both channels."""
    return Sound(samples=np.repeat(mono[None].astype(np.float32), 2, axis=0))


def tone(hz: float, *, seconds: float = 1.0, level: float = 0.5) -> Sound:
    """A sine."""
    return sound(level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE))


def steady(bpm: float, *, seconds: float = 30.0, first_s: float = 0.4) -> NDArray[np.float64]:
    """Beats of one tempo, in seconds."""
    return np.arange(first_s, seconds - 0.3, 60 / bpm)


def drifting(bpm: float, to_bpm: float, *, seconds: float = 40.0, first_s: float = 0.4) -> NDArray[np.float64]:
    """Beats that become faster or slower from one tempo to another."""
    times = [first_s]
    while times[-1] < seconds - 0.8:
        times.append(times[-1] + 60 / (bpm + (to_bpm - bpm) * times[-1] / seconds))
    return np.array(times)


def clicks(times_s: NDArray[np.float64], *, seconds: float = 30.0, noise: float = 0.0, seed: int = 0) -> Sound:
    """A click of 5 ms at each time, in white noise of a level."""
    out = noise * np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    length = np.arange(240)
    for time_s in times_s:
        first = round(time_s * RATE)
        out[first : first + 240] += 0.7 * np.sin(2 * np.pi * 1_500 * length / RATE) * np.exp(-length / 60)
    return sound(out)


def drums(
    times_s: NDArray[np.float64],
    *,
    seconds: float = 30.0,
    swing: float = 0.5,
    meter: int = 4,
    noise: float = 0.0,
    late_s: float = 0.0,
    seed: int = 0,
) -> Sound:
    """A drummer: kick and snare by turns, a hat on each eighth at `swing` of the beat, each late by chance."""
    random = np.random.default_rng(seed)
    hits: Hits = []
    ends = np.append(times_s[1:], 2 * times_s[-1] - times_s[-2])
    for number, (begins, ends_s) in enumerate(zip(times_s, ends, strict=True)):
        place = number % meter
        hits.append((begins, "snare" if (place in (1, 3) if meter == 4 else place == 2) else "kick", 1.0))
        hits.append((begins, "hat", 0.5))
        hits.append((begins + swing * (ends_s - begins), "hat", 0.35))
        if place == 0:
            hits.append((begins, "bass", 0.6))
    out = noise * random.standard_normal(int(seconds * RATE))
    for time_s, what, level in hits:
        struck = level * _struck(what, random)
        first = max(0, round((time_s + late_s * random.standard_normal()) * RATE))
        part = out[first : first + len(struck)]
        part += struck[: len(part)]
    return sound(0.4 * out)


def _struck(what: str, random: np.random.Generator) -> NDArray[np.float64]:
    t = np.arange(int(0.25 * RATE)) / RATE
    hiss = random.standard_normal(len(t))
    shapes = {
        "kick": np.sin(2 * np.pi * (50 * t + 4 * (1 - np.exp(-t * 30)))) * np.exp(-t * 14),
        "snare": (0.6 * hiss + 0.5 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t * 22),
        "bass": np.sin(2 * np.pi * 55 * t) * np.exp(-t * 4),
        "hat": np.diff(hiss, prepend=0.0) * 0.4 * np.exp(-t * 60),
    }
    return np.asarray(shapes[what])


def share_near(found_s: NDArray[np.float64], true_s: NDArray[np.float64], *, within_s: float = 0.05) -> float:
    """The F-measure of beats found within a distance: 1, if all are, and none besides."""
    if not len(found_s) or not len(true_s):
        return 0.0
    hit = sum(bool(np.any(np.abs(found_s - one) <= within_s)) for one in true_s)
    right = sum(bool(np.any(np.abs(true_s - one) <= within_s)) for one in found_s)
    return min(hit / len(true_s), right / len(found_s))
