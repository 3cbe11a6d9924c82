"""Blending of two models."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Answer, Id


class Partner(Answer):
    """A model that another one may be blended with."""

    id: Id
    name: str = Field(examples=["Faces of memory, step 200"])
    layers: str | None = Field(description="Why the two cannot be blended by layers; null where they can.")
    weights: str | None = Field(description="Why not along the line between their weights; null where they can.")
