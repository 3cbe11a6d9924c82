"""Store what a run yields: the files first, whole and durable, then the row that names them, fenced by the attempt."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from jobs.errors import NotFound, StaleAttempt, Unavailable
from jobs.events import Artifact, Made, Measured, Notice
from jobs.ids import new_id
from store.datasets import USABLE
from store.enlargements import UPSCALE
from store.objects import Stored, folder_hash
from store.rows import (
    ArtifactRow,
    Job,
    Model,
    Photo,
    View,
    photo_id,
    snapshot_id,
    view_id,
)
from store.store import Store
from store.tx import Tx
from worker.echoes import keep_echoes
from worker.enlarging import check_picture, keep_enlarged
from worker.films import keep_films, keep_paces, keep_parts
from worker.found import keep_found, keep_previews, sample_of
from worker.gathering import keep_copies
from worker.looks import keep_features, keep_focus, keep_heaps
from worker.maps import keep_map, keep_seen
from worker.models import keep_blends, keep_models
from worker.packs import keep_packs
from worker.peaks import peak_passed
from worker.soundtracks import keep_composed, keep_heard
from worker.spaces import keep_directions
from worker.tracing import keep_calibration, keep_sketches, keep_traces, still


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """Stores for one attempt; raises StaleAttempt when the lease is lost, DiskFull when there is no room.

    `patient` waits a moment while the database is away, and answers False once the lease is to be given up.
    """

    store: Store
    job: Job
    scratch: Path
    patient: Callable[[], bool]

    def write(self, change: Callable[[Tx], None], *, files: Sequence[str] = ()) -> None:
        """Write in one transaction, again and again while the database is away. Raises: Unavailable in the end.

        `files` are objects that this names; they go at once where it is refused: what they are of is gone.
        """
        while True:
            try:
                with self.store.begin() as tx:
                    change(tx)
            except Unavailable:
                if not self.patient():
                    raise
            except (NotFound, StaleAttempt):
                self.store.let_go(files)
                raise
            else:
                return

    def artifacts(self, made: Sequence[Artifact]) -> None:
        """Store artifacts of one type, in their order."""
        for artifact in made:
            for role, path in artifact.files.items():
                if not path.resolve().is_relative_to(self.scratch.resolve()):
                    raise ValueError(f"{role} of a {artifact.type} lies outside the scratch folder")
        _KEEP[made[0].type](self, made)

    def measured(self, event: Measured) -> None:
        """Store a snapshot's distances beside it; one that was deleted meanwhile needs none."""
        model_id = snapshot_id(UUID(self.job.params.get("training_id") or str(self.job.id)), event.step)

        def change(tx: Tx) -> None:
            if not tx.models.there(model_id):
                return
            tx.models.set_measures(model_id, event.measures, job_id=self.job.id, attempt=self.job.attempt)
            self.told(tx, "measures", {"step": event.step, "model_id": str(model_id), **event.measures})
            if notice := peak_passed(tx, self.job, step=event.step):
                self.told(tx, "notice", notice)

        self.write(change)

    def notice(self, event: Notice) -> None:
        """Tell the owner."""

        def change(tx: Tx) -> None:
            before = tx.events.of_types(self.job.id, "notice") if event.once else ()
            if all(line.body["code"] != event.code for line in before):
                self.told(tx, "notice", {"code": event.code, "text": event.text})

        self.write(change)

    def told(self, tx: Tx, type: str, body: Mapping[str, Any]) -> None:
        """Add a line to the job's story."""
        tx.events.append(self.job.id, attempt=self.job.attempt, type=type, body=body)

    def file(self, path: Path, *, kind: str, id: UUID, sha256: str | None = None) -> Stored:
        """Take a file over into the objects."""
        return self.store.objects.put_file(
            path, kind=kind, id=id, attempt=self.job.attempt, consume=True, sha256=sha256
        )

    def picture(self, artifact: Artifact, role: str, *, type: str) -> ArtifactRow:
        """Take a picture over into the objects, and give its row."""
        artifact_id, facts = new_id(), dict(artifact.facts)
        stored = self.file(artifact.files[role], kind="artifacts", id=artifact_id)
        return ArtifactRow(
            id=artifact_id,
            job_id=self.job.id,
            attempt=self.job.attempt,
            type=type,
            step=facts["step"],
            key=stored.key,
            sha256=stored.sha256,
            media_type="image/png",
            facts=facts,
        )


