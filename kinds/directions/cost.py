"""What finding directions costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.directions.params import DirectionsParams

START_S = 4.0  # a child process and the tensor library
PICTURES = 500
PICTURE_S = 0.012  # drawn on two cores by a network of up to `NARROW` channels
NARROW, WIDE = 128, 256  # channels; pictures of a network from the second on are smaller ones
VECTOR_BYTES = 2_300
MOST_DIRECTIONS = 23
PROCESS_BYTES = 500_000_000


def cost(params: DirectionsParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the width of the network."""
    return Cost(
        seconds=START_S + work_s(facts.get("model", {}).get("architecture", {})) / speed(facts, kind="directions"),
        disk_bytes=MOST_DIRECTIONS * VECTOR_BYTES,
        memory_bytes=PROCESS_BYTES,
        sentence=f"{PICTURES} small pictures are drawn and looked at; none of them is kept.",
    )


def work_s(architecture: Mapping[str, Any]) -> float:
    """Estimate a job in nominal seconds: what a picture takes grows with the square of the channels."""
    wide = max(int(architecture.get("channel_max", NARROW)), 1)
    return PICTURES * PICTURE_S * max(wide / NARROW, 0.5) ** 2 / (1 if wide < WIDE else 2)
