"""What making a film costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.frame import size
from jobs.journey import Recipe
from kinds.cost import Cost, speed
from kinds.journey.params import JourneyParams
from kinds.journey.shape import shape_of
from kinds.upscale.cost import BAND_BYTES, KEPT_BYTES, MULTIPLICATIONS_PER_S, mixed_bytes
from kinds.upscale.known import LANCZOS, REAL_ESRGAN, REAL_ESRGAN_SHAPE, multiplications

START_S = 6.0  # a child process, the tensor library, weights
PIXELS_PER_S = 250e3  # drawn, of a base's width; two cores
MEASURED, LOOK_S = 32, 0.03  # pictures of a stretch that are looked at to measure it, and how long each takes
MORPHED = 1.5  # how many times longer a frame takes whose network lies between two moments
BYTES_PER_PIXEL: Mapping[str, float] = {"mp4": 0.25, "webm": 0.15, "gif": 1.0, "frames": 2.2}  # of noisy pictures
SOUND_BYTES_PER_S = 24_000
PROCESS_BYTES = 600_000_000


def cost(params: JourneyParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the frames, the model's resolution, and the form of the film."""
    recipe, model = params.whole, facts.get("model", {})
    resolution = int(model.get("resolution", 64))
    width, height = shape_of(recipe, size(resolution, model.get("frame")))
    frame_s = resolution**2 / PIXELS_PER_S * (MORPHED if len(recipe.model_ids) > 1 else 1)
    stretches = max(0, len(recipe.keyframes) - (0 if recipe.loop else 1))
    measured_s = stretches * MEASURED * (LOOK_S + frame_s / 4) if recipe.speed == "even" else 0.0
    film_bytes = round(recipe.frames * width * height * BYTES_PER_PIXEL[recipe.form])
    film_bytes += round(recipe.duration_s * SOUND_BYTES_PER_S)
    held = recipe.frames * width * height * 3 if recipe.form == "gif" else 0
    enlarging_s, enlarging_bytes = _enlarging(recipe, facts, width=width, height=height)
    work_s = recipe.frames * (frame_s + enlarging_s) + measured_s
    return Cost(
        seconds=START_S + work_s / speed(facts, kind="journey"),
        # Its pieces are kept until the film is whole, and it is put together beside them before it is stored.
        disk_bytes=3 * film_bytes + 2_000_000,
        memory_bytes=PROCESS_BYTES + 900 * resolution**2 + 40 * width * height + held + enlarging_bytes,
        sentence=f"{recipe.frames:,} frames, {width} by {height} pixels, {recipe.duration_s:g} seconds; "
        f"the file will have about {max(1, round(film_bytes / 1e6)):,} MB.",
    )


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
