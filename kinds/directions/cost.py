"""What finding directions costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import NARROW, WIDE, Cost, remember_s, speed
from kinds.directions.params import DirectionsParams

START_S = 4.0  # a child process and the tensor library
PICTURES = 500
PICTURE_S = 0.012  # drawn on two cores by a network of up to `NARROW` channels
PHOTO_S = 0.03  # decoded, cut and looked at
LEARNING_S = 6.0  # from what is known of them
MOST_PHOTOS = 600
VECTOR_BYTES = 2_300
MOST_DIRECTIONS = 38
PROCESS_BYTES = 500_000_000


def cost(params: DirectionsParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the width of the network, and the photographs that it has learnt from."""
    architecture = facts.get("model", {}).get("architecture", {})
    photographs = min(int(facts.get("learnt_from", {}).get("photos", 0)), MOST_PHOTOS)
    seconds = work_s(architecture) + photographs_s(architecture, photographs)
    pictures = f"{PICTURES} small pictures are drawn and looked at; none of them is kept."
    looks = f" So are {photographs:,} of its photographs." if photographs else ""
    return Cost(
        seconds=START_S + seconds / speed(facts, kind="directions"),
        disk_bytes=MOST_DIRECTIONS * VECTOR_BYTES,
        memory_bytes=PROCESS_BYTES,
        sentence=pictures + looks,
    )


def work_s(architecture: Mapping[str, Any]) -> float:
    """Estimate what is done without photographs in nominal seconds: a picture takes the square of the channels."""
    wide = max(int(architecture.get("channel_max", NARROW)), 1)
    return PICTURES * PICTURE_S * max(wide / NARROW, 0.5) ** 2 / (1 if wide < WIDE else 2)


def photographs_s(architecture: Mapping[str, Any], photographs: int) -> float:
    """Estimate in nominal seconds what learning from so many photographs takes."""
    return remember_s(architecture) + photographs * PHOTO_S + LEARNING_S if photographs else 0.0
