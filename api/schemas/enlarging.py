"""Enlarged pictures, and what enlarges."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Answer, At, Facts, Id


class Enlarger(Answer):
    """Something that makes pictures larger."""

    id: Id | None = Field(None, description="Of a file that was brought; none of what comes along.")
    name: str = Field(description="What a job calls it by, as `with`.", examples=["real-esrgan"])
    label: str = Field(examples=["Real-ESRGAN"])
    what: str = Field(examples=["Makes up detail as photographs have it."])
    licence: str = Field(description="An SPDX expression; NOASSERTION of a file that does not say.")
    makes_up: bool = Field(description="Whether it invents detail.")
    factors: list[int] = Field(examples=[[2, 4]])
    scale: int | None = Field(None, description="How much its network itself enlarges: 1, 2 or 4.", examples=[4])
    detail: float | None = Field(
        None, description="How much of the detail is kept where a job does not say; none of what makes nothing up."
    )
    available: bool = Field(description="Whether its weights are here.")
    notes: list[str] = Field(default_factory=list)
    size_bytes: int | None = None


class PrintedAs(Answer):
    """A size on paper."""

    width_cm: float | None = None
    cm: list[float] | None = None
    dpi: int
    form: Literal["png", "tiff"]
    words: str = Field(description="How that size came about.")


class Enlargement(Answer):
    """A picture that was made larger."""

    id: Id
    job_id: Id
    sample_id: Id | None = None
    photo_id: Id | None = None
    factor: int = Field(examples=[4])
    made_with: str = Field(alias="with", examples=["real-esrgan"])
    words: str = Field(examples=["by Real-ESRGAN: detail is made up"])
    width: int
    height: int
    print: PrintedAs | None = None
    form: Literal["png", "tiff"]
    recipe: Facts
    blur: str = Field(description="A picture of at most 16 px, base64.")
    size_bytes: int
    sha256: str
    created_at: At


class Enlargements(Answer):
    """What was made of one picture, the newest first."""

    items: list[Enlargement]


class Enlargers(Answer):
    """What enlarges."""

    items: list[Enlarger]
