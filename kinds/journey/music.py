"""The sound of a film: music that was brought, cut to it, or a piece that is composed of its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from jobs.journey import Recipe
from sound.composing import compose
from sound.envelope import of as envelope_of
from sound.loudness import normalised
from sound.reading import RATE, Sound, read
from sound.score import STEP_S, Score

FADE_S, LOOP_FADE_S = 1.5, 0.02  # at the end: of a film that ends, and of one that begins anew
SEEN_SIDE = 32  # px, of frames that a piece is composed of
LIVELY = 0.06  # mean change of Oklab in a tenth of a second that counts as full motion
# sRGB to LMS, and its cube root to Lab (Ottosson 2020, "A perceptual color space for image processing").
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

Stop = Callable[[], bool]


def brought(file: Path, recipe: Recipe, *, stop: Stop) -> Sound:
    """Read the part of a soundtrack that the film goes with; silence, where the music ends before it.

    Raises: as `sound.reading.read`.
    """
    if recipe.soundtrack is None:
        raise ValueError("the film has no soundtrack")
    sound, first, count = read(file, stop=stop), round(recipe.soundtrack.from_s * RATE), round(recipe.duration_s * RATE)
    part = sound.samples[:, first : first + count]
    return Sound(samples=np.pad(part, ((0, 0), (0, count - part.shape[1]))))


def breath(sound: Sound, recipe: Recipe) -> list[float]:
    """Say how loud each frame is, 0 to 1."""
    found: list[float] = envelope_of(sound, recipe.fps).tolist()
    return found


def mastered(sound: Sound, recipe: Recipe, *, seconds: float) -> Sound:
    """Bring a part of a soundtrack to the loudness that is asked for, as long as the film, with a fade at its end."""
    if recipe.soundtrack is None:
        raise ValueError("the film has no soundtrack")
    samples = sound.samples[:, : round(seconds * RATE)].copy()
    fade = min(samples.shape[1], round((LOOP_FADE_S if recipe.loop else FADE_S) * RATE))
    samples[:, samples.shape[1] - fade :] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32))
    return normalised(replace(sound, samples=samples), recipe.soundtrack.loudness_lufs)


def composed(pieces: Sequence[Path], recipe: Recipe, *, seconds: float, stop: Stop) -> Sound:
    """Compose a piece of what the film shows; the same film gives the same piece. Raises: av.FFmpegError."""
    if recipe.compose is None:
        raise ValueError("nothing is to be composed")
    asked = recipe.compose
    score = score_of(_seen(pieces, fps=recipe.fps), [one.at_s for one in recipe.keyframes if one.at_s < seconds])
    return compose(
        score, seed=asked.seed, key=asked.key, mood=asked.mood, duration_s=seconds, loop=recipe.loop, stop=stop
    )


def score_of(pictures: Iterator[NDArray[np.uint8]], moments_s: Sequence[float]) -> Score:
    """Put pictures, uint8 `[h, w, 3]`, one each tenth of a second, into numbers."""
    lab, motion = list[NDArray[np.float64]](), list[float]()
    before: NDArray[np.float64] | None = None
    for picture in pictures:
        seen = oklab(picture)
        lab.append(seen.reshape(-1, 3).mean(axis=0))
        motion.append(0.0 if before is None else float(np.linalg.norm(seen - before, axis=2).mean()))
        before = seen
    colours = np.array(lab, np.float32)
    if len(motion) > 1:
        motion[0] = motion[1]
    lively = np.clip(np.array(motion, np.float32) / LIVELY, 0, 1)
    return Score(lab=colours, motion=lively, brightness=np.clip(colours[:, 0], 0, 1), moments_s=tuple(moments_s))


def oklab(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give sRGB uint8 `[h, w, 3]` in Oklab `[h, w, 3]`."""
    srgb = picture / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    found: NDArray[np.float64] = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return found


def _seen(pieces: Sequence[Path], *, fps: int) -> Iterator[NDArray[np.uint8]]:
    """Give a small picture of the film for each tenth of a second."""
    number, wanted = 0, 0
    for piece in pieces:
        with av.open(str(piece)) as part:
            for frame in part.decode(video=0):
                while wanted * STEP_S * fps < number + 1:
                    if wanted * STEP_S * fps >= number:
                        small = frame.reformat(width=SEEN_SIDE, height=SEEN_SIDE, format="rgb24")
                        yield small.to_ndarray().astype(np.uint8)
                    wanted += 1
                number += 1
