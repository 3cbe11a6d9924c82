"""Directions in a model's space."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Answer, At, Body, Id
from api.schemas.datasets import Name

KindOfDirection = Literal[
    "sefa", "ganspace", "brightness", "warmth", "contrast", "time_of_day", "year", "album", "photo_light"
]


class Direction(Answer):
    """A direction in W along which what a model draws changes; an amount of 1 is one standard deviation."""

    id: Id
    model_id: Id
    kind: KindOfDirection = Field(
        description="How it was found: from the weights, from how the w spread, learnt from what the model draws "
        "(brightness, warmth, contrast), or from what is known of the photographs that it has learnt from (the others)."
    )
    position: int = Field(description="Among those of its kind, the strongest first; an album's own.", examples=[0])
    name: str | None = Field(description="That its owner gave it, or its fact.", examples=["towards winter"])
    follows: Id | None = Field(description="The direction of an earlier moment that it has its name from.")
    layers: list[int] = Field(description="The first and the last of the ws that it moves.", examples=[[0, 9]])
    deviation: float = Field(description="Standard deviation of w along it.", examples=[1.7])
    share: float = Field(
        description="How much of the whole is in it, 0 to 1: of the weights (sefa), of the variance of w (ganspace), "
        "of what is seen in pictures, of what a fact says of photographs that were left out."
    )
    created_at: At


class DirectionChanges(Body):
    """A name, or null for none."""

    name: Name | None
