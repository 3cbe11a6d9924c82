"""What gathering photographs costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.gather.params import GatherParams

PHOTOS_PER_S = 300.0  # on two cores and one disk, of three files each; workers measure their own machine's
PROCESS_BYTES = 150_000_000


def cost(params: GatherParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from how many photographs are to come; their files are not copied."""
    left = int(facts["gathered"]["left"])
    return Cost(
        seconds=1 + left / PHOTOS_PER_S / speed(facts, kind="gather"),
        disk_bytes=0,
        memory_bytes=PROCESS_BYTES,
        sentence=f"{left:,} photographs come in, without a copy of their files.",
    )
