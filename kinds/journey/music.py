"""The sound of a film: music that was brought, cut to it, or a piece that is composed of its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from gan.device import configure
from jobs.journey import Recipe
from kinds.compose.words import words_of
from sound.composing import compose
from sound.envelope import of as envelope_of
from sound.loudness import normalised
from sound.reading import RATE, Sound, read
from sound.score import STEP_S, score_of

FADE_S, LOOP_FADE_S = 1.5, 0.02  # at the end: of a film that ends, and of one that begins anew
SEEN_SIDE = 32  # px, of frames that a piece is composed of
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


def composed(
    pieces: Sequence[Path], recipe: Recipe, *, seconds: float, folder: Path | None, stop: Stop
) -> Sound | None:
    """Compose a piece of what the film shows; the same film gives the same piece. None, where it is stopped.

    `folder`: of the MusicGen that plays it, if one is asked for. Raises: av.FFmpegError; JobFailed, if it cannot play.
    """
    if recipe.compose is None:
        raise ValueError("nothing is to be composed")
    asked, seen = recipe.compose, list(_seen(pieces, fps=recipe.fps))
    score = score_of(
        seen,
        [STEP_S * number for number in range(len(seen))],
        duration_s=seconds,
        moments_s=[moment_s for moment_s in recipe.moments_s if moment_s < seconds],
    )
    if folder is None:
        wish = {"seed": asked.seed, "key": asked.key, "mood": asked.mood}
        return compose(score, **wish, duration_s=seconds, loop=recipe.loop, stop=stop)  # type: ignore[arg-type]
    from kinds.compose import musicgen  # loads what its library needs

    sound = musicgen.composed(
        folder,
        prompt=asked.prompt or words_of(score, mood=asked.mood, key=asked.key),
        duration_s=seconds,
        seed=asked.seed,
        on=configure(),
        told=lambda played_s: None,
        stop=stop,
    )
    return None if sound is None else normalised(sound)


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
