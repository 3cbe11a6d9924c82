"""What drawing pictures costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.frame import size
from kinds.cost import Cost, speed
from kinds.generate.params import GenerateParams

PIXELS_PER_S = 200e3  # drawn, encoded and stored; two cores
START_S = 4.0  # a child process and the tensor library
MAPPING_S = 60e-6  # of a candidate, to its place in W
PLACE_S = 1.2e-3  # likewise, of one in a region: they are mapped one by one
DISTANCE_S = 0.2e-6  # of a candidate, from one that is chosen
PROCESS_BYTES = 350_000_000


def cost(params: GenerateParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the number of pictures and the model's resolution."""
    count = len(params.all_seeds())
    resolution = int(facts.get("model", {}).get("resolution", 64))
    area = resolution * resolution
    width, height = size(resolution, facts.get("model", {}).get("frame"))
    among = len(params.candidates())
    choosing_s = among * ((MAPPING_S if params.region is None else PLACE_S) + count * DISTANCE_S)
    chosen = f", chosen among {among:,}" if among else ""
    return Cost(
        seconds=START_S + choosing_s + count * area / PIXELS_PER_S / speed(facts, kind="generate"),
        disk_bytes=count * (3 * width * height + 4000),
        memory_bytes=PROCESS_BYTES + 600 * area,
        sentence=f"{count} invented pictures{chosen}, {width} by {height} pixels.",
    )
