"""How the square that a network draws is shown: cut to the part that it learnt in, or stretched to what was squeezed.

`model.json` says so under `frame`: `{"kind": "crop" | "squeeze", "width", "height"}`, of which the two numbers count as
a ratio alone. Without `kind` it is a crop, as older models have it; without `frame` the square is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.aspect import MOST, Aspect

KINDS = ("crop", "squeeze")


def squeezed(aspect: str | None) -> dict[str, Any] | None:
    """Give the frame of a network that learns pictures of this aspect, squeezed; None of none, and of squares."""
    found = None if aspect is None else Aspect.of(aspect)
    if found is None or found.width == found.height:
        return None
    return {"kind": "squeeze", "width": found.width, "height": found.height}


def frame_from(told: Any) -> dict[str, Any] | None:
    """Take a frame as a file from outside tells it; None of what is none, or of more than 4 to 1."""
    if not isinstance(told, Mapping) or told.get("kind", "crop") not in KINDS:
        return None
    width, height = (side if type(side) is int else 0 for side in (told.get("width"), told.get("height")))
    if not 0 < max(width, height) <= MOST * min(width, height):
        return None
    return {"kind": told.get("kind", "crop"), "width": width, "height": height}


def size(resolution: int, frame: Any) -> tuple[int, int]:
    """Give width and height in pixels of what is shown of a square of `resolution` pixels.

    What was squeezed keeps every pixel: its short side is the square's. What is cut is as long as the square.
    """
    found = frame_from(frame)
    if found is None:
        return resolution, resolution
    short, long = sorted((found["width"], found["height"]))
    cut = found["kind"] == "crop"
    other = max(1, round(resolution * (short / long if cut else long / short)))
    lies = found["width"] >= found["height"]
    return (resolution, other) if lies is cut else (other, resolution)
