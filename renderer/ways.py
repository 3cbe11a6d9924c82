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
        found = {row.id: row for row in tx.directions.some(wanted)}
    for id in wanted:
        if id not in found:
            raise NotFound(
                f"This picture goes along a direction that was deleted, {id}",
                remedy="Take the direction off, and it is drawn without; or look for directions in its model anew: one "
                "that is found again leads there again.",
                direction_id=str(id),
            )
    return {id: _way(store, row) for id, row in found.items()}


def _way(store: Store, row: rows.Direction) -> Direction:
    try:
        return way_of(store.objects.path(row.key), deviation=row.deviation, layers=row.layers)
    except (OSError, ValueError) as error:
        raise NotFound(
            f"The file of direction {row.id} is gone or damaged.", remedy="Delete the direction, and find it again."
        ) from error
