"""Samples: generated pictures that were asked for or kept."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Answer, At, Body, Facts, Id, Page
from jobs.fields import StrictBool

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Rating = Annotated[int, Field(strict=True, ge=0, le=5, description="Stars; 0 is not given.")]


class Sample(Answer):
    """An invented picture with its recipe, from which it can be drawn again."""

    id: Id
    model_id: Id
    job_id: Id | None = None
    dataset_id: Id | None = None
    recipe: Facts = Field(examples=[{"model": "5f2c…", "seed": 20416, "truncation_psi": 0.7, "noise_mode": "const"}])
    width: int = Field(examples=[64])
    height: int = Field(examples=[64])
    average: str = Field(examples=["#7a8f6b"])
    blur: str = Field(description="A picture of at most 16 px, base64.")
    sha256: str
    favourite: bool
    rating: int
    tags: list[str]
    created_at: At


class SampleChanges(Body):
    """Heart, stars, tags: what is left out stays as it is."""

    favourite: StrictBool | None = None
    rating: Rating | None = None
    tags: list[Tag] | None = Field(None, max_length=32)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.favourite is None and self.rating is None and self.tags is None:
            raise ValueError("give favourite, rating or tags")
        return self


SamplePage = Page[Sample]
