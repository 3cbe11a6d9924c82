"""What a journey tells its composer, and the moods that can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Score:
    """A journey as numbers, one row for each tenth of a second.

    `lab` float32 `[T, 3]`: mean colour in Oklab. `motion` `[T]`: how much the picture changes, and `brightness` `[T]`,
    each 0 to 1. `moments_s`: when it comes to its keyframes.
    """

    lab: NDArray[np.float32]
    motion: NDArray[np.float32]
    brightness: NDArray[np.float32]
    moments_s: tuple[float, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long the journey is."""
        return len(self.lab) * STEP_S

    def between(self, start_s: float, end_s: float) -> Colour:
        """Give what it is like in a stretch, one that reaches beyond its end as at its end."""
        last = len(self.lab) - 1
        first = min(int(start_s / STEP_S), last)
        part = slice(first, max(first + 1, min(int(end_s / STEP_S), last + 1)))
        a, b = self.lab[part, 1:].mean(axis=0)
        return Colour(
            hue=float(np.degrees(np.arctan2(b, a)) % 360),
            chroma=float(np.hypot(a, b)),
            motion=float(np.clip(self.motion[part].mean(), 0, 1)),
            brightness=float(np.clip(self.brightness[part].mean(), 0, 1)),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """A stretch of a journey: hue in degrees, chroma of Oklab (0 grey, 0.3 the strongest), motion and brightness."""

    hue: float
    chroma: float
    motion: float
    brightness: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Mood:
    """How a piece is to be: beats a minute from still to lively, modes from light to dark, and shares 0 to 1."""

    slow: float
    fast: float
    modes: tuple[str, ...]
    melody: float  # how much of the time it speaks
    drums: float
    light: float  # added to the brightness of the sound
    colours: int  # sevenths and ninths
    register: int  # semitones that the melody lies higher


MOODS: Mapping[str, Mood] = MappingProxyType(
    {
        "calm": Mood(
            slow=64, fast=84, modes=("major", "mixolydian", "dorian"), melody=0.5, drums=0.35, light=0.0, colours=1,
            register=0,
        ),
        "bright": Mood(
            slow=92, fast=116, modes=("lydian", "major", "mixolydian"), melody=0.75, drums=0.7, light=0.2, colours=0,
            register=3,
        ),
        "dark": Mood(
            slow=56, fast=74, modes=("dorian", "minor", "minor"), melody=0.4, drums=0.4, light=-0.25, colours=1,
            register=-5,
        ),
        "dreaming": Mood(
            slow=52, fast=68, modes=("lydian", "lydian", "major"), melody=0.45, drums=0.1, light=0.05, colours=2,
            register=5,
        ),
        "restless": Mood(
            slow=104, fast=132, modes=("dorian", "minor", "minor"), melody=0.85, drums=1.0, light=0.1, colours=1,
            register=0,
        ),
    }
)  # fmt: skip
