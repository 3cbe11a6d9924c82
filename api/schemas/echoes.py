"""Echoes: the pictures of a training's moments in which photographs live on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Answer, At, Facts, Id
from api.schemas.datasets import Photo
from api.schemas.samples import Sample

Of = Literal["remembered", "forgotten", "implied"]
Likeness = Annotated[float, Field(ge=0, le=1, description="0 to 1: resemblance, never proof.", examples=[0.71])]
Percentile = Annotated[
    int | None,
    Field(
        description="It is nearer than so many % of the photographs are to their own nearest other one, 0 to 100; null"
        " where there are too few to tell.",
        examples=[64],
    ),
]
Words = Annotated[str, Field(description="The likeness in words.", examples=["much alike"])]
Where = Annotated[Facts, Field(description="As POST /models/{id}/render takes it.", examples=[{"anchor": {"seed": 7}}])]
Job = Annotated[dict[str, Any], Field(description="What to POST /jobs for what is missing.")]


class EchoMoment(Answer):
    """A moment that was looked at."""

    model_id: Id
    step: int = Field(examples=[300])


class Echo(EchoMoment):
    """A picture of a moment, by its place."""

    point: Where


class LikeEcho(Echo):
    """The picture of a moment that is most like a photograph."""

    likeness: Likeness


class MissingEchoes(Answer):
    """What the job under `job` would add."""

    photos: int = Field(description="Photographs that the training saw, and that came into the index since.")
    moments: int = Field(description="Moments that nobody has looked at; until then, what is forgotten is so far.")


class EchoedPhoto(Answer):
    """A photograph, and the picture of a moment after the first that is most like it."""

    photo: Photo
    likeness: Likeness
    percentile: Percentile
    words: Words
    mirrored: bool = Field(description="It is like the picture mirrored.")
    pictures: int = Field(description="Of the moment of the echo: to which it, or what it repeats, is the nearest.")
    echo: Echo
    curve: list[float | None] = Field(description="The likeness at each moment; null where it was not compared.")


class ImpliedPicture(Answer):
    """A picture in a region that the last moment fills although no photograph lies there."""

    point: Where
    model_id: Id
    step: int
    likeness: Likeness
    percentile: Percentile
    words: Words
    company: int = Field(description="Other pictures that are as near to it as is usual among them.", examples=[31])
    nearest: list[Photo] = Field(description="The two photographs that it is most like, of which none repeats another.")


class TrainingEchoes(Answer):
    """What a training remembers. Items: `EchoedPhoto` of remembered and forgotten, `ImpliedPicture` of implied."""

    training_id: Id
    dataset_id: Id
    made_at: At
    photos: int = Field(description="Photographs that it saw and that were compared.", examples=[388])
    pictures: int = Field(description="That were drawn of each moment.", examples=[500])
    truncation_psi: float = Field(examples=[1.0])
    moments: list[EchoMoment] = Field(description="By step.")
    remembered: int = Field(examples=[201])
    forgotten: int = Field(examples=[187])
    implied: int = Field(examples=[24])
    missing: MissingEchoes
    job: Job
    looking: Id | None = Field(description="The job that is at it, or waits.")
    of: Of
    items: list[EchoedPhoto] | list[ImpliedPicture]
    next_cursor: str | None = Field(description="Opaque; null on the last page.")


class PhotoEcho(Answer):
    """How one photograph lives on in a training that saw it."""

    training_id: Id
    name: str = Field(description="Of the archive that it has learnt.", examples=["Father's pictures"])
    began_at: At
    pictures_drawn: int = Field(description="Of each moment.", examples=[500])
    remembered: bool = Field(
        description="Whether it, or what it repeats, is the nearest photograph of some picture after the first moment."
    )
    percentile: Percentile
    words: Words
    mirrored: bool
    pictures: int
    best: LikeEcho = Field(description="Of all moments after the first; the curve's own best one may be the first.")
    moments: list[LikeEcho] = Field(description="The best picture of each moment, by step.")
    missing: MissingEchoes
    job: Job
    looking: Id | None


class LikeSample(Answer):
    """A sample whose nearest photograph it is."""

    sample: Sample
    likeness: Likeness
    words: str = Field(description="What that means in this archive.", examples=["its own picture"])


class EchoesToAsk(Answer):
    """A training that saw the photograph, and that nobody has asked yet."""

    training_id: Id
    name: str
    began_at: At
    job: Job
    takes: str = Field(description="How long that is about.", examples=["About 3 minutes"])
    looking: Id | None


class PhotoEchoes(Answer):
    """Where a photograph lives on."""

    photo_id: Id
    items: list[PhotoEcho] = Field(description="A training each, the newest first.")
    samples: list[LikeSample] = Field(description="The most alike first, at most 24.")
    jobs: list[EchoesToAsk] = Field(description="The newest first.")
