"""Datasets, the archives that they are made of, and their photographs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from api.schemas.base import Answer, At, Body, Id, Page
from api.schemas.labels import MOST_NUMBER, LabelledBy, LabelName
from jobs import aspect as aspects
from jobs.fields import StrictBool, StrictInt

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Framing = Literal["centre", "smart", "two_squares", "several", "whole", "squeeze"]
FRAMED = (
    "The centre square, the one around faces and what stands out, two squares of a wide picture, as many as a panorama "
    "is wide, all of it, mirrored over its edges, or a part of one aspect, squeezed into the square."
)
Aspect = Annotated[
    str,
    BeforeValidator(lambda told: str(aspects.Aspect.of(told))),
    WithJsonSchema({"type": "string", "pattern": aspects.PATTERN, "examples": ["3:2"]}),
]
BESIDE = "Width to height, 1:4 to 4:1, of framing squeeze alone."
PhotoKind = Literal["photograph", "screenshot", "text", "blurred", "tiny"]
PhotoState = Literal["ready", "repaired", "duplicate", "refused", "excluded", "withdrawn", "moved"]


class Part(Body):
    """Photographs of a dataset: some of them, an album, a time, a label; where none is given, all that it holds."""

    dataset_id: Id
    photos: Annotated[list[Id], Field(min_length=1, max_length=100_000)] | None = None
    album: Annotated[str, StringConstraints(max_length=200)] | None = None
    taken: Annotated[str, StringConstraints(pattern=r"^([12][0-9]{3}(-(0[1-9]|1[0-2]))?|undated)$")] | None = Field(
        None, description="Of this year or month, UTC, or without a date.", examples=["1991"]
    )
    label: StrictInt | None = Field(None, ge=0, le=MOST_NUMBER, description="The number of a label.")

    @model_validator(mode="after")
    def _one_at_most(self) -> Part:
        if len(self.model_dump(exclude_none=True)) > 2:
            raise ValueError("give one of photos, album, taken and label")
        return self


class NewDataset(Body):
    """A dataset to make, empty or of photographs of others. `framing` says what training sees of one not square."""

    name: Name = Field(examples=["Father's pictures"])
    framing: Framing | None = Field(None, description=f"{FRAMED} As the first of `from`; without that, centre.")
    aspect: Aspect | None = Field(
        None, description=f"{BESIDE} As the first of `from`, or as most of its photographs; without those, 3:2."
    )
    sources: Annotated[list[Part], Field(min_length=1, max_length=100)] | None = Field(
        None,
        alias="from",
        description="What comes into it. Those datasets stay as they are, and no file is copied.",
    )
    move: StrictBool = Field(
        False,
        description="The photographs leave the datasets of `from`, all at once, when the last one has come in; "
        "copies of them come along. Until then they are in their old place alone.",
    )

    @model_validator(mode="after")
    def _from_somewhere(self) -> NewDataset:
        if self.move and self.sources is None:
            raise ValueError("move needs from: what is moved")
        return self


class DatasetChanges(Body):
    """A new name, or another framing; what is left out stays."""

    name: Name | None = Field(None, examples=["The valley, 1974 to 1991"])
    framing: Framing | None = Field(
        None, description=f"{FRAMED} Photographs that were framed by hand stay as they are."
    )

    aspect: Aspect | None = Field(
        None, description=f"{BESIDE} Left out, it stays as it is, or is that of most of the photographs."
    )

    @model_validator(mode="after")
    def _something(self) -> DatasetChanges:
        if self.name is None and self.framing is None and self.aspect is None:
            raise ValueError("give a name, a framing or an aspect")
        return self


class Counts(Answer):
    """Photographs by state; each file of each archive is counted exactly once."""

    ready: int = 0
    repaired: int = 0
    duplicate: int = 0
    refused: int = 0
    excluded: int = 0
    withdrawn: int = 0
    moved: int = 0


class Archive(Answer):
    """One file that was uploaded, and the job that reads it."""

    id: Id
    filename: str = Field(examples=["photos.zip"])
    size_bytes: int = Field(examples=[48_213_332])
    state: Literal["received", "ready", "refused"]
    reason: str | None = Field(None, description="Why it was refused, in plain words.")
    job_id: Id | None = None


class Dataset(Answer):
    """Photographs, decoded, framed and deduplicated, ready for training at any resolution."""

    id: Id
    name: str = Field(examples=["Father's pictures"])
    framing: Framing
    aspect: str | None = Field(
        None,
        description="Width to height of what training sees, squeezed, and of what is drawn; null of other framings.",
        examples=[None],
    )
    revision: int = Field(description="Rises with each change of what training sees.", examples=[1])
    created_at: At
    counts: Counts
    usable_views: int = Field(description="Squares that training would see.", examples=[362])
    labelled_by: LabelledBy = Field(description="What its labels are made of, beside those given by hand.")
    labels: int = Field(description="Number of labels that its photographs are told apart by.", examples=[0])
    state: Literal["empty", "ingesting", "unfinished", "ready"] = Field(
        description="Unfinished: photographs of others were to come in, and their job failed or was cancelled."
    )
    cover: list[Id] = Field(description="Up to four photographs to show for it.")


class DatasetInFull(Dataset):
    """A dataset with its archives."""

    archives: list[Archive]


class View(Answer):
    """One square that training sees."""

    box: list[int] = Field(
        description="Left, top, right, bottom, in pixels of the upright picture. Over its edges, it is mirrored; what "
        "is no square is squeezed into one."
    )
    frame: str = Field(examples=["centre"])
    by_hand: StrictBool = False


class Photo(Answer):
    """One file of an archive: ready for training, or why it is not."""

    id: Id
    dataset_id: Id
    archive_id: Id
    name: str = Field(examples=["1991/valley.jpg"])
    state: PhotoState
    reason: str | None = Field(None, examples=["turned upright"])
    width: int | None = Field(None, description="Of the upright picture.")
    height: int | None = None
    size_bytes: int = Field(0, description="Of the file as it came.", examples=[2_481_332])
    taken_at: At | None = Field(None, description="When it was taken, as far as that is known.")
    dated_by: Literal["camera", "export", "name"] | None = Field(
        None,
        description="Where `taken_at` is from: the camera's EXIF, the notes of an export, or the file's name.",
        examples=["camera"],
    )
    caption: str | None = Field(
        None, description="What an export says of it; at most 2,200 characters.", examples=["The valley after the rain"]
    )
    album: str | None = Field(
        None,
        description="The album of an export, else the folder of the archive that it lay in; at most 200 characters.",
        examples=["Summer in the valley"],
    )
    average: str | None = Field(None, description="Average colour.", examples=["#7a8f6b"])
    blur: str | None = Field(None, description="A picture of at most 16 px, base64.")
    kind: PhotoKind | None = Field(
        None,
        description="What it looks like: a photograph, a screenshot, a page of text, blurred, or below 256 pixels. "
        "Null where nobody has looked.",
    )
    duplicate_of: Id | None = None
    moved_to: Id | None = Field(None, description="The photograph of another dataset that it is now, if it was moved.")
    label: str | None = Field(None, description="What it is told apart by.", examples=["1991/valley"])
    views: list[View] = Field(default_factory=list)


class Month(Answer):
    """Photographs of one month, UTC."""

    month: str | None = Field(description="Null for those without a date.", examples=["1991-09"])
    count: int = Field(examples=[118])


class PhotoIndex(Answer):
    """A list of photographs from afar."""

    total: int = Field(examples=[50_000])
    every: int = Field(description="Photographs of a page.", examples=[100])
    starts: list[str] = Field(description="The cursor of each page but the first.")
    months: list[Month] = Field(description="Their months in the order of the list, whatever `taken` was asked for.")
    albums: list[str] = Field(description="Albums of the dataset by name, 500 at most.", examples=[["Summer"]])


class PhotoIds(Answer):
    """All photographs of a list, in its order."""

    ids: list[Id]


Box = Annotated[list[StrictInt], Field(min_length=4, max_length=4)]


class Frames(Body):
    """The squares that training sees of a photograph, set by hand; none: as the dataset frames it.

    Where that is by squeeze, the boxes are of its aspect, to the pixel.
    """

    boxes: Annotated[list[Box], Field(max_length=8)] = Field(examples=[[[0, 0, 480, 480]]])


class AspectCount(Answer):
    """How many photographs come nearest to a common aspect."""

    aspect: str = Field(examples=["3:2"])
    photos: int = Field(examples=[412])


class PhotoChanges(Body):
    """Take a photograph into training, or leave it out; label it. Nothing is deleted."""

    included: StrictBool | None = None
    label: LabelName | None = Field(
        None, description="A label by its name, which is made where there is none; null: none."
    )

    @model_validator(mode="after")
    def _something(self) -> PhotoChanges:
        if self.included is None and "label" not in self.model_fields_set:
            raise ValueError("give included or label")
        return self


DatasetPage = Page[Dataset]
PhotoPage = Page[Photo]
