"""Whether two networks can be blended, and the words for why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LOWEST = 4  # pixels of the first block


def unlike(one: Mapping[str, Any], other: Mapping[str, Any], *, mapping: bool) -> str | None:
    """Say how two architectures, as `model.json` has them, differ so that they cannot be blended; None where they can.

    `mapping` says that the mappings are blended as well.
    """
    for name, words in (*_SYNTHESIS, *(_MAPPING if mapping else ())):
        mine, theirs = one.get(name), other.get(name)
        if mine != theirs:
            return f"{words} {mine} in the one and {theirs} in the other"
    mine, theirs = widths(one), widths(other)
    if mine != theirs:
        at = next(i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b)
        return f"the block of {LOWEST << at} px has {mine[at]} channels in the one and {theirs[at]} in the other"
    return None


def is_known(architecture: Mapping[str, Any] | None) -> bool:
    """Whether an architecture, as `model.json` has it, says enough to tell whether it fits another."""
    if not architecture or not architecture.get("resolution"):
        return False
    return bool(architecture.get("widths") or (architecture.get("channel_base") and architecture.get("channel_max")))


def widths(architecture: Mapping[str, Any]) -> Sequence[int]:
    """Give the channels of the blocks, from 4 px on, as `gan.config.NetConfig` has them."""
    if listed := architecture.get("widths"):
        return list(listed)
    resolution, found = LOWEST, []
    while resolution <= int(architecture["resolution"]):
        found.append(min(int(architecture["channel_base"]) // resolution, int(architecture["channel_max"])))
        resolution *= 2
    return found


_SYNTHESIS = (
    ("resolution", "the pictures' side in pixels is"),
    ("channels", "the number of colours is"),
    ("w_dim", "the width of w is"),
    ("architecture_g", "the way from block to block is"),
)
_MAPPING = (
    ("z_dim", "the width of z is"),
    ("c_dim", "the number of labels is"),
    ("mapping_layers", "the number of mapping layers is"),
)
