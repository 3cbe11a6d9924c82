"""Where a sound beats: onsets, tempo, and the row of beats that fits both best (Ellis 2007)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sound import phase, tempo
from sound.onsets import EARLY_S, FPS, Onsets, onsets
from sound.reading import Sound

TIGHTNESS = 3000.0  # Ellis's alpha, for onset strengths of about 1: no tune goes over to its offbeats
NEAR_FRAMES = 3  # around a beat that an onset is looked for
FEWEST = 4
HELD = 30  # frames that a bass note is heard for
CANDIDATES = 6
TRUST = 2.0  # in what the network hears, beside onset strengths of about 1
ALIKE = 0.5  # of the strength of the other beats, that every second one has at least
HEARD = 0.05  # mean strength on the beats, of the strongest onsets


@dataclass(frozen=True, kw_only=True, eq=False)
class Beats:
    """Beats and the first beats of bars, in seconds, float64; beats a minute, None where nothing beats.

    `confidence`, 0 to 1, is how much more begins on the beats than between them, and how evenly they come.
    """

    times_s: NDArray[np.float64]
    downbeats_s: NDArray[np.float64]
    tempo: float | None
    confidence: float


NOTHING = Beats(times_s=np.zeros(0), downbeats_s=np.zeros(0), tempo=None, confidence=0.0)


def find(sound: Sound) -> Beats:
    """Find the beats of a sound, its bars and its tempo."""
    return of_onsets(onsets(sound))


def of_onsets(heard: Onsets) -> Beats:
    """Find the beats among onsets."""
    if np.count_nonzero(heard.strength) < FEWEST:
        return NOTHING
    moments_s, rows = tempo.tempogram(heard.strength)
    rows_of = [_along(heard, moments_s, rows, around) for around in _candidates(rows)]
    tracks = [track for track in rows_of if len(track) >= FEWEST]
    if not tracks:
        return NOTHING
    frames = max(tracks, key=lambda track: _merit(heard, track, rows))
    times_s = np.array([_peak(heard.strength, frame) for frame in frames]) / FPS + EARLY_S
    return Beats(
        times_s=times_s,
        downbeats_s=times_s[_first_of_bars(heard, frames)],
        tempo=_tempo(times_s),
        confidence=_confidence(heard.strength, frames),
    )


def _candidates(rows: NDArray[np.float64]) -> list[float]:
    """The tempi that a whole sound may have: peaks of its mean tempogram, and their halves and doubles."""
    bpm, mean = tempo.tempi(), rows.mean(axis=0)
    inner = mean[1:-1]
    peaks = np.flatnonzero((inner >= mean[:-2]) & (inner >= mean[2:]) & (inner > 0)) + 1
    best = sorted(peaks, key=lambda peak: -mean[peak] * tempo.prior(bpm[peak : peak + 1])[0])[:CANDIDATES]
    found = {round(float(bpm[peak]) * factor, 2) for peak in best for factor in (0.5, 1.0, 2.0)}
    return sorted(one for one in found if tempo.SLOWEST <= one <= tempo.FASTEST)


def _along(
    heard: Onsets, moments_s: NDArray[np.float64], rows: NDArray[np.float64], around: float
) -> NDArray[np.int64]:
    """The beats, in frames, that follow the tempo around a candidate best."""
    bpm = tempo.curve(rows, around)
    periods = 60 * FPS / np.interp(np.arange(len(heard.strength)) / FPS, moments_s, bpm)
    accented = heard.strength * (1 + heard.change) + TRUST * heard.beat
    smooth = np.convolve(accented, [0.25, 0.75, 1.0, 0.75, 0.25], mode="same").astype(np.float64)
    # Half a beat before and after count half: a row gains nothing by going over to its offbeats and back.
    places = np.arange(len(smooth))
    offbeats = [np.interp(places + half, places, smooth, left=0, right=0) for half in (periods / 2, -periods / 2)]
    row = _chained(smooth + 0.5 * (offbeats[0] + offbeats[1]), periods, TIGHTNESS)
    return _trimmed(heard.strength, phase.chosen(heard, row) if len(row) >= FEWEST else row)


@njit(cache=True)
def _chained(strength: NDArray[np.float64], periods: NDArray[np.float64], tightness: float) -> NDArray[np.int64]:
    """The row of frames with the largest sum of strength, less what its steps differ from the period (Ellis, Eq. 5)."""
    count = len(strength)
    score, back = strength.copy(), np.full(count, -1)
    for frame in range(count):
        period = periods[frame]
        most, place = 0.0, -1
        for before in range(max(0, frame - int(2 * period)), frame - int(period / 2) + 1):
            off = np.log((frame - before) / period)
            gained = score[before] - tightness * off**2
            if place < 0 or gained > most:
                most, place = gained, before
        if place >= 0 and (most > 0 or frame > 2 * period):
            score[frame] += most
            back[frame] = place
    last = count - 1
    for frame in range(max(0, count - int(periods[-1])), count):
        if score[frame] > score[last]:
            last = frame
    found = [last]
    while back[found[-1]] >= 0:
        found.append(back[found[-1]])
    return np.array(found[::-1])


def _trimmed(strength: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Without the beats before the sound begins to beat and after it has ended."""
    heard = np.array([_around(strength, frame) for frame in frames])
    loud = np.flatnonzero(heard > 0.25 * np.median(heard[heard > 0])) if np.any(heard > 0) else np.zeros(0, int)
    return frames[loud[0] : loud[-1] + 1] if len(loud) else frames[:0]


