"""The directions that points go along, as steps in W."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from jobs.errors import NotFound
from latent.directions import way_of
from latent.point import Direction
from store import rows
from store.store import Store


def ways_of(store: Store, wanted: Collection[UUID]) -> Mapping[UUID, Direction]:
    """Read directions: an amount of 1 is one standard deviation. Raises: NotFound, of one that was deleted."""
    with store.read() as tx:
        found = [tx.directions.get(direction) for direction in wanted]
    return {row.id: _way(store, row) for row in found}


def _way(store: Store, row: rows.Direction) -> Direction:
    try:
        return way_of(store.objects.path(row.key), deviation=row.deviation, layers=row.layers)
    except (OSError, ValueError) as error:
        raise NotFound(
            f"The file of direction {row.id} is gone or damaged.", remedy="Delete the direction, and find it again."
        ) from error
