"""Withdrawing photographs without losing what was found in others that lie in the same files; also those moved here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from api.unechoed import take_from_echoes
from api.unmapped import take_from_map
from jobs.errors import NotFound
from jobs.ids import new_id
from kinds.index.params import IndexParams
from store.looks import compare_soon
from store.rows import Feature, FeatureFile, Photo
from store.sightings import Sighting
from store.store import Store
from store.tx import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class Spared:
    """A file of features written anew, and where the photographs in it stand."""

    file: FeatureFile
    standing: Sequence[Feature]


def withdraw_from(store: Store, dataset_id: UUID, named: Callable[[Tx], Sequence[UUID]]) -> tuple[int, list[Sighting]]:
    """Withdraw photographs of one dataset, with the lines that they left where they were moved from.

    Returns: how many are gone from the dataset by this, and the trainings that have looked at them.
    """
    with store.read() as tx:
        wanted = named(tx)
    spares = _spared(store, dataset_id, wanted)
    with store.begin() as tx:
        wanted = named(tx)
        trainings = tx.sightings.of(dataset_id, tx.photos.some(dataset_id, wanted))
        withdrawn = tx.photos.withdraw(dataset_id, wanted)
        _give_back(tx, spares)
        origins = tx.moved.origins([*wanted, *(photo.id for photo in withdrawn)])
    for origin, lines in origins.items():  # each for itself: two that hold several datasets could wait for each other
        with store.begin() as tx:
            trainings += tx.sightings.of(origin, tx.photos.some(origin, lines))
            tx.photos.withdraw(origin, lines)
        take_from_echoes(store, origin, lines)
    take_from_echoes(store, dataset_id, [photo.id for photo in withdrawn])
    take_from_map(store, dataset_id, [photo.id for photo in withdrawn])
    with store.begin() as tx:
        compare_soon(tx, IndexParams(dataset_id=dataset_id), dataset_id)
    return len(withdrawn), trainings


def looked_at(tx: Tx, dataset_id: UUID, photos: Sequence[Photo]) -> list[Sighting]:
    """List the trainings that have looked at photographs, here or where they were before they were moved."""
    found = tx.sightings.of(dataset_id, photos)
    for origin, lines in tx.moved.origins([photo.id for photo in photos]).items():
        found += tx.sightings.of(origin, tx.photos.some(origin, lines))
    return each_once(found)


def each_once(trainings: Sequence[Sighting]) -> list[Sighting]:
    """Name each training once, though photographs of several datasets may have been seen by it."""
    return list({one.job.id: one for one in trainings}.values())


def _spared(store: Store, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[Spared]:
    """Write the files that hold any of these photographs, or copies of them, anew without them.

    This comes before the withdrawal, since no transaction waits for files. One that comes to nothing is swept later.
    """
    with store.read() as tx:
        gone = {*photo_ids, *(copy.id for copy in tx.photos.copies(dataset_id, photo_ids))}
        files = tx.features.files_with(list(gone))
        left = {file.id: [one for one in tx.features.of_file(file.id) if one.photo_id not in gone] for file in files}
    return [found for file in files if left[file.id] and (found := _anew(store, file, left[file.id]))]


def _give_back(tx: Tx, spares: Sequence[Spared]) -> None:
    """After a withdrawal, name the new files; where more has changed meanwhile, the photographs lack features."""
    for one in spares:
        if tx.features.add(one.file, [row.photo_id for row in one.standing]):
            sorted_rows = [row for row in one.standing if row.heap is not None]
            tx.features.sort(one.file.dataset_id, [asdict(row) for row in sorted_rows])


def _anew(store: Store, file: FeatureFile, left: Sequence[Feature]) -> Spared | None:
    from kinds.index.files import VERSION, Damaged, read_found  # NumPy is loaded once somebody asks

    if file.parts_key is None or file.version != VERSION:
        return None  # another version of the network has looked; the photographs are looked at again
    file_id, objects = new_id(), store.objects
    store.settings.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.settings.scratch) as folder:
        try:
            found = read_found(objects.path(file.key), objects.path(file.parts_key))
        except (NotFound, FileNotFoundError, Damaged):
            return None
        paths = found.only({row.photo_id for row in left}).write(Path(folder), str(file_id))
        stored = [objects.put_file(path, kind="features", id=file_id, consume=True) for path in paths]
    anew = FeatureFile(
        id=file_id,
        dataset_id=file.dataset_id,
        key=stored[0].key,
        parts_key=stored[1].key,
        size_bytes=sum(one.size_bytes for one in stored),
        version=file.version,
    )
    return Spared(file=anew, standing=left)
