"""What operators and the page's footer ask."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Answer, At, Facts, Id


class Alive(Answer):
    """The process answers."""

    ok: Literal[True] = True


class Ready(Answer):
    """Whether each part that it leans on answers."""

    ready: bool
    database: bool
    redis: bool | None = Field(description="Null where none is configured: jobs are then found by polling.")
    objects: bool
    workers: int = Field(description="Seen within the last lease.")
    renderers: int = Field(description="Likewise; without one nobody explores, and all else works.")


class Worker(Answer):
    """A process that runs jobs, or that draws for those who explore."""

    id: Id
    name: str
    role: str
    device: str = Field(examples=["cpu"])
    facts: Facts
    started_at: At
    seen_at: At


class Status(Answer):
    """This server."""

    version: str = Field(examples=["0.1.0"])
    embedded: bool = Field(description="SQLite and files in one folder.")
    workers: list[Worker]
    renderers: list[Worker]
    free_bytes: int | None = Field(description="Free space of the object store; null where it has no bound.")