def _snapshots(keeper: Keeper, made: Sequence[Artifact]) -> None:
    for artifact in made:
        _snapshot(keeper, artifact)


def _snapshot(keeper: Keeper, artifact: Artifact) -> None:
    job, facts = keeper.job, artifact.facts
    step = int(facts["step"])
    model_id = snapshot_id(job.id, step)
    files = keeper.store.objects.put_folder(artifact.files["folder"], kind="models", id=model_id, attempt=job.attempt)
    shutil.rmtree(artifact.files["folder"])

    def change(tx: Tx) -> None:
        tx.jobs.hold(job.id, job.attempt)
        model = Model(
            id=model_id,
            name=f"{_dataset_name(tx, job)}, step {step:,}",
            parent_id=job.model_id,
            job_id=job.id,
            dataset_id=job.dataset_id,
            step=step,
            photos_seen=int(facts["photos_seen"]),
            resolution=int(facts["model"]["resolution"]),
            facts=facts["model"],
            licence=facts["licence"],
            terms=facts["terms"],
            hash=folder_hash(files),
            files={name: stored.key for name, stored in files.items()},
            size_bytes=sum(stored.size_bytes for stored in files.values()),
        )
        tx.models.add_snapshot(model, attempt=job.attempt)
        seen = {"model_id": str(model_id), "step": step, "photos_seen": model.photos_seen}
        keeper.told(tx, "snapshot", seen)

    keeper.write(change)


def _dataset_name(tx: Tx, job: Job) -> str:
    try:
        return tx.datasets.get(job.dataset_id).name[:160] if job.dataset_id else "Training"
    except NotFound:
        return "Training"


def _sheets(keeper: Keeper, made: Sequence[Artifact]) -> None:
    for artifact in made:
        _sheet(keeper, artifact)


def _sheet(keeper: Keeper, artifact: Artifact) -> None:
    job, row = keeper.job, keeper.picture(artifact, "sheet", type="sheet")
    model_id = snapshot_id(job.id, int(artifact.facts["step"]))

    def change(tx: Tx) -> None:
        kept = tx.artifacts.add(row)
        tx.models.set_sheet(model_id, kept.key, job_id=job.id, attempt=job.attempt)
        keeper.told(tx, "sheet", {"artifact_id": str(kept.id), "model_id": str(model_id), **row.facts})

    keeper.write(change)


def _resume_points(keeper: Keeper, made: Sequence[Artifact]) -> None:
    job, artifact = keeper.job, made[-1]  # of several, the last one says all
    files = keeper.store.objects.put_folder(
        artifact.files["folder"], kind="resume_points", id=job.id, attempt=job.attempt
    )
    keys = {name: stored.key for name, stored in files.items()}
    size_bytes = sum(stored.size_bytes for stored in files.values())
    shutil.rmtree(artifact.files["folder"])
    step = int(artifact.facts["step"])

    def change(tx: Tx) -> None:
        if job.kind == UPSCALE:
            check_picture(tx, job)
        tx.resume_points.put(job.id, job.attempt, step=step, files=keys, size_bytes=size_bytes)

    keeper.write(change, files=[*keys.values()])


def _samples(keeper: Keeper, made: Sequence[Artifact]) -> None:
    job, rows = keeper.job, [sample_of(keeper, artifact) for artifact in made]

    def change(tx: Tx) -> None:
        tx.samples.add_many(job.id, job.attempt, still(tx, rows))

    keeper.write(change)


def _photos(keeper: Keeper, made: Sequence[Artifact]) -> None:
    archive_id = UUID(keeper.job.params["archive_id"])
    dataset_id = keeper.job.dataset_id
    if dataset_id is None:
        raise ValueError("a job that reads an archive names its dataset")
    photos = [_photo(keeper, artifact, archive_id, dataset_id) for artifact in made]
    views = [
        View(
            id=view_id(photo.id, view["position"]),
            dataset_id=dataset_id,
            photo_id=photo.id,
            position=view["position"],
            box=view["box"],
            frame=view["frame"],
        )
        for photo, artifact in zip(photos, made, strict=True)
        for view in artifact.facts.get("views", ())
    ]

    def change(tx: Tx) -> None:
        tx.jobs.hold(keeper.job.id, keeper.job.attempt)
        # Locks it: of two archives that are read at once, one comes first.
        revision = tx.datasets.touch_revision(dataset_id)
        judged = [_wanted(tx, _unique(tx, photo)) for photo in photos]
        usable = {photo.id for photo in judged if photo.state in USABLE}
        if tx.photos.add_many(judged):
            tx.jobs.got_further(keeper.job.id)  # the next attempt begins after these
        tx.labels.take_in(judged, source=tx.datasets.get(dataset_id).labelled_by, revision=revision)
        framed = tx.views.of_photos([*usable])  # read before, and perhaps framed otherwise since
        tx.views.add_many([view for view in views if view.photo_id in usable and not framed[view.photo_id]])

    keeper.write(change)


