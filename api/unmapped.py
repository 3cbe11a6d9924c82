"""Taking what was withdrawn from the files of maps: what an answer leaves out is not kept either."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from jobs.errors import NotFound
from jobs.ids import new_id
from store.maps import MapRow
from store.store import Store


def take_from_maps(store: Store, dataset_ids: Iterable[UUID]) -> None:
    """Write the maps of datasets anew without photographs that are not there any more.

    This comes after the withdrawal. Where it is broken off, the places that are left are told to nobody, and go with
    the next withdrawal or the next map.
    """
    for dataset_id in dataset_ids:
        with store.read() as tx:
            row = tx.maps.get(dataset_id)
            there = {photo.id for photo in tx.maps.photos(dataset_id)} if row is not None else set()
        if row is not None and (anew := _without(store, row, there)) is not None:
            with store.begin() as tx:
                tx.maps.replace(row, anew)


def _without(store: Store, row: MapRow, there: set[UUID]) -> MapRow | None:
    """Write a file of what is still there; None, where nothing has gone, or the file itself has."""
    import numpy as np  # loaded once somebody asks

    from kinds.map.files import Damaged, ids_of, read_map, write

    try:
        points = read_map(store.objects.path(row.key))
    except (NotFound, FileNotFoundError, Damaged):
        return None
    ids = ids_of(points["id"])
    kept = np.array([drawn or id in there for id, drawn in zip(ids, points["invented"], strict=True)], bool)
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
