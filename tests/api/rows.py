"""Rows and objects as workers leave them, laid through the store's own doors."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image

from jobs.ids import new_id
from jobs.state import State
from kinds.registry import KINDS
from store.objects import Stored
from store.rows import ArtifactRow, Job, Model, Photo, Sample, sample_id
from store.store import Store
from tests.store import making

ARCHITECTURE = {"resolution": 64, "channel_base": 4096, "channel_max": 128}


def picture(store: Store, *, kind: str, id: UUID, attempt: int = 0, side: int = 64, suffix: str = ".png") -> Stored:
    """Store a small picture."""
    path = Path(store.settings.folder) / f"{new_id().hex}{suffix}"
    drawn = BytesIO()
    colour = tuple(id.bytes[-3:])
    Image.new("RGB", (side, side), colour).save(drawn, {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}[suffix])
    path.write_bytes(drawn.getvalue())
    return store.objects.put_file(path, kind=kind, id=id, attempt=attempt, consume=True)


def photos(store: Store, dataset_id: str, *, count: int) -> list[Photo]:
    """Add an archive of `count` photographs, ready, each with one view; its ingest job has ended."""
    archive_id = new_id()
    job = making.job(store, kind="ingest", params={"archive_id": str(archive_id)}, dataset_id=UUID(dataset_id))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset_id), job.id, id=archive_id)
    made = [
        replace(
            photo,
            name=f"1991/valley-{photo.position}.jpg",
            sha256=f"{photo.position:064x}",
            image_key=picture(store, kind="photos", id=photo.id, suffix=".jpg").key,
            thumb_key=picture(store, kind="photos", id=photo.id, side=16, suffix=".jpg").key,
        )
        for photo in making.photos(archive, count, width=64, height=64, average="#7a8f6b")
    ]
    with store.begin() as tx:
        tx.photos.add_many(made)
        for photo in made:
            tx.views.replace(photo, [((0, 0, 64, 64), "centre")])
        tx.archives.set_state(archive_id, "ready")
    end(store, making.claimed(store, "ingest"))
    return made


def base(store: Store) -> Model:
    """Add a bundled base at 64 px; its weights are not needed here."""
    facts = {"format": 1, "resolution": 64, "architecture": ARCHITECTURE}
    with store.begin() as tx:
        return tx.models.add(making.model(bundled=True, facts=facts, licence="Apache-2.0", size_bytes=3_000_000))


def begun(store: Store, job_id: str, worker: UUID | None = None) -> Job:
    """Claim the one job that waits."""
    with store.begin() as tx:
        job = tx.jobs.claim(worker or new_id(), KINDS)
    assert job is not None
    assert str(job.id) == job_id
    return job


def snapshot(store: Store, job: Job, step: int) -> tuple[Model, ArtifactRow]:
    """Add a snapshot and its sheet, as a worker does."""
    artifact_id = new_id()
    stored = picture(store, kind="artifacts", id=artifact_id, attempt=job.attempt)
    learnt = {"photos_seen": 8 * step, "facts": {"architecture": ARCHITECTURE}, "hash": f"{step:064x}"}
    with store.begin() as tx:
        model = tx.models.add_snapshot(
            making.snapshot(job, step, dataset_id=job.dataset_id, **learnt), attempt=job.attempt
        )
        sheet = tx.artifacts.add(making.sheet(job, step, stored, artifact_id))
        tx.models.set_sheet(model.id, stored.key, job_id=job.id, attempt=job.attempt)
        body = {"artifact_id": str(sheet.id), "step": step, **sheet.facts}
        tx.events.append(job.id, attempt=job.attempt, type="sheet", body=body)
    return model, sheet


def samples(store: Store, job: Job, model: Model, *, count: int) -> list[Sample]:
    """Add samples, as a generate job leaves them."""
    made = []
    for position in range(count):
        stored = picture(store, kind="samples", id=sample_id(job.id, position), attempt=job.attempt)
        recipe = {"model": model.hash, "seed": position, "truncation_psi": 0.7, "noise_mode": "const"}
        looks = {"average": "#7a8f6b", "blur": "AAAA", "sha256": stored.sha256, "image_key": stored.key}
        made.append(making.sample(job, position, model.id, dataset_id=model.dataset_id, recipe=recipe, **looks))
    with store.begin() as tx:
        tx.samples.add_many(job.id, job.attempt, made)
    return made


def progress(store: Store, job: Job, done: int, **metrics: float) -> None:
    """Tell how far a job is, as a worker does."""
    body = {"done": done, "total": 20, "unit": "step", "phase": "", "metrics": metrics, "pictures_per_s": 31.5}
    with store.begin() as tx:
        tx.events.append(job.id, attempt=job.attempt, type="progress", body={**body, "remaining_s": 4.0})
        tx.jobs.progress(job.id, job.attempt, done=done, total=20, unit="step", remaining_s=4.0)


def end(store: Store, job: Job, to: State = State.SUCCEEDED, **error: str) -> None:
    """End a job's attempt."""
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, to, error=error or None)


def named(store: Store, dataset_id: str, names: Sequence[str], **values: Any) -> list[Photo]:
    """Photographs of these names, each with a square."""
    job = making.job(store, kind="ingest", params={"archive_id": str(new_id())}, dataset_id=UUID(dataset_id))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset_id), job.id, id=UUID(job.params["archive_id"]))
        plain = making.photos(archive, len(names), width=40, height=40, image_key="photos/x", **values)
        made = [replace(photo, name=name) for photo, name in zip(plain, names, strict=True)]
        revision = tx.datasets.touch_revision(UUID(dataset_id))
        tx.photos.add_many(made)
        source = tx.datasets.get(UUID(dataset_id)).labelled_by
        tx.labels.take_in(made, source=source, revision=revision)
        tx.views.replace_many([(photo, [((0, 0, 40, 40), "centre")]) for photo in made])
    end(store, making.claimed(store, "ingest"))
    return made
