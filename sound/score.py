"""What a journey tells its composer, and the moods that can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.1
USUAL_SPEED = 0.05  # Oklab a second, the mean of all pixels: half of full motion


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


def score_of(
    pictures: Iterable[NDArray[np.uint8]], at_s: Sequence[float], *, duration_s: float, moments_s: Sequence[float] = ()
) -> Score:
    """Read a score out of pictures, each uint8 `[h, w, 3]` and as large as the others, at rising times."""
    laid, moved = [], [0.0]
    before: NDArray[np.float32] | None = None
    for picture in pictures:
        lab = oklab(picture)
        laid.append(lab.mean(axis=(0, 1)))
        if before is not None:
            moved.append(float(np.linalg.norm(lab - before, axis=2).mean()))
        before = lab
    if not laid:
        raise ValueError("a score needs a picture")
    times_s = np.asarray(at_s, np.float64)
    speed = np.array(moved) / np.maximum(np.diff(times_s, prepend=times_s[0] - 1), 1e-3)
    speed[0] = speed[1] if len(speed) > 1 else 0.0
    steps_s = np.arange(max(1, round(duration_s / STEP_S))) * STEP_S
    lab = np.stack([np.interp(steps_s, times_s, channel) for channel in np.array(laid).T], axis=1)
    motion = np.interp(steps_s, times_s, speed / (speed + USUAL_SPEED))
    return Score(
        lab=lab.astype(np.float32),
        motion=motion.astype(np.float32),
        brightness=np.clip(lab[:, 0], 0, 1).astype(np.float32),
        moments_s=tuple(moments_s),
    )


def oklab(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn sRGB uint8 `[…, 3]` into Oklab (Ottosson 2020), float32: L 0 to 1, a and b about -0.3 to 0.3."""
    linear = _LINEAR[picture]
    return np.asarray(np.cbrt(linear @ _CONES.T) @ _OPPONENTS.T, np.float32)


_SRGB = np.arange(256) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4).astype(np.float32)
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
