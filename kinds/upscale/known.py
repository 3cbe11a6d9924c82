"""What enlarges: the network that comes along, Lanczos, and files that the owner has brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from foreign.realesrgan import installed
from jobs.errors import BadParams

REAL_ESRGAN, LANCZOS = "real-esrgan", "lanczos"
OWN = (REAL_ESRGAN, LANCZOS)
REAL_ESRGAN_SHAPE = {"channels": 64, "growth": 32, "blocks": 23, "doublings": 2, "folded": 1}
VIEW_SIDE = 2048  # of the picture that is looked at
DETAIL = 0.3  # of what a network makes up: nearer than Lanczos pixel by pixel and to the eye (docs/upscaling.md)
LEAST_DETAIL = 0.05
NOTHING_MADE_UP = "by Lanczos: no detail is made up"


def enlarger_id(name: str) -> UUID:
    """Name a file that the owner has brought, by what it is called: there is one of each name."""
    return uuid5(NAMESPACE_URL, f"reverie:enlarger:{name}")


def has_real_esrgan() -> bool:
    """Whether the weights of Real-ESRGAN are here: the files, and not only the package's name."""
    return installed() is not None


def words(made_with: str, detail: float | None = None, faithful: bool | None = None) -> str:
    """Say by what a picture was enlarged, and what that means."""
    if made_with == LANCZOS:
        return NOTHING_MADE_UP
    name = "Real-ESRGAN" if made_with == REAL_ESRGAN else made_with
    share = 1.0 if detail is None else detail
    kept = "detail is made up" if share == 1 else f"detail is made up, of which {round(100 * share)} % is kept"
    return f"by {name}: {kept}{'; reduced again, it is the original' if faithful else ''}"


def mixed(made_with: str, detail: float | None, faithful: bool | None, *, pointer: str) -> dict[str, Any]:
    """Give `detail` and `faithful` as they are when a request leaves them open; of Lanczos, nothing.

    Raises: BadParams, where they are given and nothing is made up.
    """
    if made_with == LANCZOS:
        for name, value in (("detail", detail), ("faithful", faithful)):
            if value is not None:
                raise BadParams(
                    f"{name} is given, and lanczos makes no detail up",
                    pointer=f"{pointer}/{name}",
                    remedy="Leave it out, or choose a network.",
                )
        return {}
    return {"detail": DETAIL if detail is None else detail, "faithful": faithful is not False}


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
