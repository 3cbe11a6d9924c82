"""Which moment of a training is best: what was measured, what was chosen, and the next pair to choose between."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import ID_EXAMPLE, Answer, Body, Id

Chosen = Literal["left", "right", "neither"]


class Moment(Answer):
    """Where one moment stands among those of its training."""

    step: int = Field(examples=[300])
    model_id: Id
    kept: bool
    rank: int = Field(description="From 1: by strength, the best first.")
    chance: float = Field(description="Of being the best one, 0 to 1; of all moments together 1.", examples=[0.62])
    strength: float = Field(
        description="Of a pair, one is chosen with the probability 1 / (1 + exp(-d)), d its strength above the other's."
    )
    low: float = Field(description="With `high` the interval that holds the strength in 95 of 100 cases.")
    high: float
    kernel: float | None = Field(description="Kernel distance to the archive; null where it was not measured.")
    variety: float | None = Field(description="Of its pictures against that of the photographs; 1 is as various.")
    measured_rank: int | None = Field(description="From 1, by the measures alone.")
    chosen: int = Field(description="Pairs in which it was chosen.")
    passed: int = Field(description="Pairs in which the other one was.")
    neither: int
    why: str = Field(examples=["Chosen in 5 of 6 pairs; second nearest to the archive, 96 % as various as it."])


class MomentBest(Answer):
    """The moment that is foremost in one measure; `step` is null where none is, and `why` says for what reason."""

    name: Literal["likeness", "variety", "in_between"] = Field(
        description="Nearest to the archive; most various; as far from what it began with as from the archive."
    )
    step: int | None = Field(examples=[70])
    model_id: Id | None
    kept: bool
    measures: dict[str, float | None] = Field(description="All that was measured of it.")
    chance: float | None = Field(description="Of being the foremost one, 0 to 1, as far as the noise tells.")
    certainty: Literal["sure", "likely", "open"] | None = Field(description="sure: 0.9, and none alike; likely: 0.5.")
    alike: list[int] = Field(description="Steps of the moments that cannot be told apart from it.", examples=[[60, 80]])
    why: str = Field(examples=["About as far from what it knew before as from your photographs."])


class Moments(Answer):
    """The moments of a training that are there, the best first."""

    choices: int = Field(description="How many were made, which is the `position` of the next one.")
    best: int | None = Field(description="Its step; null where nothing was measured or chosen.", examples=[300])
    certainty: Literal["sure", "likely", "open"] | None = Field(description="sure: 0.9 and more; likely: 0.5 and more.")
    agree: bool | None = Field(description="Whether the measures name the same one; null where one side says nothing.")
    why: str = Field(examples=["The choice of 14 pairs; the measures agree."])
    unmeasured: int = Field(description="Moments of which something is not measured: a `measure` job does it.")
    measuring: Id | None = Field(description="The job that is at it.")
    bests: list[MomentBest] = Field(description="By the measures alone: likeness, variety, in_between, in this order.")
    moments: list[Moment]


class Side(Answer):
    """One picture of a pair: the one at `place` of a sheet, GET /artifacts/{artifact_id}/image."""

    model_id: Id
    artifact_id: Id
    rows: int
    columns: int
    width: int = Field(description="Of one picture, in pixels.", examples=[64])
    height: int = Field(examples=[64])


class MomentPair(Answer):
    """The same point at two moments. Which is which is not shown to whoever is to choose blindly."""

    position: int = Field(description="Of the choice, from 0.")
    place: int = Field(description="Of both sheets, row by row from 0.")
    left: Side
    right: Side


class MomentChosen(Body):
    """The answer to a pair, which it names."""

    position: int = Field(ge=0, lt=2**31 - 1)
    place: int = Field(ge=0, lt=2**31 - 1)
    left: UUID = Field(description="The left side's model_id.", examples=[ID_EXAMPLE])
    right: UUID = Field(description="The right side's model_id.", examples=[ID_EXAMPLE])
    chosen: Chosen
