"""What looking for likenesses costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.index.params import IndexParams

LOOK_S = 0.015  # a photograph, on two cores
FOCUS_S = 0.06  # ... for faces
SKETCH_S = 0.006  # a square, and a picture that was drawn
PAIRS_PER_S = 2e7  # of photographs that are compared with each other
START_S = 5.0  # a child process, the tensor library, weights
ROW_BYTES = 7_100  # of both files, a photograph
SORTED_BYTES = 7_700  # its vector while all are sorted, and its features in the files that lie in memory
SKETCH_BYTES = 900
PROCESS_BYTES = 500_000_000


def cost(params: IndexParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from how many photographs there are, and how many were not looked at yet."""
    photos, unlooked, unfocused = (int(facts["photos"][name]) for name in ("photos", "unlooked", "unfocused"))
    squares = facts.get("squares", {})
    sketched = sum(int(squares.get(name, 0)) for name in ("unsketched", "samples"))
    looking_s = work_s(photos=photos, unlooked=unlooked, unfocused=unfocused)
    return Cost(
        seconds=START_S + (looking_s + sketched * SKETCH_S) / speed(facts, kind="index"),
        disk_bytes=unlooked * ROW_BYTES + squares.get("unsketched", 0) * SKETCH_BYTES,
        memory_bytes=PROCESS_BYTES + photos * SORTED_BYTES,
        sentence=f"{unlooked:,} of {photos:,} photographs are new, and looked at once.",
    )


def work_s(*, photos: int, unlooked: int, unfocused: int = 0) -> float:
    """Estimate a job in nominal seconds."""
    return unlooked * LOOK_S + unfocused * FOCUS_S + photos**2 / PAIRS_PER_S
