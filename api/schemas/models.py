"""Models: bases, the snapshots of trainings, and files that were brought."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from api.schemas.base import Answer, At, Body, Facts, Id, Page
from api.schemas.datasets import Name
from api.schemas.jobs import Job
from jobs.fields import StrictBool


class Model(Answer):
    """A generator that can draw pictures. Models form a tree by parent."""

    id: Id
    name: str = Field(examples=["Faces of memory, step 200"])
    parent_id: Id | None = None
    bundled: bool = Field(description="It came with Reverie.")
    kept: bool = Field(description="A moment that the owner kept.")
    job_id: Id | None = None
    dataset_id: Id | None = None
    step: int | None = None
    photos_seen: int | None = None
    resolution: int = Field(examples=[64])
    licence: str = Field(description="SPDX, or unknown.", examples=["Apache-2.0"])
    terms: str = ""
    measures: dict[str, float | None] | None = Field(None, description="Distances to the archive and to the base.")
    size_bytes: int
    facts: Facts = Field(description="What its model.json says.")
    created_at: At
    sheet: bool = Field(description="Whether GET /models/{id}/sheet has a picture.")


class ModelNode(Model):
    """A model in the tree."""

    children: int = Field(description="How many models descend directly from it.")
    dataset_name: str | None = Field(None, description="What it learnt from.", examples=["Father's pictures"])


class ModelChanges(Body):
    """A new name, or whether the moment is kept."""

    name: Name | None = None
    kept: StrictBool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.name is None and self.kept is None:
            raise ValueError("give name, kept, or both")
        return self


class ModelFile(Answer):
    """A model file as it came or will be fetched. Once its model is stored the bytes are gone; its hash stays."""

    id: Id
    filename: str = Field(examples=["ffhq.pkl"])
    size_bytes: int | None = Field(None, description="Not yet known, where none.", examples=[381_673_535])
    sha256: str | None = Field(None, description="Not yet known, where none.", examples=["0" * 64])
    published_id: str | None = Field(None, description="The entry of the catalogue that it is.")
    url: str | None = Field(None, description="Where its job fetches it.")
    job_id: Id
    model_id: Id | None = Field(None, description="What it became.")
    created_at: At


class Import(Answer):
    """A model file that was received whole, and the job that makes a model of it."""

    file: ModelFile
    job: Job


class CatalogueEntry(Answer):
    """A well-known model; what its publisher does not say is left out."""

    id: str = Field(examples=["ffhq-1024"])
    name: str
    draws: str = Field(description="What its pictures show.", examples=["faces"])
    resolution: int = Field(examples=[1024])
    labels: int | None = Field(None, description="Kinds of pictures that it draws when asked for one.")
    filename: str
    url: str | None = Field(description="Of the file; null where it can only be fetched by hand.")
    page: str = Field(description="Where it is published.")
    size_bytes: int | None = None
    about_bytes: int | None = Field(None, description="Its size as it is told, where it is not known exactly.")
    sha256: str | None = None
    publisher: str
    licence: str = Field(description="SPDX, or NOASSERTION.")
    terms: str = ""
    data: str = Field("", description="What it has learnt from, where that has terms of its own.")
    model_id: Id | None = Field(None, description="The model that it is here.")
    job_id: Id | None = Field(None, description="The job that brings it just now.")


ModelPage = Page[Model]