def _unique(tx: Tx, photo: Photo) -> Photo:
    """Call a photo a duplicate whose file another archive has brought since this one began to be read."""
    if photo.state not in USABLE or photo.sha256 is None:
        return photo
    for other in tx.photos.find_duplicates(photo.dataset_id, photo.sha256):
        if other.archive_id != photo.archive_id and other.state in USABLE:
            reason = f"The same file as {other.name}."
            return replace(photo, state="duplicate", reason=reason, duplicate_of=other.id)
    return photo


def _wanted(tx: Tx, photo: Photo) -> Photo:
    """Refuse a photo that the owner has withdrawn from this dataset, or whose twin was, while it was being read."""
    of_twin = photo.duplicate_of is not None and bool(tx.photos.withdrawn([photo.duplicate_of]))
    if photo.sha256 is None or not (of_twin or tx.photos.was_withdrawn(photo.dataset_id, photo.sha256)):
        return photo
    tx.discard(*photo.keys)
    return Photo(
        id=photo.id,
        dataset_id=photo.dataset_id,
        archive_id=photo.archive_id,
        position=photo.position,
        name=photo.name,
        state="refused",
        reason="It was withdrawn before, and nothing of it was kept.",
        gone_sha256=photo.sha256,
    )


_COLUMNS = (
    *("name", "state", "reason", "sha256", "phash", "width", "height", "size_bytes", "average", "blur"),
    *("dated_by", "caption", "album", "kind"),
)


def _photo(keeper: Keeper, artifact: Artifact, archive_id: UUID, dataset_id: UUID) -> Photo:
    facts = artifact.facts
    id = photo_id(archive_id, facts["position"])
    known = {"original": facts.get("sha256")}
    keys: dict[str, Any] = {
        f"{role}_key": keeper.file(path, kind="photos", id=id, sha256=known.get(role)).key
        for role, path in artifact.files.items()
    }
    taken_at = facts.get("taken_at")
    return Photo(
        id=id,
        dataset_id=dataset_id,
        archive_id=archive_id,
        position=facts["position"],
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        duplicate_of=_twin(facts.get("duplicate_of"), archive_id),
        **{name: facts[name] for name in _COLUMNS if name in facts},
        **keys,
    )


def _twin(ref: Mapping[str, Any] | None, archive_id: UUID) -> UUID | None:
    if not ref:
        return None
    return UUID(ref["photo"]) if "photo" in ref else photo_id(archive_id, ref["position"])


_KEEP: Mapping[Made, Callable[[Keeper, Sequence[Artifact]], None]] = MappingProxyType(
    {
        Made.SNAPSHOT: _snapshots,
        Made.SHEET: _sheets,
        Made.RESUME_POINT: _resume_points,
        Made.SAMPLE: _samples,
        Made.MODEL: keep_models,
        Made.PHOTO: _photos,
        Made.COPIES: keep_copies,
        Made.FEATURES: keep_features,
        Made.HEAPS: keep_heaps,
        Made.FOCUS: keep_focus,
        Made.SEEN: keep_seen,
        Made.MAP: keep_map,
        Made.ECHOES: keep_echoes,
        Made.ENLARGED: keep_enlarged,
        Made.SKETCHES: keep_sketches,
        Made.CALIBRATION: keep_calibration,
        Made.TRACES: keep_traces,
        Made.DIRECTIONS: keep_directions,
        Made.BLEND: keep_blends,
        Made.PREVIEW: keep_previews,
        Made.FOUND: keep_found,
        Made.HEARD: keep_heard,
        Made.COMPOSED: keep_composed,
        Made.PACK: keep_packs,
        Made.PACE: keep_paces,
        Made.FILM_PART: keep_parts,
        Made.FILM: keep_films,
    }
)
