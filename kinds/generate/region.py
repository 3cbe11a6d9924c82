"""A region of the latent space: a disc on the plane around a point."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.fields import StrictFloat
from jobs.point import Point

WIDEST = 1000.0  # on the plane, in its units
MOST_DEGREES = 89.0


class Region(BaseModel):
    """All that lies around a point, up to a distance."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    point: Point
    radius: Annotated[StrictFloat, Field(ge=0, le=WIDEST)] | None = Field(
        None,
        title="Radius",
        description="How far around it, in units of the plane; 0 is the point itself. Either this or degrees.",
        examples=[0.5],
    )
    degrees: Annotated[StrictFloat, Field(ge=0, le=MOST_DEGREES)] | None = Field(
        None,
        title="Degrees",
        description="The same as an angle between the latents of the point and of what is farthest from it.",
        examples=[12],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.radius is None) == (self.degrees is None):
            raise ValueError("give either radius or degrees")
        return self

    @property
    def is_one_place(self) -> bool:
        """Whether nothing lies around its point."""
        return not (self.radius or self.degrees)
