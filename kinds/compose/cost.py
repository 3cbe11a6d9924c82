"""What composing costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.route import Route
from kinds.compose.looks import looks
from kinds.compose.owned import NETWORK_BYTES, NETWORK_S
from kinds.compose.params import OWN, ComposeParams
from kinds.cost import Cost, speed
from kinds.journey.cost import PIXELS_PER_S, measured_s

START_S = 8.0  # a child process, the tensor library, weights, what is compiled for the first note
PLAYED_S = 0.1  # for a second of music
BYTES_PER_S = 110_000  # FLAC
PROCESS_BYTES = 700_000_000
BYTES_PER_PLAYED_S = 48_000 * 2 * 4 * 8  # buses, the room, and what is brought to its loudness


def cost(params: ComposeParams, facts: Mapping[str, Any]) -> Cost:
    """Estimate from the length of the music and what is looked at."""
    resolution, own = int(facts.get("model", {}).get("resolution", 64)), params.with_ == OWN
    looked_s = sum(map(len, looks(Route(params.whole)))) * resolution**2 / PIXELS_PER_S / 4
    way_s = measured_s(params.whole, resolution) if params.whole.is_timed_by_length else 0.0
    made_s = params.long_s * (PLAYED_S if own else NETWORK_S)
    return Cost(
        seconds=START_S + (looked_s + way_s + made_s) / speed(facts, kind="compose"),
        disk_bytes=round(params.long_s * BYTES_PER_S),
        memory_bytes=PROCESS_BYTES + round(params.long_s * BYTES_PER_PLAYED_S) + (0 if own else NETWORK_BYTES),
        sentence=f"{params.long_s:g} seconds of music out of the colours, motion and brightness of the journey.",
    )
