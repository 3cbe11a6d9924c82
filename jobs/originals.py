"""What a renderer is asked for beside pictures: the photographs that one is near to, as a whole and by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.picture import Turn, View
from jobs.point import Point

MOST_WHOLE, MOST_FRAGMENTS, MOST_BOXES = 100, 24, 64
LEAST_SIDE = 0.02  # of a box: what is smaller shows nothing

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Box = tuple[Share, Share, Share, Share]  # left, top, right, bottom, in shares of the upright picture


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Search(_Form):
    """What the API hands to a renderer: a picture, which is there or is drawn first, and the files to search.

    A file of features and one of parts go together, in the order in which they were written.
    """

    model_id: UUID  # which renderer is asked goes by it
    dataset_id: UUID
    files: tuple[tuple[str, str], ...]
    picture: str | None = None  # the key of one that is there
    point: Point | None = None  # of the model, of which one is drawn
    whole: Annotated[int, Field(ge=0, le=MOST_WHOLE)] = 0  # photographs to name
    boxes: Annotated[tuple[Box, ...], Field(max_length=MOST_BOXES)] = ()
    fragments: Annotated[int, Field(ge=0, le=MOST_FRAGMENTS)] = 0  # ... of each box
    view: View = ""
    turn: Turn = 0

    @model_validator(mode="after")
    def _one_picture(self) -> Search:
        if (self.picture is None) == (self.point is None):
            raise ValueError("give either a picture or a point")
        return self


class NearPhoto(_Form):
    """A photograph that a picture is near to."""

    photo: UUID
    likeness: Share
    mirrored: bool


class NearPart(NearPhoto):
    """A fragment of a photograph that a part of a picture is near to."""

    box: Box


class Nearest(_Form):
    """What a renderer answers: photographs, and for each box fragments, each the nearest first."""

    whole: tuple[NearPhoto, ...]
    parts: tuple[tuple[NearPart, ...], ...]


def cells(columns: int, rows: int) -> list[Box]:
    """Give the boxes of a grid, row by row."""
    return [
        (column / columns, row / rows, (column + 1) / columns, (row + 1) / rows)
        for row in range(rows)
        for column in range(columns)
    ]


def is_box(edges: Sequence[float]) -> bool:
    """Tell whether these are the edges of a part of a picture: within it, in order, and not too near to each other."""
    if len(edges) != 4 or not all(0 <= edge <= 1 for edge in edges):  # what is no number lies nowhere
        return False
    left, top, right, bottom = edges
    return right - left >= LEAST_SIDE and bottom - top >= LEAST_SIDE
