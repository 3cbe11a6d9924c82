"""Keys, modes and chords of equal temperament, and voices that move little from one chord to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from types import MappingProxyType

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MODES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "lydian": (0, 2, 4, 6, 7, 9, 11),
        "major": (0, 2, 4, 5, 7, 9, 11),
        "mixolydian": (0, 2, 4, 5, 7, 9, 10),
        "dorian": (0, 2, 3, 5, 7, 9, 10),
        "minor": (0, 2, 3, 5, 7, 8, 10),
    }
)
LOWEST, HIGHEST = 50, 74  # MIDI numbers between which chords lie
CLOSE_ABOVE = 57  # below it, voices nearer than a third growl


def hertz(midi: float) -> float:
    """Give the frequency of a MIDI number: A4 is 69, and 440 Hz."""
    return float(440.0 * 2 ** ((midi - 69) / 12))


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A tonic, 0 (C) to 11 (B), and a mode."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """Its name, such as "D dorian"."""
        return f"{KEYS[self.tonic]} {self.mode}"

    @property
    def steps(self) -> tuple[int, ...]:
        """Its pitch classes, from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in MODES[self.mode])

    def chord(self, degree: int, *, colours: int = 0) -> tuple[int, ...]:
        """Give pitch classes of a chord in thirds on a degree (0: tonic): triad; with the seventh; with the ninth."""
        thirds = (0, 2, 4, 6, 8)[: 3 + colours]
        chord = tuple(self.steps[(degree + third) % 7] for third in thirds)
        # A major seventh beneath its own root, or a ninth a semitone above it, sounds like a mistake.
        return tuple(pitch for pitch in chord if pitch == chord[0] or (pitch - chord[0]) % 12 != 1)

    def is_diminished(self, degree: int) -> bool:
        """Whether the triad on a degree has no perfect fifth: it is no place to rest."""
        return (self.steps[(degree + 4) % 7] - self.steps[degree]) % 12 != 7

    def nearest(self, midi: float, among: Sequence[int] | None = None) -> int:
        """Give the tone of the scale, or one of these pitch classes, that is nearest to a MIDI number."""
        allowed = set(self.steps if among is None else among)
        start = round(midi)
        return min(
            (start + off for off in range(-6, 7) if (start + off) % 12 in allowed), key=lambda one: abs(one - midi)
        )

    def step(self, midi: int, by: int) -> int:
        """Go up or down from a tone of the scale by some of its steps."""
        place = self.steps.index(midi % 12) + by
        octave, degree = divmod(place, 7)
        within = (self.steps[degree] - self.steps[0]) % 12
        base = midi - (midi - self.tonic) % 12
        return base + 12 * octave + within


def voiced(chord: Sequence[int], before: Sequence[int] | None) -> tuple[int, ...]:
    """Lay a chord's pitch classes out as MIDI numbers, lowest first, as near to the voices before as can be."""
    choices = [[midi for midi in range(LOWEST, HIGHEST + 1) if midi % 12 == pitch] for pitch in chord]
    return min((tuple(sorted(one)) for one in product(*choices)), key=lambda one: (_strain(one, before), one))


def _strain(voices: tuple[int, ...], before: Sequence[int] | None) -> float:
    gaps = [high - low for low, high in pairwise(voices)]
    growl = sum(4.0 for low, gap in zip(voices, gaps, strict=False) if gap < 3 and low < CLOSE_ABOVE)
    spread = sum(max(0, gap - 9) for gap in gaps) + sum(3.0 for gap in gaps if gap < 2)
    middle = abs(sum(voices) / len(voices) - 62) * 0.5
    if before is None:
        return growl + spread + middle
    moved = sum(min(abs(voice - other) for other in before) for voice in voices)
    return growl + spread + middle + moved
