"""Withdrawing photographs without losing what was found in others that lie in the same files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from jobs.errors import NotFound
from jobs.ids import new_id
from store.rows import Feature, FeatureFile
from store.store import Store
from store.tx import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class Spared:
    """A file of features written anew, and where the photographs in it stand."""

    file: FeatureFile
    standing: Sequence[Feature]


def spared(store: Store, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[Spared]:
    """Write the files that hold any of these photographs, or copies of them, anew without them.

    This comes before the withdrawal, since no transaction waits for files. One that comes to nothing is swept later.
    """
    with store.read() as tx:
        gone = {*photo_ids, *(copy.id for copy in tx.photos.copies(dataset_id, photo_ids))}
        files = tx.features.files_with(list(gone))
        left = {file.id: [one for one in tx.features.of_file(file.id) if one.photo_id not in gone] for file in files}
    return [found for file in files if left[file.id] and (found := _anew(store, file, left[file.id]))]


def give_back(tx: Tx, spares: Sequence[Spared]) -> None:
    """After a withdrawal, name the new files; where more has changed meanwhile, the photographs lack features."""
    for one in spares:
        if tx.features.add(one.file, [row.photo_id for row in one.standing]):
            sorted_rows = [row for row in one.standing if row.heap is not None]
            tx.features.sort(one.file.dataset_id, [asdict(row) for row in sorted_rows])


def _anew(store: Store, file: FeatureFile, left: Sequence[Feature]) -> Spared | None:
    from kinds.index.files import Damaged, only, read_rows, write_rows  # NumPy is loaded once somebody asks

    file_id = new_id()
    store.settings.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.settings.scratch) as folder:
        try:
            rows = only(read_rows(store.objects.path(file.key)), {row.photo_id for row in left})
        except (NotFound, FileNotFoundError, Damaged):
            return None
        part = write_rows(Path(folder) / "features.npy", rows)
        stored = store.objects.put_file(part, kind="features", id=file_id, consume=True)
    anew = FeatureFile(id=file_id, dataset_id=file.dataset_id, key=stored.key, size_bytes=stored.size_bytes)
    return Spared(file=anew, standing=left)
