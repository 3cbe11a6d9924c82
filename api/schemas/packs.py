"""Heirloom packs."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from api.schemas.base import Answer, At, Id


class Export(Answer):
    """A heirloom pack: a zip that unzips to one folder, which opens in any browser without Reverie."""

    id: Id
    job_id: UUID
    model_id: UUID
    name: str = Field(description="Of its model, when it was made.", examples=["Faces"])
    filename: str = Field(examples=["Faces heirloom.zip"])
    size_bytes: int
    sha256: str = Field(description="Of the zip.")
    files: int = Field(description="How many files are in it.")
    pictures: int = Field(description="How many favourites.")
    films: int = Field(description="How many journeys.")
    created_at: At
