"""What reading an archive costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.ingest.params import IngestParams

BYTES_PER_S = 24e6  # of archive, on two cores: 12-megapixel JPEGs of 3 MB, eight a second
CHILD_BYTES = 600_000_000


def cost(params: IngestParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the archive's size: its originals are kept, and small pictures beside each."""
    size_bytes = int(facts.get("archive", {}).get("size_bytes", 0))
    return Cost(
        seconds=1 + size_bytes / BYTES_PER_S / speed(facts, kind="ingest"),
        disk_bytes=size_bytes + size_bytes // 2,  # PNGs, TIFFs and HEICs have a large one beside them
        memory_bytes=CHILD_BYTES,
        sentence="Each file is looked at once, and none of them is changed.",
    )
