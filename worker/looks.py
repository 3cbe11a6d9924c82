"""Looks at photographs: what they find is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from jobs.events import Artifact
from jobs.ids import new_id
from kinds.index.files import VERSION, Found, photos_of, read_found, read_standing
from kinds.index.params import IndexParams
from kinds.ingest.frame import squares
from store.looks import look_soon
from store.rows import Dataset, FeatureFile, Photo, View
from store.store import Store
from store.tables import FOCUSED
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper


def keep_features(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store what was found in photographs."""
    for artifact in made:
        paths = artifact.files["features"], artifact.files["parts"]
        found = read_found(*paths)
        while not _kept(keeper, found):  # one of them was withdrawn while the others were kept
            pass
        for path in paths:
            path.unlink()


def _kept(keeper: Keeper, found: Found) -> bool:
    """Keep what was found in photographs that are there and have nothing yet; False to see anew which they are."""
    job, dataset_id = keeper.job, keeper.job.dataset_id
    if dataset_id is None:
        raise ValueError("a job that looks at photographs names their dataset")
    with keeper.store.read() as tx:
        photos = tx.features.lacking(dataset_id, photos_of(found.rows))
    if not photos:
        return True
    file_id = new_id()
    stored = [
        keeper.file(path, kind="features", id=file_id)
        for path in found.only(photos).write(keeper.scratch, str(file_id))
    ]
    file = FeatureFile(
        id=file_id,
        dataset_id=dataset_id,
        key=stored[0].key,
        parts_key=stored[1].key,
        size_bytes=sum(one.size_bytes for one in stored),
        version=VERSION,
    )
    added: list[bool] = []

    def change(tx: Tx) -> None:
        tx.jobs.hold(job.id, job.attempt)
        added.append(tx.features.add(file, sorted(photos)))

    keeper.write(change)
    return added[-1]


def look_again(store: Store) -> int:
    """Have the archives looked at again that another version of the network has looked at; what it left goes.

    Returns: how many. Killed at any moment, the next call goes on.
    """
    with store.read() as tx:
        datasets = tx.features.of_other_versions(VERSION)
    for dataset_id in datasets:
        with store.begin() as tx:
            tx.features.drop_other_versions(dataset_id, VERSION)
            look_soon(tx, IndexParams(dataset_id=dataset_id), dataset_id)
    return len(datasets)


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


def keep_focus(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Store where photographs are looked at, and frame them so where their dataset wants it."""
    job, dataset_id = keeper.job, keeper.job.dataset_id
    if dataset_id is None:
        raise ValueError("a job that looks at photographs names their dataset")
    found = {UUID(photo): focus for artifact in made for photo, focus in artifact.facts["focus"].items()}

    def change(tx: Tx) -> None:
        tx.jobs.hold(job.id, job.attempt)
        revision = tx.datasets.touch_revision(dataset_id)  # locks it: it is not framed otherwise meanwhile
        photos = tx.photos.focused(dataset_id, found)
        dataset = tx.datasets.get(dataset_id)
        if dataset.framing not in FOCUSED:
            return
        views = tx.views.of_photos([photo.id for photo in photos])
        framed = [photo for photo in photos if views[photo.id] and not _by_hand(views[photo.id])]
        tx.views.replace_many([(photo, _boxes(photo, dataset)) for photo in framed], revision=revision)

    keeper.write(change)


def _boxes(photo: Photo, dataset: Dataset) -> list[tuple[Sequence[int], str]]:
    wide, high, how = photo.width or 1, photo.height or 1, dataset.framing
    found = squares(wide, high, framing=how, focus=photo.focus, aspect=dataset.aspect)
    return [(square.box, square.frame) for square in found]


def _by_hand(views: Sequence[View]) -> bool:
    return any(view.by_hand for view in views)
