"""What drawing pictures costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, host
from kinds.generate.params import GenerateParams

SECONDS_AT_64 = 0.02  # a picture of 64 px, drawn, encoded and stored; two cores
START_S = 4.0  # a child process and the tensor library
PROCESS_BYTES = 350_000_000


def cost(params: GenerateParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the number of pictures and the model's resolution."""
    count = len(params.all_seeds())
    resolution = int(facts.get("model", {}).get("resolution", 64))
    area = resolution * resolution
    each_s = host(facts, name="seconds_a_picture_at_64", default=SECONDS_AT_64) * max(1.0, area / 64**2)
    return Cost(
        seconds=START_S + count * each_s,
        disk_bytes=count * (3 * area + 4000),
        memory_bytes=PROCESS_BYTES + 600 * area,
        sentence=f"{count} invented pictures, {resolution} by {resolution} pixels.",
    )
