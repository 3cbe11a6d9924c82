"""Taking what was withdrawn from the files of maps: what an answer leaves out is not kept either."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from jobs.errors import NotFound
from jobs.ids import new_id
from store.maps import MapRow
from store.store import Store


def take_from_map(store: Store, dataset_id: UUID, gone: Collection[UUID]) -> None:
    """Write the map of a dataset anew without these photographs.

    This comes after their withdrawal. Where it is broken off, the places that are left are told to nobody, and go with
    the next map.
    """
    last: MapRow | None = None
    while gone:  # another withdrawal, or another map, may come first, and take the file away that is read here
        with store.read() as tx:
            row = tx.maps.get(dataset_id)
        if row == last or row is None:
            return
        last = row
        if (anew := _without(store, row, set(gone))) is not None:
            with store.begin() as tx:
                if tx.maps.replace(row, anew):
                    return


def _without(store: Store, row: MapRow, gone: set[UUID]) -> MapRow | None:
    """Write a file of what stays; None, where all does, or the file itself has gone."""
    import numpy as np  # loaded once somebody asks

    from kinds.map.files import Damaged, ids_of, read_map, write

    try:
        points = read_map(store.objects.path(row.key))
    except (NotFound, FileNotFoundError, Damaged):
        return None
    kept = np.array([id not in gone for id in ids_of(points["id"])], bool)
    if kept.all():
        return None
    map_id = new_id()
    store.settings.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.settings.scratch) as folder:
        file = write(Path(folder) / "map.npy", points[kept])
        stored = store.objects.put_file(file, kind="maps", id=map_id, consume=True)
    return MapRow(
        id=map_id,
        dataset_id=row.dataset_id,
        key=stored.key,
        photos=row.photos - int((~kept).sum()),
        samples=row.samples,
        size_bytes=stored.size_bytes,
        created_at=row.created_at,
    )