def _around(strength: NDArray[np.float32], frame: float) -> float:
    first = max(0, round(frame) - NEAR_FRAMES)
    return float(strength[first : round(frame) + NEAR_FRAMES + 1].max(initial=0.0))


def _merit(heard: Onsets, frames: NDArray[np.int64], rows: NDArray[np.float64]) -> float:
    """How likely it is that people tap these beats: usual, the sound repeats a beat later, and much begins on them.

    Against them speaks that every second one is weak (they are halves of beats), that as much begins in the middle
    between them (they are two beats long), and that as much does at both thirds (they are one and a half).
    """
    strength = heard.strength + 0.5 * heard.bass
    on, halves, thirds, others = (_mean(strength, frames, shares) for shares in ((0,), (1 / 2,), (1 / 3,), (2 / 3,)))
    parity = sorted(_mean(strength, frames[start::2], (0,)) for start in (0, 1))
    bpm = 60 * FPS / float(np.median(np.diff(frames)))
    fit = np.interp(bpm, tempo.tempi(), rows.mean(axis=0))
    on, halves = max(on, halves, 1e-9), min(on, halves)  # offbeats may be the louder ones
    alike = min(1.0, parity[0] / max(parity[1], 1e-9) / ALIKE)
    doubled = 1 - 0.35 * _step(halves / on, 0.8, 1.0)
    dotted = 1 - 0.6 * _step((min(thirds, others) - halves) / on, 0.0, 0.4)
    sure = _mean(heard.beat, frames, (0,))
    return float(sure * fit * on * alike**1.5 * doubled * dotted * tempo.prior(np.array([bpm]))[0])


def _mean(strength: NDArray[np.float32], frames: NDArray[np.int64], shares: tuple[float, ...]) -> float:
    """The mean strength around shares of the way from each beat to the next one."""
    places = [frames[:-1] + share * np.diff(frames) for share in shares] if any(shares) else [frames]
    return float(np.mean([_around(strength, place) for row in places for place in row] or [0.0]))


def _step(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))


def _peak(strength: NDArray[np.float32], frame: int) -> float:
    """The place of the onset by a beat, between frames; the beat itself, where there is none."""
    first = max(0, frame - NEAR_FRAMES)
    near = strength[first : frame + NEAR_FRAMES + 1]
    top = first + int(near.argmax())
    if near.max() < HEARD or not 0 < top < len(strength) - 1:
        return float(frame)
    left, middle, right = (float(strength[top + step]) for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    return top + (0.5 * (left - right) / bend if bend < -1e-9 else 0.0)


def _tempo(times_s: NDArray[np.float64]) -> float:
    """Beats a minute, from steps over several beats, so that where a beat is read matters little."""
    over = min(8, len(times_s) - 1)
    return float(60 * over / np.median(times_s[over:] - times_s[:-over]))


def _confidence(strength: NDArray[np.float32], frames: NDArray[np.int64]) -> float:
    on = np.mean([_around(strength, frame) for frame in frames])
    everywhere = np.mean([_around(strength, frame) for frame in range(0, len(strength), 2 * NEAR_FRAMES + 1)])
    steps = np.diff(frames)
    even = np.exp(-10 * np.median(np.abs(np.diff(steps))) / np.median(steps)) if len(steps) > 1 else 0.0
    return round(float(np.clip((on - everywhere) / (on + 1e-9), 0, 1) * even), 3)


def _first_of_bars(heard: Onsets, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which beats begin bars of 4 or 3: where the bass comes in and the harmony changes."""
    accents = _accents(heard, frames)
    phases = {(meter, phase): accents[phase::meter] for meter in (4, 3) for phase in range(meter)}
    mean = accents.mean()

    def stands_out(bar: tuple[int, int]) -> float:
        beats = phases[bar]
        if len(beats) < 2:
            return -1.0
        # Means of few beats stand out by chance: of these, so many a bar; bars of four are the usual ones.
        return float((beats.mean() - mean) * np.sqrt(len(beats)) * (1.25 if bar[0] == 4 else 1.0))

    meter, phase = max(phases, key=stands_out)
    return np.arange(phase, len(frames), meter)


def _accents(heard: Onsets, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much each beat sounds like the first of a bar."""
    bass = np.array([_around(heard.bass, frame) for frame in frames])
    held = np.array(
        [heard.low[frame + 5 : frame + HELD].mean() if frame + 5 < len(heard.low) else 0 for frame in frames]
    )
    loud = np.array([_around(heard.strength, frame) for frame in frames])
    harmonies = [part.mean(axis=0) for part in np.split(heard.chroma, frames) if len(part)]
    harmonies = [harmony / (np.linalg.norm(harmony) + 1e-9) for harmony in harmonies]
    changes = [0.0, *(1 - float(a @ b) for a, b in itertools.pairwise(harmonies))]
    changed = np.array(changes[-len(frames) :] if len(changes) >= len(frames) else [0.0] * len(frames))
    return _scaled(bass) + _scaled(held) + 0.5 * _scaled(loud) + 2 * _scaled(changed)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values / (values.mean() + 1e-9))
