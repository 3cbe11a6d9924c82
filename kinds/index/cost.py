"""What looking for likenesses costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.index.params import IndexParams

LOOK_S = 0.015  # a photograph, on two cores
FOCUS_S = 0.06  # ... for faces
PAIRS_PER_S = 2e7  # of photographs that are compared with each other
START_S = 5.0  # a child process, the tensor library, weights
ROW_BYTES = 7_100  # of both files, a photograph
SORTED_BYTES = 7_700  # its vector while all are sorted, and its features in the files that lie in memory
PROCESS_BYTES = 500_000_000


def cost(params: IndexParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from how many photographs there are, and how many were not looked at yet."""
    photos, unlooked, unfocused = (int(facts["photos"][name]) for name in ("photos", "unlooked", "unfocused"))
    return Cost(
        seconds=START_S + work_s(photos=photos, unlooked=unlooked, unfocused=unfocused) / speed(facts, kind="index"),
        disk_bytes=unlooked * ROW_BYTES,
        memory_bytes=PROCESS_BYTES + photos * SORTED_BYTES,
        sentence=f"{unlooked:,} of {photos:,} photographs are new, and looked at once.",
    )


def work_s(*, photos: int, unlooked: int, unfocused: int = 0) -> float:
    """Estimate a job in nominal seconds."""
    return unlooked * LOOK_S + unfocused * FOCUS_S + photos**2 / PAIRS_PER_S
