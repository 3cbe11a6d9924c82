"""Curation: what of a dataset training sees, what looks alike, what is withdrawn and what has seen it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Answer, Body, Id
from api.schemas.datasets import Counts, Photo
from api.schemas.labels import MOST_NUMBER
from api.schemas.models import Model
from jobs.fields import StrictBool, StrictInt
from jobs.state import State

MOST = 100_000  # photographs at a time
Ids = Annotated[list[Id], Field(max_length=MOST)]


class Choices(Body):
    """Take photographs into training, and leave others out; nothing is deleted."""

    include: Ids = Field(default_factory=list)
    exclude: Ids = Field(default_factory=list)


class Chosen(Answer):
    """How a dataset stands after choices. Sent as choices, `include` and `exclude` undo what was done."""

    include: list[Id] = Field(description="What was left out now, and in before.")
    exclude: list[Id] = Field(description="What was taken in now, and out before.")
    counts: Counts
    usable_views: int = Field(description="Squares that training would see.")


class TwinGroup(Answer):
    """Photographs that look alike."""

    best: Id = Field(description="The one with the most pixels; of equals the largest file, then the first.")
    photos: list[Photo]


class Twins(Answer):
    """What looks alike in a dataset."""

    bits: int = Field(description="How far apart two perceptual hashes of 64 bits may be.", examples=[6])
    groups: list[TwinGroup] = Field(description="The first of them.")
    total: int = Field(description="Number of groups.")
    spare: int = Field(description="Photographs that training sees beside one of each group.")
    better: int = Field(description="Groups of which training sees another than the best.")


class KeepBest(Body):
    """Leave out all but the best of each group of twins."""

    bits: Annotated[int, Field(ge=0, le=12)]


class Withdrawal(Body):
    """Withdraw photographs, or all of a day, an album or a label: their files are deleted, their lines stay."""

    photos: Ids | None = None
    day: date | None = Field(
        None, le=date(2999, 12, 31), description="All that were taken on it, UTC.", examples=["1991-09-14"]
    )
    album: Annotated[str, StringConstraints(max_length=200)] | None = Field(None, description="All of this album.")
    label: StrictInt | None = Field(None, ge=0, le=MOST_NUMBER, description="All of the label of this number.")
    everywhere: StrictBool = Field(False, description="From every other dataset, too, that holds the same files.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Withdrawal:
        if len(self.model_dump(exclude_none=True, exclude={"everywhere"})) != 1:
            raise ValueError("give one of photos, day, album and label")
        return self


class Sighting(Answer):
    """A training that looked at a photograph, or will."""

    job_id: Id
    state: State
    models: int = Field(description="Models of it that are still here.")
    last: Model | None = None
    learnt_on: StrictBool = Field(description="It only learnt on from a model of one that looked at the photograph.")
    again: dict[str, Any] | None = Field(
        None,
        description="What to send to POST /jobs to train once more, from the same base, on what the dataset is now.",
    )


class Elsewhere(Answer):
    """Another dataset that holds the same files."""

    dataset_id: Id
    name: str = Field(examples=["Both albums"])
    photographs: int = Field(examples=[12])


class Sightings(Answer):
    """What has seen a photograph."""

    copies: int = Field(description="Photographs left out as the same as these; they are withdrawn with them.")
    trainings: list[Sighting]
    elsewhere: list[Elsewhere] = Field(description="Datasets that hold the same files, where they would live on.")


class Asked(Body):
    """Photographs to ask about."""

    photos: Ids


class Withdrawn(Answer):
    """What was withdrawn, and what has seen it. What a network has learnt cannot be taken out of it."""

    withdrawn: int = Field(description="Photographs, in all of the datasets.")
    trainings: list[Sighting]
    elsewhere: list[Elsewhere] = Field(description="Datasets that hold the same files still.")
