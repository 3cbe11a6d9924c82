"""Where favourites lie: the w that each was drawn from, so that it can be found again without Reverie."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from gan.generator import Generator
from jobs.errors import BadParams, NotFound
from jobs.point import Point
from latent.directions import way_of
from latent.plane import Planes
from latent.point import Direction, Space


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A place: `w` `[1, W]`, or `[L, W]` where its layers differ, before truncation, and how it is drawn."""

    w: NDArray[np.float32]
    psi: float
    grain: float  # strength of the constant noise
    label: int | None
    point: Mapping[str, Any]

    def as_json(self, mean: NDArray[np.float32]) -> dict[str, Any]:
        """Give it as a recipe's file has it: numbers that read as the same ones again."""
        rows = [[_short(value) for value in row] for row in self.w]
        return {"w": rows, "mean": [_short(value) for value in mean], "psi": self.psi, "grain": self.grain}

    def packed(self) -> dict[str, Any]:
        """Give it as the page reads it: float32, the lowest byte first, in Base64."""
        w = base64.b64encode(np.ascontiguousarray(self.w, "<f4").tobytes()).decode()
        return {"w": w, "psi": self.psi, "grain": self.grain, "label": self.label, "point": dict(self.point)}


class Places:
    """Finds the places of recipes in one generator's space; `directions` tells of each its `file` and facts."""

    def __init__(self, G: Generator, directions: Mapping[str, Mapping[str, Any]]) -> None:
        self._space = Space(G, planes=Planes())
        self._conditional = G.config.c_dim > 0
        self._directions = directions

    def of(self, recipe: Mapping[str, Any]) -> Found | None:
        """Find where a recipe of this model lies; None, if something that it needs is gone."""
        try:
            point = Point.of_recipe(recipe)
            latents = self._space.latents(point.model_copy(update={"psi": 1.0}), self._direction)
            label = self._space.label(point) if self._conditional else None
        except (BadParams, NotFound, OSError, ValueError):
            return None
        w: NDArray[np.float32] = latents.ws[0].cpu().numpy()
        w = w[:1] if bool((w == w[:1]).all()) else w
        grain = 0.0 if point.noise.mode == "none" else 1.0
        told = point.model_dump(mode="json", exclude_defaults=True)
        return Found(w=w, psi=point.psi, grain=grain, label=label, point=told)

    def _direction(self, id: UUID) -> Direction:
        one = self._directions.get(str(id))
        if one is None:
            raise NotFound(f"There is no direction {id}.")
        return way_of(Path(one["file"]), deviation=one["deviation"], layers=one["layers"])


def _short(value: Any) -> float:
    """A float32 with as few digits as lead back to it."""
    return float(np.format_float_positional(np.float32(value), unique=True, trim="-"))
