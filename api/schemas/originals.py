"""Originals: the photographs that a picture is nearest to, as a whole and by part."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Answer, Body, Id
from api.schemas.datasets import Photo
from api.schemas.samples import Originality
from jobs.originals import Box as Edges
from jobs.picture import Turn, View
from jobs.point import Point

Likeness = Annotated[float, Field(ge=0, le=1, description="0 to 1: resemblance, never proof.", examples=[0.71])]
Box = Annotated[
    Edges,
    Field(
        description="Left, top, right, bottom, in shares of the upright picture.",
        examples=[[0.14, 0.0, 0.57, 0.43]],
    ),
]


class Here(Body):
    """A point of a model, of which the originals are wanted."""

    point: Point
    view: View = Field(default="", description="As in `POST /models/{model_id}/render`.")
    turn: Turn = Field(default=0, description="As in `POST /models/{model_id}/render`.")


class Original(Answer):
    """A photograph that a picture is near to."""

    photo: Photo
    likeness: Likeness
    words: str = Field(examples=["much alike"])
    mirrored: bool = Field(description="Nearer to the picture mirrored.", examples=[False])


class Fragment(Answer):
    """A part of a photograph that a part of a picture is near to."""

    photo_id: Id
    likeness: Likeness
    box: Box


class Cell(Answer):
    """A part of a picture, and the fragments that it is nearest to."""

    column: int = Field(description="From the left, 0 on.", examples=[0])
    row: int = Field(description="From the top, 0 on.", examples=[0])
    items: list[Fragment] = Field(description="Each of another photograph, the nearest first.")


class Parts(Answer):
    """A picture by part, row by row."""

    columns: int = Field(examples=[4])
    rows: int = Field(examples=[4])
    cells: list[Cell]


class Originals(Answer):
    """The photographs that a picture is nearest to. Of those that repeat one another the nearest is named alone."""

    sample_id: Id | None = Field(description="Null for a point of a model.")
    model_id: Id
    dataset_id: Id = Field(description="The archive that was searched: what the network has learnt from.")
    items: list[Original] = Field(
        description="As a whole, the nearest first. A photograph that has the picture in one of its parts comes before"
        " others, so that `likeness` need not fall from one to the next."
    )
    originality: Originality | None = Field(
        description="Null for a point, and as long as nobody has looked at the sample."
    )
    parts: Parts
    photos: dict[str, Photo] = Field(description="The photographs that the cells name, by id.")


class PartOriginal(Answer):
    """A photograph, a part of which a part of a picture is near to."""

    photo: Photo
    likeness: Likeness
    box: Box


class PartOriginals(Answer):
    """The fragments that a part of a picture is nearest to."""

    box: Box
    items: list[PartOriginal] = Field(description="Each of another photograph, the nearest first.")
