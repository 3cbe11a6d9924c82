"""Rows for tests, with what a test does not care for filled in."""

from pathlib import Path
from typing import Any
from uuid import UUID

from jobs.ids import new_id
from store.objects import Stored
from store.rows import Archive, ArtifactRow, Dataset, Job, Model, Photo, Sample, photo_id, sample_id, snapshot_id
from store.store import Store
from store.tx import Tx

HASH = "0" * 64


def dataset(store: Store, *, name: str = "Holidays") -> Dataset:
    with store.begin() as tx:
        return tx.datasets.add(name=name, framing="centre")


def job(store: Store, **values: Any) -> Job:
    with store.begin() as tx:
        return tx.jobs.add(**{"kind": "train", "params": {}} | values)


def running(store: Store, **values: Any) -> Job:
    """A job at its first attempt."""
    kind = f"k{new_id().hex[:30]}"
    job(store, **{"kind": kind} | values)
    return claimed(store, values.get("kind", kind))


def claimed(store: Store, kind: str) -> Job:
    with store.begin() as tx:
        found = tx.jobs.claim(new_id(), [kind])
    assert found is not None
    return found


def archive(tx: Tx, dataset_id: UUID, job_id: UUID, **values: Any) -> Archive:
    facts: dict[str, Any] = {
        "filename": "holidays.zip",
        "size_bytes": 3,
        "sha256": HASH,
        "key": f"archives/{new_id()}/0/{HASH}.zip",
    }
    return tx.archives.add(dataset_id=dataset_id, job_id=job_id, **facts | values)


def photos(of: Archive, count: int, *, start: int = 0, **values: Any) -> list[Photo]:
    return [
        Photo(
            id=photo_id(of.id, position),
            dataset_id=of.dataset_id,
            archive_id=of.id,
            position=position,
            **{"name": f"{position}.jpg", "state": "ready"} | values,
        )
        for position in range(start, start + count)
    ]


def archive_with_photos(store: Store, dataset_id: UUID, count: int, **values: Any) -> tuple[Archive, list[Photo]]:
    """An archive of so many ready photos, each with one view."""
    posted = job(store, kind="ingest", dataset_id=dataset_id)
    with store.begin() as tx:
        received = archive(tx, dataset_id, posted.id)
        made = photos(received, count, **values)
        tx.photos.add_many(made)
        for photo in made:
            tx.views.replace(photo, [((0, 0, 8, 8), "centre")])
    return received, made


def model(**values: Any) -> Model:
    facts: dict[str, Any] = {"id": new_id(), "name": "Faces", "resolution": 64, "facts": {}, "hash": HASH, "files": {}}
    return Model(**facts | {"size_bytes": 1} | values)


def snapshot(of: Job, step: int, **values: Any) -> Model:
    return model(**{"id": snapshot_id(of.id, step), "job_id": of.id, "step": step, "name": f"Step {step}"} | values)


def sample(of: Job, position: int, model_id: UUID, **values: Any) -> Sample:
    facts: dict[str, Any] = {"recipe": {"seed": position}, "width": 64, "height": 64, "average": "#808080", "blur": ""}
    keys = {"sha256": HASH, "image_key": f"samples/{sample_id(of.id, position)}/1/{HASH}.png"}
    return Sample(
        id=sample_id(of.id, position), job_id=of.id, position=position, model_id=model_id, **facts | keys | values
    )


def sheet(of: Job, step: int, stored: Stored, id: UUID) -> ArtifactRow:
    return ArtifactRow(
        id=id,
        job_id=of.id,
        attempt=of.attempt,
        type="sheet",
        step=step,
        key=stored.key,
        sha256=stored.sha256,
        media_type="image/png",
        facts={"rows": 2, "columns": 2, "resolution": 32},
    )


def file(folder: Path, content: bytes = b"bytes", *, name: str = "file.bin") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path
