"""What making a film costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.frame import size
from jobs.journey import Recipe
from kinds.compose.owned import NETWORK_BYTES, NETWORK_S
from kinds.cost import Cost, speed
from kinds.journey.params import COMPOSER, JourneyParams
from kinds.journey.shape import shape_of
from kinds.upscale.cost import BAND_BYTES, KEPT_BYTES, MULTIPLICATIONS_PER_S, mixed_bytes
from kinds.upscale.known import LANCZOS, REAL_ESRGAN, REAL_ESRGAN_SHAPE, multiplications

START_S = 6.0  # a child process, the tensor library, weights
PIXELS_PER_S = 250e3  # drawn, of a base's width; two cores
MEASURED, LOOK_S = 14, 0.01  # pictures of a stretch that are looked at to measure it, and how long each takes
MORPHED = 1.5  # how many times longer a frame takes whose network lies between two moments
BYTES_PER_PIXEL: Mapping[str, float] = {"mp4": 0.25, "webm": 0.15, "gif": 1.0, "frames": 2.2}  # of noisy pictures
SOUND_BYTES_PER_S = 24_000
SAMPLES_PER_S = 48_000 * 2 * 4  # bytes: what is held of sound, float32 in two channels
READ, MASTERED, PLAYED = 2.5, 4.0, 9.0  # how many times so much: of all of the music, of the film's part, of a piece
PLAYING_BYTES = 150_000_000  # a room, and tones of instruments
READ_S, PLAYED_S = 0.02, 0.15  # for a second of sound: to read and to master, and to compose it
PROCESS_BYTES = 600_000_000


def cost(params: JourneyParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the frames, the model's resolution, and the form of the film."""
    recipe, model = params.whole, facts.get("model", {})
    resolution = int(model.get("resolution", 64))
    width, height = shape_of(recipe, size(resolution, model.get("frame")))
    frame_s = resolution**2 / PIXELS_PER_S * (MORPHED if len(recipe.model_ids) > 1 else 1)
    way_s = measured_s(recipe, resolution) if recipe.speed != "plain" else 0.0
    film_bytes = round(recipe.frames * width * height * BYTES_PER_PIXEL[recipe.form])
    film_bytes += round(recipe.duration_s * SOUND_BYTES_PER_S)
    held = recipe.frames * width * height * 3 if recipe.form == "gif" else 0
    enlarging_s, enlarging_bytes = _enlarging(recipe, facts, width=width, height=height)
    sound_s, sound_bytes = sounding(recipe, facts)
    work_s = recipe.frames * (frame_s + enlarging_s) + way_s + sound_s
    return Cost(
        seconds=START_S + work_s / speed(facts, kind="journey"),
        # Its pieces are kept until the film is whole, and it is put together beside them before it is stored.
        disk_bytes=3 * film_bytes + 2_000_000,
        memory_bytes=PROCESS_BYTES
        + 900 * resolution**2
        + 40 * width * height
        + held
        + max(enlarging_bytes, sound_bytes),
        sentence=f"{recipe.frames:,} frames, {width} by {height} pixels, {recipe.duration_s:g} seconds; "
        f"the file will have about {max(1, round(film_bytes / 1e6)):,} MB.",
    )


def sounding(recipe: Recipe, facts: Mapping[str, Any]) -> tuple[float, int]:
    """Estimate the nominal seconds that the sound of a film takes, and its memory in bytes.

    Of music all is read, however short the film; a network that composes is larger than what it plays.
    """
    film_s = recipe.duration_s
    if recipe.soundtrack is not None:
        music_s = float(facts.get("soundtrack", {}).get("duration_s") or 0.0)
        return READ_S * (music_s + film_s), round(SAMPLES_PER_S * (READ * music_s + MASTERED * film_s))
    if recipe.compose is None:
        return 0.0, 0
    if recipe.compose.with_ != COMPOSER:
        return NETWORK_S * film_s, NETWORK_BYTES + round(SAMPLES_PER_S * MASTERED * film_s)
    return PLAYED_S * film_s, PLAYING_BYTES + round(SAMPLES_PER_S * PLAYED * film_s)


def measured_s(recipe: Recipe, resolution: int) -> float:
    """Estimate the nominal seconds that measuring a way takes."""
    stretches = max(0, len(recipe.keyframes) - (0 if recipe.loop else 1))
    return stretches * MEASURED * (LOOK_S + resolution**2 / PIXELS_PER_S / 2)


def _enlarging(recipe: Recipe, facts: Mapping[str, Any], *, width: int, height: int) -> tuple[float, int]:
    """Estimate the nominal seconds that a network takes for a frame, and its memory in bytes; of Lanczos nothing."""
    if recipe.upscale is None or recipe.upscale.with_ == LANCZOS:
        return 0.0, 0
    own = facts.get("enlarger", {}).get("architecture")
    shape = REAL_ESRGAN_SHAPE if recipe.upscale.with_ == REAL_ESRGAN else own
    pixels, wide = width * height / recipe.upscale.factor**2, width / recipe.upscale.factor
    memory = BAND_BYTES + KEPT_BYTES * 3 * int(shape["blocks"]) * int(shape["channels"]) * wide
    memory += mixed_bytes(int(wide), factor=recipe.upscale.factor)
    return pixels * multiplications(shape) / MULTIPLICATIONS_PER_S, int(memory)
