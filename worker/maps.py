"""Maps: what they are laid out from, and what of them is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import new_id
from kinds.map.files import VERSION, Damaged, ids_of, read_map, read_seen, write
from store.maps import MapRow, SeenFile
from store.rows import Job
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper


def lay_map(store: Store, job: Job, dataset_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the samples as lines of JSON; name the files of features, of what was seen in samples, and the map before.

    Files of samples that are gone or spoiled, or of which no sample is left, go.
    """
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        features = tx.features.files(dataset_id)
        photos = tx.maps.looked(dataset_id)
        sources = tx.maps.sources(dataset_id)
        seen = tx.maps.seen(dataset_id, version=VERSION)
        before = tx.maps.get(dataset_id)
    found = {file.id: _samples_in(store, file) for file in seen}
    there = {source.id for source in sources}
    if useless := [id for id, samples in found.items() if not samples & there]:
        with store.begin() as tx:
            tx.maps.drop_seen(useless)
    looked = set().union(*found.values())
    with into.with_suffix(".jsonl").open("w", encoding="utf-8") as listed:
        for source in sources:
            image = "" if source.id in looked else _path(store, source.key)
            listed.write(json.dumps({"sample": str(source.id), "image": image, "looked": source.id in looked}) + "\n")
    facts = {
        "photos": photos,
        "features": [path for file in features if (path := _path(store, file.key))],
        "seen": [_path(store, file.key) for file in seen if file.id not in useless],
        "before": (_path(store, before.key) or None) if before is not None else None,
    }
    return into.with_suffix(".jsonl"), facts


def keep_seen(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what was found in samples."""
    for artifact in made:
        file_id = new_id()
        stored = keeper.file(artifact.files["seen"], kind="seen", id=file_id)
        file = SeenFile(
            id=file_id,
            dataset_id=_dataset_of(keeper),
            version=VERSION,
            samples=int(artifact.facts["samples"]),
            key=stored.key,
            size_bytes=stored.size_bytes,
        )

        def change(tx: Tx, file: SeenFile = file) -> None:
            tx.jobs.hold(keeper.job.id, keeper.job.attempt)
            tx.maps.add_seen(file)

        keeper.write(change)


def keep_map(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store a map in the place of the one before."""
    artifact, map_id, dataset_id = made[-1], new_id(), _dataset_of(keeper)
    file, gone = _without_gone(keeper, artifact.files["map"], dataset_id)
    stored = keeper.file(file, kind="maps", id=map_id)
    row = MapRow(
        id=map_id,
        dataset_id=dataset_id,
        key=stored.key,
        photos=int(artifact.facts["photos"]) - gone,
        samples=int(artifact.facts["samples"]),
        size_bytes=stored.size_bytes,
    )

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        tx.maps.put(row)
        keeper.told(tx, "map", {"map_id": str(row.id), **artifact.facts, "photos": row.photos})

    keeper.write(change)


def _without_gone(keeper: Keeper, file: Path, dataset_id: UUID) -> tuple[Path, int]:
    """Leave out photographs that were withdrawn while they were laid out; gives the file, and how many those are."""
    points = read_map(file)
    with keeper.store.read() as tx:
        there = {photo.id for photo in tx.maps.photos(dataset_id)}
    held = zip(ids_of(points["id"]), points["invented"].tolist(), strict=True)
    kept = [bool(drawn) or id in there for id, drawn in held]
    if all(kept):
        return file, 0
    return write(file.with_name("map-kept.npy"), points[kept]), kept.count(False)


def _dataset_of(keeper: Keeper) -> UUID:
    if keeper.job.dataset_id is None:
        raise ValueError("a job that lays out a map names its dataset")
    return keeper.job.dataset_id


def _samples_in(store: Store, file: SeenFile) -> set[UUID]:
    """Name the samples of a file; none, if it is gone or spoiled."""
    try:
        return set(ids_of(read_seen(store.objects.path(file.key))["id"]))
    except (NotFound, FileNotFoundError, Damaged):
        return set()


def _path(store: Store, key: str) -> str:
    """Give the path of an object, or none where it is gone."""
    try:
        return str(store.objects.path(key))
    except NotFound:
        return ""
