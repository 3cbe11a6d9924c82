"""What laying out a map costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.map.params import MapParams

LOOK_S = 0.03  # a sample that nobody has looked at yet, on two cores
PAIRS_PER_S = 7e7  # whose distance is taken, of 50 numbers each
PLACE_S = 0.003  # a point, until it has its place
READ_S = 0.0002  # a point's features, until they are 50 numbers
START_S = 8.0  # a child process, the tensor library, and what is compiled for the layout
POINT_BYTES, LOOK_BYTES = 29, 1300
PROCESS_BYTES = 600_000_000


def cost(params: MapParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from how much there is, how much of it is on the map already, and what was never looked at."""
    told = facts.get("map", {})
    photos, samples, placed, unlooked = (int(told.get(name, 0)) for name in ("photos", "samples", "placed", "unlooked"))
    points = photos + samples
    new = points if params.anew else points - placed
    work = looking_s(unlooked) + placing_s(points=points, new=new)
    looks = f" {unlooked:,} of the pictures drawn from it are looked at first, once." if unlooked else ""
    return Cost(
        seconds=START_S + work / speed(facts, kind="map"),
        disk_bytes=points * POINT_BYTES + unlooked * LOOK_BYTES,
        memory_bytes=PROCESS_BYTES + points * 4 * LOOK_BYTES,
        sentence=f"{new:,} of {points:,} pictures get a place.{looks}",
    )


def looking_s(unlooked: int) -> float:
    """Estimate looking at samples."""
    return unlooked * LOOK_S


def placing_s(*, points: int, new: int) -> float:
    """Estimate all that follows."""
    return points * READ_S + new * points / PAIRS_PER_S + new * PLACE_S
