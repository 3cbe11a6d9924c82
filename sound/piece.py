"""A piece on paper: bars, chords and notes, written out of a score by chance that a seed decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sound.harmony import KEYS, Scale, voiced
from sound.score import MOODS, Colour, Mood, Score

METER = 4
PHRASE = 4  # bars
VIVID = 0.12  # chroma of Oklab above which colours are vivid
TAIL_S = 3.0  # after the last bar, of a piece that does not come back to its beginning
# What may follow a degree, and how gladly (0: tonic). Fourths and fifths carry, thirds colour.
FOLLOWS: Mapping[int, Mapping[int, float]] = MappingProxyType(
    {
        0: {3: 3, 5: 3, 1: 1, 2: 1, 4: 1},
        1: {4: 3, 3: 1, 5: 1, 0: 1},
        2: {5: 3, 3: 2},
        3: {0: 2, 4: 2, 1: 1, 5: 1},
        4: {0: 3, 5: 2, 3: 1},
        5: {3: 3, 1: 2, 4: 1, 2: 1},
        6: {0: 3, 2: 1, 3: 1},
    }
)
RESTLESS_BEATS = ((0.0, 1.0, 1.5, 2.0, 3.0, 3.5), (0.0, 0.5, 1.5, 2.0, 2.5, 3.5))
LIVELY_BEATS = ((0.0, 1.0, 2.0, 2.5, 3.0), (0.5, 1.0, 2.0, 3.0, 3.5))
STILL_BEATS = ((0.0, 1.5, 2.0), (0.0, 2.0), (1.0, 2.0, 3.0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A note: when and how long in seconds, MIDI number, level, place from -1 (left) to 1, brightness 0 to 1."""

    part: str  # "pad" | "pluck" | "bass" | "bell" | "kick" | "brush" | "shaker"
    at_s: float
    long_s: float
    midi: float
    level: float
    pan: float = 0.0
    light: float = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar: its degree and chord, the voices that it is laid out in, and the colour that it was written for."""

    at_s: float
    degree: int
    chord: tuple[int, ...]
    voices: tuple[int, ...]
    colour: Colour


@dataclass(frozen=True, kw_only=True)
class Piece:
    """All notes of a piece, and what it is made of."""

    scale: Scale
    tempo: float
    beat_s: float
    duration_s: float
    loop: bool
    bars: tuple[Bar, ...]
    notes: tuple[Note, ...]

    @property
    def beats_s(self) -> NDArray[np.float64]:
        """When its beats are."""
        return np.arange(len(self.bars) * METER) * self.beat_s


def compose_piece(
    score: Score,
    *,
    seed: int,
    key: str = "auto",
    mood: str = "calm",
    duration_s: float | None = None,
    loop: bool = False,
) -> Piece:
    """Write a piece: colour becomes harmony, motion rhythm, brightness the light of its sounds.

    Raises: KeyError, for an unknown mood; ValueError, for an unknown key.
    """
    like, chance = MOODS[mood], np.random.default_rng([seed, *mood.encode()])
    long_s = duration_s if duration_s is not None else score.duration_s
    whole = score.between(0, long_s)
    scale = _scale(whole, like, key)
    beat_s, count = _measured(long_s, like, whole.motion, loop=loop)
    colours = [score.between(bar * METER * beat_s, (bar + 1) * METER * beat_s) for bar in range(count)]
    bars = _harmonised(scale, colours, like, chance, beat_s)
    notes = [
        *_pads(bars, like, beat_s, loop=loop),
        *_bass(bars, beat_s, like),
        *_melody(bars, scale, like, chance, beat_s),
        *_drums(bars, like, chance, beat_s),
        *_bells(bars, score.moments_s, beat_s, like),
    ]
    return Piece(
        scale=scale,
        tempo=60 / beat_s,
        beat_s=beat_s,
        duration_s=long_s,
        loop=loop,
        bars=tuple(bars),
        notes=tuple(notes),
    )


def _scale(whole: Colour, like: Mood, key: str) -> Scale:
    """The hue goes round the circle of fifths; the darker the picture, the darker the mode."""
    tonic = round(whole.hue / 30) * 7 % 12 if key == "auto" else KEYS.index(key)
    dark = 1 - np.clip(whole.brightness * 0.8 + min(whole.chroma / VIVID, 1) * 0.2, 0, 0.999)
    return Scale(tonic=tonic, mode=like.modes[int(dark * len(like.modes))])


def _measured(long_s: float, like: Mood, motion: float, *, loop: bool) -> tuple[float, int]:
    """The length of a beat and the number of bars: they fill the time, but for a tail that dies away."""
    played_s = long_s if loop else max(long_s - TAIL_S, long_s * 0.6)
    bar_s = METER * 60 / (like.slow + (like.fast - like.slow) * np.clip(motion * 1.5, 0, 1))
    bars = max(1, round(played_s / bar_s))
    if bars > 2 * PHRASE:
        bars = round(bars / 2) * 2  # phrases answer one another
    return played_s / (bars * METER), bars


def _harmonised(
    scale: Scale, colours: Sequence[Colour], like: Mood, chance: np.random.Generator, beat_s: float
) -> list[Bar]:
    """A chord for each bar: phrases begin at rest, lead away and come back; a change of colour is a larger step."""
    bars: list[Bar] = []
    degree, voices = 0, None
    for number, colour in enumerate(colours):
        degree = _degree(number, len(colours), degree, colours, scale, chance)
        rich = like.colours + (1 if colour.chroma < VIVID / 3 else 0)
        chord = scale.chord(degree, colours=min(rich, 2) if degree != 0 or number < len(colours) - 1 else 0)
        voices = voiced(chord, voices)
        bars.append(Bar(at_s=number * METER * beat_s, degree=degree, chord=chord, voices=voices, colour=colour))
    return bars


def _degree(
    number: int, count: int, before: int, colours: Sequence[Colour], scale: Scale, chance: np.random.Generator
) -> int:
    place = number % PHRASE
    if number in (0, count - 1):
        return 0
    if number == count - 2 or (place == PHRASE - 1 and number // PHRASE % 2 == 0):
        return 4 if not scale.is_diminished(4) else 3  # the question: a half close, and the way home at the end
    if place == 0:
        return 0 if number // PHRASE % 2 == 0 else int(chance.choice([0, 5, 3]))
    turned = abs((colours[number].hue - colours[number - 1].hue + 180) % 360 - 180) / 180
    options = {one: glad for one, glad in FOLLOWS[before].items() if not scale.is_diminished(one)} or {0: 1.0}
    # A colour that turns takes the chord with the fewest tones in common, a steady one a neighbour.
    far = [glad * (1 + 3 * turned if (one - before) % 7 in (1, 6, 3, 4) else 1) for one, glad in options.items()]
    return int(chance.choice(list(options), p=np.array(far) / sum(far)))


def _swell(number: int, count: int) -> float:
    """How loud a bar is: it grows over a phrase and over two thirds of a piece, and lets go at the end of both."""
    phrase = (0.86, 0.94, 1.0, 0.9)[number % PHRASE]
    arc = 0.78 + 0.22 * float(np.sin(np.pi * min(1.0, (number + 1) / count) ** 0.8))
    return phrase * arc


def _light(colour: Colour, like: Mood) -> float:
    return float(np.clip(colour.brightness + like.light, 0.05, 1))


def _pads(bars: Sequence[Bar], like: Mood, beat_s: float, *, loop: bool) -> list[Note]:
    notes = []
    for number, bar in enumerate(bars):
        last = number == len(bars) - 1
        long_s = METER * beat_s * (1.0 if loop or not last else 1.15)
        for voice, midi in enumerate(bar.voices):
            pan = (voice / max(1, len(bar.voices) - 1) - 0.5) * 0.9
            level = 0.17 * _swell(number, len(bars))
            notes.append(
                Note(
                    part="pad", at_s=bar.at_s, long_s=long_s, midi=midi, level=level, pan=pan,
                    light=_light(bar.colour, like),
                )
            )  # fmt: skip
    return notes


def _bass(bars: Sequence[Bar], beat_s: float, like: Mood) -> list[Note]:
    notes = []
    for number, bar in enumerate(bars):
        root = 36 + (bar.chord[0] - 36) % 12
        fifth = root + 7 if (root + 7) % 12 in bar.chord else root + 12
        lively = bar.colour.motion + 0.3 * like.drums > 0.5 and number not in (0, len(bars) - 1)
        level = 0.33 * _swell(number, len(bars))
        steps = [(0.0, 2.4, root), (2.5, 1.4, fifth if fifth < 52 else root)] if lively else [(0.0, 3.8, root)]
        notes += [
            Note(part="bass", at_s=bar.at_s + at * beat_s, long_s=long * beat_s, midi=midi, level=level)
            for at, long, midi in steps
        ]
    return notes


def _melody(bars: Sequence[Bar], scale: Scale, like: Mood, chance: np.random.Generator, beat_s: float) -> list[Note]:
    """A tune of chord tones on the beat and passing tones between; two bars of rhythm come back through the piece."""
    motif = [_rhythm(bar.colour.motion, like, chance) for bar in [*bars, *bars][:2]]
    midi, rising, notes = scale.nearest(72 + like.register, bars[0].chord), 1, list[Note]()
    for number, bar in enumerate(bars):
        last, place = number == len(bars) - 1, number % PHRASE
        if (number == 0 and len(bars) > PHRASE) or (place == PHRASE - 1 and not last and chance.random() < 0.5):
            continue  # it breathes
        if chance.random() > like.melody + 0.45 and not last:
            continue
        beats = (0.0,) if last else motif[number % 2] if place < 2 else _rhythm(bar.colour.motion, like, chance)
        for beat in beats:
            strong = beat == int(beat)
            rising = _turned(midi - like.register, rising, chance)
            midi = _next(midi, rising, bar, scale, strong=strong, leap=chance.random() < 0.2)
            if last:
                midi = scale.nearest(midi, (scale.tonic,))
            accent = 1.0 if beat in (0.0, 2.0) else 0.8 if strong else 0.65
            level = 0.36 * accent * _swell(number, len(bars)) * float(chance.uniform(0.9, 1.05))
            notes.append(
                Note(
                    part="pluck", at_s=bar.at_s + beat * beat_s, long_s=2.2, midi=midi, level=level,
                    pan=float(np.sin(midi)) * 0.35, light=_light(bar.colour, like),
                )
            )  # fmt: skip
    return notes


def _rhythm(motion: float, like: Mood, chance: np.random.Generator) -> tuple[float, ...]:
    lively = motion + 0.5 * (like.melody - 0.5)
    patterns = RESTLESS_BEATS if lively > 0.65 else LIVELY_BEATS if lively > 0.3 else STILL_BEATS
    return patterns[int(chance.integers(len(patterns)))]


def _turned(midi: int, rising: int, chance: np.random.Generator) -> int:
    """The direction of a tune: it goes on for some notes, and turns back before it is too high or too low."""
    if midi > 81:
        return -1
    if midi < 65:
        return 1
    return -rising if chance.random() < 0.3 else rising


def _next(midi: int, rising: int, bar: Bar, scale: Scale, *, strong: bool, leap: bool) -> int:
    step = scale.step(scale.nearest(midi), rising * (2 if leap else 1))
    if not strong:
        return step
    above = [step + off for off in range(5) if (step + off) % 12 in bar.chord]
    below = [step - off for off in range(5) if (step - off) % 12 in bar.chord]
    near = (above or below) if rising > 0 else (below or above)
    return near[0] if near else scale.nearest(step, bar.chord)


def _drums(bars: Sequence[Bar], like: Mood, chance: np.random.Generator, beat_s: float) -> list[Note]:
    """Soft drums, sparse where little moves; a bar at the beginning and one at the end are without."""
    notes = []
    for number, bar in enumerate(bars[:-1]):
        drive = bar.colour.motion * 0.8 + like.drums * 0.4
        if number < min(2, len(bars) // 4) or drive < 0.3:
            continue
        hits = [("kick", 0.0, 0.34)] + ([("kick", 2.0, 0.26)] if drive > 0.55 else [])
        if drive > 0.5:
            hits += [("brush", 1.0, 0.1), ("brush", 3.0, 0.12)]
        eighths = range(8) if drive > 0.6 else range(1, 8, 2)
        hits += [("shaker", eighth / 2, 0.05 if eighth % 2 else 0.03) for eighth in eighths if chance.random() < 0.9]
        notes += [
            Note(
                part=part, at_s=bar.at_s + beat * beat_s, long_s=0.4, midi=36,
                level=level * float(chance.uniform(0.85, 1.1)), pan=0.4 if part == "shaker" else 0.0,
            )
            for part, beat, level in hits
        ]  # fmt: skip
    return notes


def _bells(bars: Sequence[Bar], moments_s: Sequence[float], beat_s: float, like: Mood) -> list[Note]:
    """A bell on the beat that is nearest to each keyframe."""
    notes = []
    for number, moment_s in enumerate(moments_s):
        beat = round(moment_s / beat_s)
        bar = bars[min(beat // METER, len(bars) - 1)]
        if beat >= len(bars) * METER:
            continue
        pitch = bar.chord[number % len(bar.chord)]
        midi = 79 + (pitch - 79) % 12
        notes.append(
            Note(
                part="bell", at_s=beat * beat_s, long_s=3.0, midi=midi, level=0.13, pan=-0.3 if number % 2 else 0.3,
                light=_light(bar.colour, like),
            )
        )  # fmt: skip
    return notes
