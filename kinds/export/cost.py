"""What a heirloom pack costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.cost import Cost, speed
from kinds.export.params import ExportParams

RUNTIME_BYTES = 6_000_000  # in a zip: what runs the network in a browser, typefaces and texts
PACKED = 1.05  # what a file takes in a zip that is written in letters, within a script
MOST_WITHIN_BYTES = 120_000_000  # of a model that opens by a double click
PICTURE_BYTES = 1.6  # a pixel of a picture, on average
START_S = 6.0  # a child process and the tensor library
BYTES_PER_S = 30e6
PROCESS_BYTES = 600_000_000


def cost(params: ExportParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the size of the model and how many pictures go along."""
    size_bytes = int(facts.get("model", {}).get("size_bytes") or 0)
    side = int(facts.get("model", {}).get("resolution") or 0)
    named = params.chosen
    count = int(facts.get("pack", {}).get("favourites") or 0) if named is None else len(named)
    disk_bytes = pack_bytes(size_bytes, pictures=count, side=side, discriminator=params.discriminator)
    disk_bytes += int(facts.get("pack", {}).get("films") or 0) if params.travelled != () else 0
    pictures = "1 picture goes" if count == 1 else f"{count:,} pictures go"
    return Cost(
        seconds=START_S + disk_bytes / BYTES_PER_S / speed(facts, kind="export"),
        disk_bytes=disk_bytes,
        memory_bytes=PROCESS_BYTES + 4 * size_bytes,
        sentence=f"{pictures} along; the pack takes about {disk_bytes / 1e6:,.0f} MB.",
    )


def pack_bytes(size_bytes: int, *, pictures: int, side: int, discriminator: bool) -> int:
    """Estimate a pack: of the model's files half is the generator, which is in it two or three times."""
    graph = size_bytes // 2
    within = graph + RUNTIME_BYTES if graph <= MOST_WITHIN_BYTES else 0
    model = (size_bytes if discriminator else graph) + graph
    return int(model + RUNTIME_BYTES + PACKED * within + pictures * side * side * PICTURE_BYTES)
