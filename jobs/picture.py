"""What a renderer is asked for: a picture of a point, or a sheet of its surroundings."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.fields import StrictBool, StrictFloat, StrictInt
from jobs.point import Point

MOST_ACROSS = 32
MOST_TILES = 256
MOST_SIDE = 8192  # pixels of a sheet

Format = Literal["webp", "jpeg", "png"]
Size = Annotated[int, Field(strict=True, ge=8, le=2048, examples=[160])]
View = Annotated[str, Field(max_length=64, pattern=r"^[\w.-]*$", examples=["6f1c"])]
Turn = Annotated[int, Field(strict=True, ge=0, lt=2**53)]


class Grid(BaseModel):
    """Pictures around a point: that lies in the middle, and neighbours `step` apart, x to the right and y down."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    step: Annotated[StrictFloat, Field(gt=0, le=100, examples=[0.35])]
    columns: Annotated[StrictInt, Field(ge=1, le=MOST_ACROSS, examples=[5])]
    rows: Annotated[StrictInt, Field(ge=1, le=MOST_ACROSS, examples=[5])]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.columns * self.rows > MOST_TILES:
            raise ValueError(f"{self.columns} by {self.rows} pictures; a sheet has at most {MOST_TILES}")
        return self

    def of(self, point: Point) -> list[Point]:
        """Give its points, row by row."""
        middle = (self.columns - 1) / 2, (self.rows - 1) / 2
        return [
            point.model_copy(
                update={"x": point.x + (i - middle[0]) * self.step, "y": point.y + (j - middle[1]) * self.step}
            )
            for j in range(self.rows)
            for i in range(self.columns)
        ]


class Blend(BaseModel):
    """Another model that the one that is asked is blended with, as a `blend` job would; nothing of it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    with_id: UUID
    at: Annotated[StrictInt, Field(ge=0, le=1024, examples=[16])] | None = None
    t: Annotated[StrictFloat, Field(ge=0, le=1, examples=[0.5])] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.at is None) == (self.t is None):
            raise ValueError("give either at or t")
        return self


class Picture(BaseModel):
    """A picture of a point, or with `grid` a sheet of many, each as large as all others."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    point: Point
    grid: Grid | None = None
    size: Size | None = Field(
        default=None, description="Wanted long side of a picture in px; none is made larger than it is."
    )
    coarse: StrictBool = Field(
        default=False, description="At once and blurred: what a lower block of the network draws."
    )
    format: Format = Field(default="webp", description="png holds the recipe, webp and jpeg are for the screen.")
    blend: Blend | None = Field(default=None, description="A look at what a blend of two models would draw.")
    view: View = Field(default="", description="Who looks, by a name of the page's own: views take turns.")
    turn: Turn = Field(
        default=0, description="Raised as one moves on: what a view asked for in a later turn is drawn first."
    )

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.grid is not None and self.format == "png":
            raise ValueError("a sheet is webp or jpeg; a png is of one picture, with its recipe")
        if self.blend is not None and self.format == "png":
            raise ValueError(
                "a look at a blend is webp or jpeg: no model is there that a recipe could name; keep it first"
            )
        if self.grid is not None and (self.size or 0) * max(self.grid.columns, self.grid.rows) > MOST_SIDE:
            raise ValueError(f"a sheet is at most {MOST_SIDE} px wide and high")
        return self

    @property
    def points(self) -> list[Point]:
        """The points of its pictures, row by row."""
        return [self.point] if self.grid is None else self.grid.of(self.point)


class Order(Picture):
    """What the API hands to a renderer: a picture of this model."""

    model_id: UUID
    sample_id: UUID | None = None  # keep it as this sample
