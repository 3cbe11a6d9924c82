"""Directions in a model's space."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Answer, At, Body, Id
from api.schemas.datasets import Name


class Direction(Answer):
    """A direction in W along which what a model draws changes; an amount of 1 is one standard deviation."""

    id: Id
    model_id: Id
    kind: Literal["sefa", "ganspace", "brightness", "warmth", "contrast"] = Field(
        description="How it was found: from the weights, from how the w spread, or learnt from what the model draws."
    )
    position: int = Field(description="Among those of its kind, the strongest first.", examples=[0])
    name: str | None = Field(description="That its owner gave it.", examples=["towards winter"])
    follows: Id | None = Field(description="The direction of an earlier moment that it has its name from.")
    layers: list[int] = Field(description="The first and the last of the ws that it moves.", examples=[[0, 9]])
    deviation: float = Field(description="Standard deviation of w along it.", examples=[1.7])
    share: float = Field(
        description="How much of the whole is in it, 0 to 1: of the weights (sefa), of the variance of w (ganspace), "
        "of what is seen in pictures (the others)."
    )
    created_at: At


class DirectionChanges(Body):
    """A name, or null for none."""

    name: Name | None
