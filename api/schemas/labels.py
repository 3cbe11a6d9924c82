"""Labels: what a dataset's photographs are told apart by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Answer, Body, Id
from jobs.fields import StrictInt

MOST_NUMBER = 2**31 - 1
LabelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
LabelledBy = Literal["none", "folders", "albums"]
Number = Annotated[StrictInt, Field(ge=0, le=MOST_NUMBER)]


class Label(Answer):
    """What some photographs of a dataset have in common."""

    number: int = Field(description="Its meaning stays, also when it is renamed.", examples=[0])
    name: str = Field(examples=["1991/valley"])
    photographs: int = Field(description="Those that training would see.", examples=[86])
    cover: list[Id] = Field(description="Up to six photographs to show for it.")


class LabelsFrom(Body):
    """Label a dataset by its folders or albums, or not at all; what was labelled by hand stays."""

    source: LabelledBy = Field(alias="from", description="What comes in later is labelled so, too.")


class LabelChanges(Body):
    """Another name, or another label that this one becomes one with."""

    name: LabelName | None = None
    into: Number | None = Field(None, description="The number of the other label.")

    @model_validator(mode="after")
    def _one_of_both(self) -> LabelChanges:
        if (self.name is None) == (self.into is None):
            raise ValueError("give either a name or into")
        return self


class Labelling(Body):
    """Label photographs by hand."""

    photos: Annotated[list[Id], Field(max_length=100_000)]
    label: LabelName | None = Field(description="A label by its name, which is made where there is none; null: none.")


class Labelled(Answer):
    """How a dataset is labelled."""

    labelled_by: LabelledBy
    labels: int = Field(description="Number of labels.")
    squares: int = Field(description="Squares that training would see.")
    unlabelled: int = Field(description="Those of them that have no label; a training calls them Others.")
    small: list[str] = Field(description="Labels of fewer than 10 squares; the first 20 of them.")
