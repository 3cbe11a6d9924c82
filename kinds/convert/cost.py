"""What bringing a model costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.convert.params import ConvertParams
from kinds.cost import Cost, speed

START_S = 6.0  # two child processes and the tensor library
BYTES_PER_S = 60e6  # of the file: read, checked, written
LINE_BYTES_PER_S = 8e6  # of a file that is fetched
SHEET_S = 8.0  # at most; a sheet of large pictures has fewer of them
PROCESS_BYTES = 500_000_000


def cost(params: ConvertParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the size of the file."""
    size_bytes = int(facts.get("file", {}).get("size_bytes") or 0)
    work_s = SHEET_S + size_bytes / BYTES_PER_S
    line_s = size_bytes / LINE_BYTES_PER_S if facts.get("file", {}).get("url") else 0.0
    return Cost(
        seconds=START_S + line_s + work_s / speed(facts, kind="convert"),
        disk_bytes=2 * size_bytes,
        memory_bytes=PROCESS_BYTES + 3 * size_bytes,
        sentence="The file is read as data in a process of its own; no code in it is run.",
    )
