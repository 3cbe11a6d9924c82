"""What jobs of a journey share: it is named, or given as a recipe."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from jobs.errors import BadParams
from jobs.journey import Recipe
from kinds.fields import WholeParams


class OfJourney(WholeParams):
    """Parameters of a job that is about a journey."""

    journey_id: UUID | None = Field(
        default=None, title="Journey", description="As it is now.", examples=["0199d3a0-0000-7000-8000-000000000007"]
    )
    recipe: Recipe | None = Field(
        default=None, title="Recipe", description="Of a journey, in place of what one says now."
    )
    path: str | None = Field(
        default=None, min_length=64, max_length=64, description="Reverie's own: the name of the way that it takes."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.journey_id is None and self.recipe is None:
            raise ValueError("give journey_id or recipe")
        return self

    @property
    def whole(self) -> Recipe:
        """Its recipe. Raises: BadParams, where only the journey is named still."""
        if self.recipe is None:
            raise BadParams("the recipe is not known", pointer="#/recipe", remedy="Give it.")
        return self.recipe
