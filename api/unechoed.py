"""Taking what was withdrawn from the files of echoes: what an answer leaves out is not kept either."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from jobs.errors import NotFound
from jobs.ids import new_id
from store.echoes import EchoRow
from store.store import Store


def take_from_echoes(store: Store, dataset_id: UUID, gone: Collection[UUID]) -> None:
    """Write anew without these photographs what trainings of a dataset remember.

    This comes after their withdrawal. Where it is broken off, what is left is told to nobody: answers leave it out.
    """
    if not gone:
        return
    with store.read() as tx:
        rows = tx.echoes.of_dataset(dataset_id)
    for row in rows:
        if (anew := _without(store, row, set(gone))) is not None:
            with store.begin() as tx:
                tx.echoes.replace(row, anew)


def _without(store: Store, row: EchoRow, gone: set[UUID]) -> EchoRow | None:
    """Write a file of what stays; None, where all does, or the file itself has gone."""
    from kinds.echoes.files import Damaged, read  # NumPy is loaded once somebody asks

    try:
        before = read(store.objects.path(row.key))
    except (NotFound, FileNotFoundError, Damaged):
        return None
    kept = before.without(gone)
    if kept is before:
        return None
    id = new_id()
    store.settings.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.settings.scratch) as folder:
        stored = store.objects.put_file(kept.write(Path(folder) / "echoes.npy"), kind="echoes", id=id, consume=True)
    return replace(row, id=id, key=stored.key, photos=len(kept.near), size_bytes=stored.size_bytes)
