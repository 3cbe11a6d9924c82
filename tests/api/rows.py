"""Rows and objects as workers leave them, laid through the store's own doors."""

from io import BytesIO
from pathlib import Path
from uuid import UUID

from PIL import Image

from jobs.ids import new_id
from jobs.state import State
from store.objects import Stored
from store.rows import ArtifactRow, Job, Model, Photo, Sample, View, photo_id, sample_id, snapshot_id, view_id
from store.store import Store

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
    dataset, archive_id, job_id = UUID(dataset_id), new_id(), new_id()
    made = []
    for position in range(count):
        id = photo_id(archive_id, position)
        made.append(
            Photo(
                id=id,
                dataset_id=dataset,
                archive_id=archive_id,
                position=position,
                name=f"1991/valley-{position}.jpg",
                state="ready",
                sha256=f"{position:064x}",
                width=64,
                height=64,
                average="#7a8f6b",
                image_key=picture(store, kind="photos", id=id, suffix=".jpg").key,
                thumb_key=picture(store, kind="photos", id=id, side=16, suffix=".jpg").key,
            )
        )
    with store.begin() as tx:
        job = tx.jobs.add(id=job_id, kind="ingest", params={"archive_id": str(archive_id)}, dataset_id=dataset)
        tx.archives.add(
            id=archive_id, dataset_id=dataset, filename="a.zip", size_bytes=9, sha256="0" * 64, key="", job_id=job_id
        )
        tx.photos.add_many(made)
        tx.views.add_many(
            [
                View(
                    id=view_id(photo.id, 0),
                    dataset_id=dataset,
                    photo_id=photo.id,
                    position=0,
                    box=(0, 0, 64, 64),
                    frame="centre",
                )
                for photo in made
            ]
        )
        tx.archives.set_state(archive_id, "ready")
        claimed = tx.jobs.claim(new_id(), ["ingest"])
        assert claimed is not None
        tx.jobs.move(job.id, claimed.attempt, State.SUCCEEDED)
    return made


def base(store: Store, **facts: object) -> Model:
    """Add a bundled base at 64 px; its weights are not needed here."""
    with store.begin() as tx:
        return tx.models.add(
            Model(
                id=new_id(),
                name="Faces",
                bundled=True,
                resolution=64,
                facts={"format": 1, "resolution": 64, "architecture": ARCHITECTURE, **facts},
                licence="Apache-2.0",
                hash="f" * 64,
                files={},
                size_bytes=3_000_000,
            )
        )


def begun(store: Store, job_id: str, worker: UUID | None = None) -> Job:
    """Claim the one job that waits."""
    with store.begin() as tx:
        job = tx.jobs.claim(worker or new_id(), ["train", "generate", "ingest"])
    assert job is not None
    assert str(job.id) == job_id
    return job


def snapshot(store: Store, job: Job, step: int) -> tuple[Model, ArtifactRow]:
    """Add a snapshot and its sheet, as a worker does."""
    model_id, artifact_id = snapshot_id(job.id, step), new_id()
    stored = picture(store, kind="artifacts", id=artifact_id, attempt=job.attempt)
    facts = {"rows": 2, "columns": 2, "resolution": 32}
    with store.begin() as tx:
        model = tx.models.add_snapshot(
            Model(
                id=model_id,
                name=f"Step {step}",
                job_id=job.id,
                dataset_id=job.dataset_id,
                step=step,
                photos_seen=8 * step,
                resolution=64,
                facts={"architecture": ARCHITECTURE},
                hash=f"{step:064x}",
                files={},
                size_bytes=1000,
            ),
            attempt=job.attempt,
        )
        sheet = tx.artifacts.add(
            ArtifactRow(
                id=artifact_id,
                job_id=job.id,
                attempt=job.attempt,
                type="sheet",
                step=step,
                key=stored.key,
                sha256=stored.sha256,
                media_type="image/png",
                facts=facts,
            )
        )
        tx.models.set_sheet(model_id, stored.key, job_id=job.id, attempt=job.attempt)
        body = {"artifact_id": str(sheet.id), "step": step, **facts}
        tx.events.append(job.id, attempt=job.attempt, type="sheet", body=body)
    return model, sheet


def samples(store: Store, job: Job, model: Model, *, count: int) -> list[Sample]:
    """Add samples, as a generate job leaves them."""
    made = []
    for position in range(count):
        id = sample_id(job.id, position)
        stored = picture(store, kind="samples", id=id, attempt=job.attempt)
        made.append(
            Sample(
                id=id,
                model_id=model.id,
                job_id=job.id,
                dataset_id=model.dataset_id,
                position=position,
                recipe={"model": model.hash, "seed": position, "truncation_psi": 0.7, "noise_mode": "const"},
                width=64,
                height=64,
                average="#7a8f6b",
                blur="AAAA",
                sha256=stored.sha256,
                image_key=stored.key,
            )
        )
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
