"""Samples, generated pictures that were asked for or kept; tags and albums of them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Answer, At, Body, Facts, Id, Page
from api.schemas.models import Model
from jobs.fields import StrictBool

MOST = 10_000  # samples at a time
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Tags = Annotated[list[Tag], Field(max_length=32)]
Rating = Annotated[int, Field(strict=True, ge=0, le=5, description="Stars; 0 is not given.")]
Ids = Annotated[list[Id], Field(max_length=MOST)]
AlbumName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Originality(Answer):
    """How near a picture is to one photograph of the archive that its model has learnt from: resemblance, no proof."""

    photo_id: Id = Field(description="The photograph that it is most like.")
    likeness: float = Field(description="To that one, 0 to 1.", examples=[0.41])
    percentile: int = Field(
        description="It is nearer to one photograph than so many % of the photographs are to each other, 0 to 100.",
        examples=[29],
    )
    level: str = Field(description="own, near (from 90 % on) or copy (from 99 % on).", examples=["own"])
    sentence: str


class Sample(Answer):
    """An invented picture with its recipe, from which it can be drawn again."""

    id: Id
    model_id: Id
    training_id: Id | None = Field(None, description="The job that its model was learnt in.")
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
    originality: Originality | None = Field(None, description="None, as long as nobody has looked.")
    created_at: At


class SampleIndex(Answer):
    """A list of samples from afar."""

    total: int = Field(examples=[100_000])
    every: int = Field(description="Samples of a page.", examples=[100])
    starts: list[str] = Field(description="The cursor of each page but the first.")


class SampleIds(Answer):
    """Samples of a list, in its order; no cursor where they are its last."""

    ids: list[Id]
    next_cursor: str | None


class SampleChanges(Body):
    """Heart, stars, tags: what is left out stays as it is."""

    favourite: StrictBool | None = None
    rating: Rating | None = None
    tags: Tags | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.favourite is None and self.rating is None and self.tags is None:
            raise ValueError("give favourite, rating or tags")
        return self


class ManyChanges(Body):
    """Heart, stars, tags of many samples at once, all of it or nothing."""

    samples: Ids
    favourite: StrictBool | None = None
    rating: Rating | None = None
    add_tags: Tags = Field(default_factory=list, description="Beside those that they have.")
    remove_tags: Tags = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.favourite is None and self.rating is None and not self.add_tags and not self.remove_tags:
            raise ValueError("give favourite, rating, add_tags or remove_tags")
        return self


class Some(Body):
    """Samples, by their ids."""

    samples: Ids


class Recipe(Body):
    """What a picture says of how it was drawn."""

    recipe: Facts = Field(examples=[{"model": "5f2c…", "seed": 20416, "truncation_psi": 0.7, "noise_mode": "const"}])


class Found(Answer):
    """What is here of a picture that came back: itself, or the model that drew it, or neither."""

    sample: Sample | None = None
    model: Model | None = Field(None, description="The model of the recipe's hash, whatever its name is here.")


class NamedTag(Answer):
    """A word that samples have; one in capitals is the same."""

    name: str = Field(examples=["fog"])
    samples: int = Field(description="How many have it.", examples=[12])


class NewAlbum(Body):
    """Make an album, or give one another name."""

    name: AlbumName = Field(examples=["By the sea"])


class Album(Answer):
    """Samples that somebody has put together."""

    id: Id
    name: str = Field(examples=["By the sea"])
    samples: int = Field(description="How many are in it.", examples=[12])
    created_at: At


class AlbumChanges(Body):
    """Put samples into an album, and take others out; what is in it already, or not in it, stays so."""

    add: Ids = Field(default_factory=list)
    remove: Ids = Field(default_factory=list)


class AlbumChanged(Answer):
    """How an album stands after a change. Sent as changes, `add` and `remove` undo what was done."""

    add: list[Id] = Field(description="What was taken out.")
    remove: list[Id] = Field(description="What is new in it.")
    samples: int = Field(description="How many are in it now.")


SamplePage = Page[Sample]
