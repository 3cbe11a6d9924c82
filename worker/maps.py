"""Maps: what they are laid out from, and what of them is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import new_id
from kinds.map.files import VERSION, Damaged, Points, ids_of, read_map, read_seen, write
from store.maps import MapRow, SeenFile
from store.rows import Job
from store.store import Store
from store.tx import Tx
from worker.paths import path_of

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
            image = "" if source.id in looked else path_of(store, source.key)
            listed.write(json.dumps({"sample": str(source.id), "image": image, "looked": source.id in looked}) + "\n")
    facts = {
        "photos": photos,
        "features": [path for file in features if (path := path_of(store, file.key))],
        "seen": [path_of(store, file.key) for file in seen if file.id not in useless],
        "before": (path_of(store, before.key) or None) if before is not None else None,
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
    """Store a map in the place of the one before, without photographs that were withdrawn while it was laid out."""
    artifact = made[-1]
    points = read_map(artifact.files["map"])
    while not _kept(keeper, points, artifact.facts):  # one of them was withdrawn while the others were kept
        pass
    artifact.files["map"].unlink()


def _kept(keeper: Keeper, points: Points, facts: Mapping[str, Any]) -> bool:
    """Keep the places of what is there; False to see anew what that is."""
    dataset_id, map_id = _dataset_of(keeper), new_id()
    with keeper.store.read() as tx:
        there = _are_there(tx, points, dataset_id)
    kept = points[there]
    stored = keeper.file(write(keeper.scratch / f"{map_id}.npy", kept), kind="maps", id=map_id)
    samples = int(kept["invented"].sum())
    row = MapRow(
        id=map_id,
        dataset_id=dataset_id,
        key=stored.key,
        photos=len(kept) - samples,
        samples=samples,
        size_bytes=stored.size_bytes,
    )
    same: list[bool] = []

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        tx.maps.hold(dataset_id)
        same.append(np.array_equal(there, _are_there(tx, points, dataset_id)))
        if same[-1]:
            tx.maps.put(row)
            keeper.told(tx, "map", {"map_id": str(row.id), **facts, "photos": row.photos})
        else:
            tx.discard(row.key)

    keeper.write(change)
    return same[-1]


def _are_there(tx: Tx, points: Points, dataset_id: UUID) -> NDArray[np.bool_]:
    """Say which points are of samples, or of photographs that are there: `[N]`."""
    photos = {photo.id for photo in tx.maps.photos(dataset_id)}
    held = zip(ids_of(points["id"]), points["invented"].tolist(), strict=True)
    return np.array([bool(drawn) or id in photos for id, drawn in held], bool)


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
