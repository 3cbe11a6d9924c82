"""With what pictures are drawn: those to keep one by one, with their bits; those for the screen together."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from gan.generator import NoiseMode
from jobs.point import Point
from latent.point import Direction
from renderer.turns import Drawn
from renderer.warm import WarmModel


class Wanted(NamedTuple):
    """A picture: of a point that stands by itself, and the directions that it goes along."""

    point: Point
    ways: Mapping[UUID, Direction]


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Draws one at a time, with the bits of a generate job: for what is kept."""

    model: WarmModel
    resolution: int | None  # of the block that it stops at
    most: int = 1

    def draw(self, wanted: Sequence[Wanted]) -> list[Drawn]:
        """Draw. Raises: BadParams, for a point that is none of this model's."""
        pen, space = self.model.pen, self.model.space
        return [pen.draw(space.latents(point, ways.__getitem__), resolution=self.resolution) for point, ways in wanted]


@dataclass(frozen=True, kw_only=True)
class Together:
    """Draws as many as are quick together, within a level of brightness of the same alone: for what is looked at."""

    model: WarmModel
    resolution: int | None
    noise_mode: NoiseMode

    @property
    def most(self) -> int:
        """As many as the pen draws together."""
        return self.model.pen.most(self.resolution)

    def draw(self, wanted: Sequence[Wanted]) -> list[Drawn]:
        """Draw. Raises: BadParams, for a point that is none of this model's."""
        ways = ChainMap(*({**each.ways} for each in wanted))
        latents = self.model.space.together([each.point for each in wanted], ways.__getitem__)
        return list(self.model.pen.draw_together(latents, resolution=self.resolution))
