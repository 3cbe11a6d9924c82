"""Looks at photographs: they are posted once an archive was read, and what they find is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from jobs.events import Artifact
from jobs.ids import new_id
from kinds.index.files import Rows, only, photos_of, read_rows, read_standing, write_rows
from kinds.index.params import IndexParams
from store.rows import FeatureFile
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper

AFTER_ALL = -10  # priority of what nobody waits for


def look_soon(tx: Tx, dataset_id: UUID) -> None:
    """Have the new photographs of a dataset looked at, once no archive of it is being read and nothing else waits."""
    params = IndexParams(dataset_id=dataset_id)
    if tx.datasets.busy([dataset_id]) or tx.jobs.waits(params.kind, dataset_id):
        return
    if tx.features.unlooked(dataset_id):
        tx.jobs.add(
            kind=params.kind,
            params=params.model_dump(mode="json"),
            pins={"photos": {"id": str(dataset_id)}},
            dataset_id=dataset_id,
            priority=AFTER_ALL,
        )


def keep_features(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what was found in photographs."""
    for artifact in made:
        path = artifact.files["features"]
        rows = read_rows(path)
        while not _kept(keeper, rows):  # one of them was withdrawn while the others were kept
            pass
        path.unlink()


def _kept(keeper: Keeper, rows: Rows) -> bool:
    """Keep what was found in photographs that are there and have nothing yet; False to see anew which they are."""
    job, dataset_id = keeper.job, keeper.job.dataset_id
    if dataset_id is None:
        raise ValueError("a job that looks at photographs names their dataset")
    with keeper.store.read() as tx:
        photos = tx.features.lacking(dataset_id, photos_of(rows))
    if not photos:
        return True
    file_id = new_id()
    part = write_rows(keeper.scratch / f"{file_id}.npy", only(rows, photos))
    stored = keeper.file(part, kind="features", id=file_id)
    file = FeatureFile(id=file_id, dataset_id=dataset_id, key=stored.key, size_bytes=stored.size_bytes)
    added: list[bool] = []

    def change(tx: Tx) -> None:
        tx.jobs.hold(job.id, job.attempt)
        added.append(tx.features.add(file, sorted(photos)))

    keeper.write(change)
    return added[-1]


def keep_heaps(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store where photographs stand among the others."""
    job, standing = keeper.job, read_standing(made[-1].files["heaps"])
    if job.dataset_id is None:
        raise ValueError("a job that sorts photographs names their dataset")
    dataset_id = job.dataset_id

    def change(tx: Tx) -> None:
        tx.jobs.hold(job.id, job.attempt)
        tx.features.sort(dataset_id, standing)

    keeper.write(change)
