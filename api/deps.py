"""What endpoints are given: the open store, the settings, the place in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from store.settings import Settings
from store.store import Store


async def open_store(request: Request) -> Store:
    """Give the store that the process opened at its start."""
    store: Store = request.app.state.store
    return store


async def read_settings(request: Request) -> Settings:
    """Give the settings that were read at the start."""
    settings: Settings = request.app.state.settings
    return settings


Opened = Annotated[Store, Depends(open_store)]
Set = Annotated[Settings, Depends(read_settings)]


Cursor = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins, and how long it is."""

    limit: Annotated[int, Query(ge=1, le=200, description="How many, 1 to 200.")] = 50
    cursor: Cursor = None


Where = Annotated[Place, Depends()]
Size = Annotated[
    int | None,
    Query(ge=1, le=8192, description="Wanted long side in px: the smallest stored picture that has it is sent."),
]


def location(kind: str, id: UUID) -> dict[str, str]:
    """Name the address of what was made."""
    return {"Location": f"/{kind}/{id}"}
