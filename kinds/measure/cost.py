"""What measuring moments costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.measure.params import MeasureParams
from kinds.train.speed import measure_s

START_S = 5.0  # a child process, the tensor library, the photographs
PROCESS_BYTES = 600_000_000
PICTURES = 250  # a measuring, of a training that was to measure nothing


def cost(params: MeasureParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the moments that are not measured, and how many pictures of each are looked at."""
    told = facts.get("moments", {})
    moments, pictures = int(told.get("drawn", 1)), int(told.get("pictures", PICTURES))
    return Cost(
        seconds=START_S + work_s(moments, pictures) / speed(facts, kind="measure"),
        disk_bytes=0,
        memory_bytes=PROCESS_BYTES,
        sentence=f"{pictures} pictures of each moment are drawn and looked at; none of them is kept.",
    )


def work_s(moments: int, pictures: int) -> float:
    """Estimate a job in nominal seconds: the photographs are looked at as well."""
    return (moments + 1) * measure_s(pictures)
