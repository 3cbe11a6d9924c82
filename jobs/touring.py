"""What a renderer is asked for beside pictures: a short way through places of a model."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from jobs.fields import Seed, StrictBool
from jobs.journey import MOST_KEYFRAMES
from jobs.point import Point

CANDIDATES = 10  # seeds for each of those that are to lie far apart


class Tour(BaseModel):
    """Places to go through: points that name no samples, or `count` seeds, which are chosen from `seed` on."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    model_id: UUID
    points: Annotated[tuple[Point, ...], Field(max_length=MOST_KEYFRAMES)] = ()
    count: int = 0
    seed: Seed = 0
    loop: StrictBool = True


class Toured(BaseModel):
    """The order of the points, or the seeds in their order; how far it is from each to the next, closed in a loop."""

    model_config = ConfigDict(frozen=True)

    order: tuple[int, ...]
    apart: tuple[float, ...]
