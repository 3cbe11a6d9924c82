"""What finding a picture costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, remember_s, speed
from kinds.project.params import ProjectParams

START_S = 6.0  # a child process, the tensor library, weights
STEP_S = 0.09  # of a picture of 64 px on two cores: drawn, looked at, and both backwards
STEP_S_PER_PIXEL = 8e-6  # of a wide network's larger pictures
SMALL = 64 * 64
PROCESS_BYTES = 700_000_000
BYTES_PER_PIXEL = 6_000


def cost(params: ProjectParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the steps and the model's resolution."""
    model = facts.get("model", {})
    resolution = int(model.get("resolution", 64))
    work_s = remember_s(model.get("architecture") or {}) + (params.steps or 0) * step_s(resolution)
    return Cost(
        seconds=START_S + work_s / speed(facts, kind="project"),
        disk_bytes=16 * resolution**2 + 20_000_000,
        memory_bytes=PROCESS_BYTES + BYTES_PER_PIXEL * resolution**2,
        sentence="A picture that the model draws, as like as it can; one wanders on from there.",
    )


def step_s(resolution: int) -> float:
    """Estimate a step in nominal seconds."""
    return STEP_S + STEP_S_PER_PIXEL * max(0, resolution**2 - SMALL)
