"""Journeys, and the films that are made of them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from api.schemas.base import Answer, At, Body, Facts, Id, Page
from api.schemas.jobs import Job
from jobs.fields import Seed, StrictBool, StrictFloat, StrictInt
from jobs.journey import MOST_KEYFRAMES, MOST_S, Recipe
from jobs.picture import Blend
from jobs.point import Point

Told = Annotated[
    Facts,
    Field(
        description="As `jobs.journey.Recipe`; a keyframe of a sample that is there is told by that sample. "
        "GET /journeys/{id}/recipe has all of it."
    ),
]
Some = Annotated[list[Id], Field(min_length=1, max_length=MOST_KEYFRAMES)]


class NewJourney(Body):
    """A recipe to keep."""

    recipe: Recipe


class ChangedJourney(Body):
    """A recipe to put in the place of the one of `revision`."""

    recipe: Recipe
    revision: Annotated[StrictInt, Field(ge=0)]


class Video(Answer):
    """A film."""

    id: Id
    journey_id: Id | None
    job_id: Id
    name: str
    form: str = Field(description="mp4, webm, gif or frames, a zip of PNG.", examples=["mp4"])
    media_type: str = Field(examples=["video/mp4"])
    width: int = Field(examples=[256])
    height: int = Field(examples=[256])
    fps: int = Field(examples=[30])
    duration_s: float = Field(examples=[60.0])
    frames: int = Field(examples=[1800])
    size_bytes: int
    sha256: str
    has_sound: bool
    recipe: Told
    created_at: At
    partial: bool = Field(description="It was stopped, and holds what there was of it.")


class Journey(Answer):
    """A journey, its films, and the latest job that makes one."""

    id: Id
    name: str
    recipe: Told
    created_at: At
    changed_at: At
    revision: int
    videos: list[Video]
    job: Job | None


class From(Body):
    """What a route is to be found through: one of these."""

    samples: Some | None = None
    points: Annotated[list[Point], Field(min_length=1, max_length=MOST_KEYFRAMES)] | None = None
    photos: Some | None = Field(None, description="Photographs that were looked for in the model (`project` jobs).")
    seeds: Annotated[StrictInt, Field(ge=2, le=MOST_KEYFRAMES)] | None = Field(
        None, description="So many places far apart from each other."
    )
    map: Some | None = Field(None, description="Ids of samples and photographs, as a map's lasso gives them.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(value is not None for _, value in self) != 1:
            raise ValueError("give one of samples, points, photos, seeds, map")
        return self


class Proposal(Body):
    """What to propose a journey of."""

    model_id: Id
    from_: From = Field(alias="from")
    duration_s: Annotated[StrictFloat, Field(ge=0.5, le=MOST_S)] = 60.0
    loop: StrictBool = True
    seed: Seed = 0


class Look(Body):
    """At which times a film is to be looked at."""

    recipe: Recipe
    at: Annotated[list[Annotated[StrictFloat, Field(ge=0, le=MOST_S)]], Field(min_length=1, max_length=200)]


class Timing(Body):
    """A recipe, of which is asked when its keyframes come."""

    recipe: Recipe


class Times(Answer):
    """When a film comes to the keyframes of its recipe."""

    at_s: list[float] = Field(description="In the order of the recipe; in a loop one may come after its end, so early.")
    measured: bool = Field(description="As in a preview: false, where how long the way is was not measured yet.")


class Seen(Answer):
    """Where a film is at a time: what a model is asked for to see it."""

    at_s: float
    model_id: Id
    point: Facts = Field(description="As GET /models/{id}/tile and POST /models/{id}/render take it.")
    psi: float
    blend: Blend | None = Field(
        description="On its way to another network, as GET /models/{id}/tile and POST /models/{id}/render take it."
    )
    measured: bool = Field(
        description="Whether the even speed is that of the film; false: not known before it is made."
    )


JourneyPage = Page[Journey]
