"""Where objects lie, for what is laid out."""

from __future__ import annotations

from jobs.errors import NotFound
from store.store import Store


def path_of(store: Store, key: str) -> str:
    """Give the path of an object, or none where it is gone: withdrawn or deleted since it was listed."""
    try:
        return str(store.objects.path(key))
    except NotFound:
        return ""
