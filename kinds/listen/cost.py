"""What listening costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.listen.params import ListenParams

START_S = 4.0  # a child process, and what is compiled for it
BYTES_PER_S = 500e3  # of an mp3 or ogg; of a wav ten times as many
MOST_S = 60.0  # of the longest soundtrack
PROCESS_BYTES = 400_000_000
BYTES_PER_BYTE = 30  # compressed sound as float32


def cost(params: ListenParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the size of the file."""
    size_bytes = int(facts.get("sound", {}).get("size_bytes") or 0)
    return Cost(
        seconds=START_S + min(size_bytes / BYTES_PER_S, MOST_S) / speed(facts, kind="listen"),
        disk_bytes=0,
        memory_bytes=PROCESS_BYTES + min(BYTES_PER_BYTE * size_bytes, 2_500_000_000),
        sentence="The file is decoded in a process of its own, and its beats, bars and loudness are found.",
    )
