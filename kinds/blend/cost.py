"""What blending two models costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.blend.params import BlendParams
from kinds.cost import Cost, speed

START_S = 4.0  # a child process and the tensor library
BYTES_PER_S = 100e6  # of weights: read, blended, written
SHEET_S = 4.0  # at most; a sheet of large pictures has fewer of them
PROCESS_BYTES = 400_000_000


def cost(params: BlendParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the size of the models."""
    size_bytes = int(facts.get("model", {}).get("size_bytes", 0))
    return Cost(
        seconds=START_S + work_s(size_bytes) / speed(facts, kind="blend"),
        disk_bytes=size_bytes,
        memory_bytes=PROCESS_BYTES + 4 * size_bytes,
        sentence="A model of its own; the two that it is blended of stay as they are.",
    )


def work_s(size_bytes: int) -> float:
    """Estimate a job in nominal seconds."""
    return size_bytes / BYTES_PER_S + SHEET_S
