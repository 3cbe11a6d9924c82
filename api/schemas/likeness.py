"""Likenesses: what is like a photograph, and what a dataset holds much and little of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from api.schemas.base import Answer, Body, Id
from api.schemas.datasets import Photo
from jobs.fields import StrictInt

Share = Annotated[float, Field(ge=0, le=1)]


class Like(Answer):
    """A photograph that is like another one."""

    photo: Photo
    likeness: Share = Field(examples=[0.81])
    words: str = Field(examples=["much alike"])


class Alike(Answer):
    """What is like a photograph."""

    within: float = Field(description="The least likeness that was asked for.", examples=[0.6])
    words: str = Field(description="That in words.", examples=["alike"])
    total: int = Field(description="Photographs that are at least so alike, those that are left out among them.")
    items: list[Like] = Field(description="The nearest of them, the nearest first.")
    seen: list[Id] = Field(description="Of all of them and itself what training sees; at most 10,000.")


class Heap(Answer):
    """Photographs that go together."""

    heap: int = Field(description="Its number in this dataset; it stays until photographs are looked at again.")
    photos: int = Field(description="That training sees.", examples=[412])
    share: float = Field(description="Of all that training sees.", examples=[0.31])
    typical: list[Photo] = Field(description="The most typical ones, those that repeat one another left aside.")


class Lonely(Answer):
    """A photograph that is like no other."""

    photo: Photo
    likeness: float = Field(description="To the nearest other one.", examples=[0.34])


class Contacts(Answer):
    """The contact sheet: what of a dataset training sees most, and least."""

    photos: int = Field(description="That training sees, and that were looked at.")
    unlooked: int = Field(description="Photographs that came since, and were not looked at yet.")
    heaps: list[Heap] = Field(description="The largest first.")
    lonely: list[Lonely] = Field(description="The photographs that are least like any other.")


class Evening(Body):
    """Keep at most so many photographs of each heap, or of one; repeats go first, then the least typical."""

    keep: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(examples=[200])
    heap: Annotated[StrictInt, Field(ge=0, le=1_000)] | None = None

    @model_validator(mode="after")
    def _something_is_left(self) -> Evening:
        if self.keep == 0 and self.heap is None:
            raise ValueError("keep at least 1 of each heap, or name one heap to leave out")
        return self
