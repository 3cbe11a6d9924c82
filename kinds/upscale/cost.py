"""What enlarging costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.upscale.known import LANCZOS, REAL_ESRGAN, REAL_ESRGAN_SHAPE, multiplications, scale_of
from kinds.upscale.params import UpscaleParams
from kinds.upscale.sizes import Size, printed

START_S = 6.0  # a child process, the tensor library, weights
MULTIPLICATIONS_PER_S = 40e9  # on two cores
RESULT_PIXELS_PER_S = 12e6  # read, resized and written
PROCESS_BYTES = 550_000_000
KEPT_BYTES = 150.0  # of rows that layers keep in float32: a channel of the network, a dense block and a column
BAND_BYTES = 250_000_000  # of what a band of rows becomes, whatever the picture's size
MIXED_BYTES = 5 * 12 * 62.0  # of rows that are mixed with Lanczos at once: maps in float32, colours, rows
RESULT_BYTES = 9  # a pixel of the result while it is made: rows that were kept, the picture, its file


def cost(params: UpscaleParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the sizes of the picture and of the network."""
    size = Size(int(facts["picture"]["width"]), int(facts["picture"]["height"]))
    factor = params.factor or 4
    result = printed(size, params.print.model_dump()) if params.print else size.times(factor)
    made = max(size.times(factor).pixels, result.pixels)
    shape = shape_of(params, facts)
    memory = PROCESS_BYTES + RESULT_BYTES * made
    if shape is not None:
        blocks, wide = 3 * int(shape["blocks"]), int(shape["channels"])
        memory += int(BAND_BYTES + KEPT_BYTES * blocks * wide * (size.width + 8) * passes(params, facts))
        memory += mixed_bytes(size.width, factor=factor)
    return Cost(
        seconds=START_S + work_s(params, facts) / speed(facts, kind="upscale"),
        disk_bytes=7 * made,
        memory_bytes=memory,
        sentence=f"{result.width:,} x {result.height:,} px. The original stays as it is.",
    )


def mixed_bytes(width: int, *, factor: int) -> int:
    """Estimate the memory of mixing, for a picture of this width."""
    return int(MIXED_BYTES * factor**2 * width)


def shape_of(params: UpscaleParams, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the shape of the network, if one is asked for."""
    if params.made_with == LANCZOS:
        return None
    found: Mapping[str, Any] = (
        REAL_ESRGAN_SHAPE if params.made_with == REAL_ESRGAN else facts["enlarger"]["architecture"]
    )
    return found


def passes(params: UpscaleParams, facts: Mapping[str, Any]) -> int:
    """How many times as many pixels as the picture has the network is shown, the square root of it."""
    shape = shape_of(params, facts)
    return 2 if shape is not None and scale_of(shape) == 2 and params.factor == 4 else 1


def work_s(params: UpscaleParams, facts: Mapping[str, Any]) -> float:
    """Estimate in nominal seconds."""
    size = Size(int(facts["picture"]["width"]), int(facts["picture"]["height"]))
    files_s = size.times(params.factor or 4).pixels / RESULT_PIXELS_PER_S
    return files_s + network_s(params, facts, pixels=size.pixels)


def network_s(params: UpscaleParams, facts: Mapping[str, Any], *, pixels: int) -> float:
    """Estimate what the network takes, in nominal seconds."""
    shape = shape_of(params, facts)
    if shape is None:
        return 0.0
    shown = pixels * (5 if passes(params, facts) == 2 else 1)
    return shown * multiplications(shape) / MULTIPLICATIONS_PER_S
