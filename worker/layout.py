"""Lay out what a run needs as local files, with the facts that belong to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from jobs.errors import NotFound
from jobs.params import Need
from jobs.state import State
from kinds.index.files import VERSION, Damaged, read_found
from kinds.train.kept import forget
from store.moments import lacks, unmeasured
from store.rows import FeatureFile, Job, Photo
from store.searches import MASK, SENT
from store.store import Store
from store.tx import Tx
from store.views import pixels_of
from worker.echoes import lay_echoes
from worker.films import lay_film
from worker.maps import lay_map
from worker.paths import path_of
from worker.soundtracks import lay_sound, lay_soundtrack
from worker.tracing import lay_originals, lay_squares

PAGE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Laid:
    """A scratch folder with the inputs in it."""

    scratch: Path
    inputs: dict[str, Path] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    resume_point: Path | None = None


def laid_out(store: Store, job: Job, needs: Mapping[str, Need]) -> Laid:
    """Make the scratch folder of this attempt; what earlier attempts of the job left there goes.

    Raises: NotFound, if an input was deleted since the job was posted; DiskFull.
    """
    for left in store.settings.scratch.glob(f"{job.id}-*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = store.settings.scratch / f"{job.id}-{job.attempt}"
    (scratch / "inputs").mkdir(parents=True)
    inputs: dict[str, Path] = {}
    facts: dict[str, Mapping[str, Any]] = {}
    for name, need in needs.items():
        _check_there(store, need)
        inputs[name], facts[name] = _LAY[need.type](store, job, need.id, scratch / "inputs" / name)
    with store.read() as tx:
        point = tx.resume_points.get(job.id)
    resume_point = store.objects.folder(point.files, scratch / "inputs" / "resume_point") if point else None
    return Laid(scratch=scratch, inputs=inputs, facts=facts, resume_point=resume_point)


def _check_there(store: Store, need: Need) -> None:
    """Say in words of its own what was deleted since the job was posted. Raises: NotFound."""
    with store.read() as tx:
        if need.type == "model" and not tx.models.there(need.id):
            raise NotFound(
                f"A model that this job needs was deleted, {need.id}. Nothing was made.",
                remedy="Ask for it again with another model.",
                model_id=str(need.id),
            )
        if need.type == "direction" and not tx.directions.some([need.id]):
            raise NotFound(
                f"A direction that this job goes along was deleted, {need.id}. Nothing was made.",
                remedy="Ask for it again with another direction, or look for directions in the model anew first.",
                direction_id=str(need.id),
            )


def forget_withdrawn(store: Store) -> int:
    """Remove the arrays of this machine's cache that hold a photograph which was withdrawn; return how many."""

    def withdrawn(dataset: str, photos: list[str]) -> bool:
        with store.read() as tx:
            return tx.photos.withdrawn_unseen(UUID(dataset), [UUID(photo) for photo in photos])

    return forget(store.settings.cache, withdrawn=withdrawn)


def tidy(store: Store) -> int:
    """Remove the scratch folders of attempts that run no more, such as a killed worker's; return how many."""
    gone = 0
    for folder in store.settings.scratch.glob("*-*"):
        job_id, _, attempt = folder.name.rpartition("-")
        try:
            with store.read() as tx:
                job = tx.jobs.get(UUID(job_id))
            in_use = job.state is State.RUNNING and str(job.attempt) == attempt
        except (NotFound, ValueError):
            in_use = False
        if not in_use:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _archive(store: Store, job: Job, archive_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    with store.read() as tx:
        archive = tx.archives.get(archive_id)
        dataset = tx.datasets.get(archive.dataset_id)
        hashes = tx.photos.hashes(dataset.id, but_archive=archive_id)
        phashes = tx.photos.phashes(dataset.id, but_archive=archive_id)
        done = _photos_of(tx, dataset.id, archive_id) if job.attempt > 1 else []
    settings = store.settings
    facts = {
        "filename": archive.filename,
        "framing": dataset.framing,
        "aspect": dataset.aspect,
        "limits": {"max_pixels": settings.max_pixels, "heif": settings.heif, "raw": settings.raw},
        "known": [
            *({"photo": str(photo), "sha256": sha256, "phash": None} for sha256, photo in hashes.items()),
            *({"photo": str(photo), "sha256": None, "phash": phash} for phash, photo in phashes.items()),
        ],
        "done": [_fact(photo) for photo in done],
    }
    return store.objects.path(archive.key or ""), facts


def _photos_of(tx: Tx, dataset_id: UUID, archive_id: UUID) -> list[Photo]:
    """List what an earlier attempt has stored of an archive already."""
    found: list[Photo] = []
    cursor: str | None = None
    while True:
        page = tx.photos.page(dataset_id, limit=PAGE, cursor=cursor)
        found += [photo for photo in page.items if photo.archive_id == archive_id]
        cursor = page.next_cursor
        if cursor is None:
            return found


def _fact(photo: Photo) -> dict[str, Any]:
    names = ("position", "name", "state", "reason", "sha256", "phash", "width", "height")
    return {name: getattr(photo, name) for name in names}


def _model(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    with store.read() as tx:
        model = tx.models.get(model_id)
        drawn, last = tx.samples.count(job.id), tx.samples.last(job.id)
    facts = {
        "id": str(model.id),
        "name": model.name,
        "hash": model.hash,
        "architecture": model.facts.get("architecture"),
        "frame": model.facts.get("frame"),
        "labels": model.facts.get("labels"),
        "licence": {"spdx": model.licence, "terms": model.terms},
        "drawn": drawn,
        "last": last,
    }
    return store.objects.folder(model.files, into), facts


def _model_file(store: Store, job: Job, file_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    with store.read() as tx:
        file = tx.model_files.get(file_id)
        known = tx.model_files.known()
    facts = {"filename": file.filename, "size_bytes": file.size_bytes, "sha256": file.sha256}
    if file.model_id is not None:  # an earlier attempt died just before its end
        return into, {**facts, "model_id": str(file.model_id)}
    if file.url is not None:
        return into, {**facts, "url": file.url, "known": known}
    if file.key is None:
        raise NotFound(f"The bytes of {file.filename} were let go.", remedy="Send the file again.")
    return store.objects.path(file.key), facts


def _index(store: Store, job: Job, dataset_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the photographs as lines of JSON, and the files of what was found in them; those that are spoiled go."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        files = tx.features.files(dataset_id)
    whole = {file.id: store.objects.path(file.key) for file in files if is_whole(store, file)}
    if spoiled := [file.id for file in files if file.id not in whole]:
        with store.begin() as tx:
            tx.features.drop(spoiled)
    with store.read() as tx:
        sources = tx.features.sources(dataset_id)
    with into.with_suffix(".jsonl").open("w", encoding="utf-8") as listed:
        for one in sources:
            line = {
                "photo": str(one.photo_id),
                "image": "" if one.looked else path_of(store, one.key),
                "clean": path_of(store, one.clean_key) if one.unfocused else "",
                "usable": one.usable,
                "looked": one.looked,
            }
            listed.write(json.dumps(line) + "\n")
    return into.with_suffix(".jsonl"), {"files": [str(path) for path in whole.values()]}


def _gathered(store: Store, job: Job, dataset_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the places that nothing has come to yet, by archive."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        left = tx.gathered.left(dataset_id)
        total = sum(tx.gathered.total(archive.id) for archive in tx.archives.of_dataset(dataset_id))
    file = into.with_suffix(".json")
    file.write_text(json.dumps({str(archive_id): positions for archive_id, positions in left.items()}))
    return file, {"total": total}


def _named(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the directions with names of what a model was before; one whose file is gone is left out."""
    with store.read() as tx:
        found = tx.directions.before(model_id)
    told = [
        {"id": str(one.id), "name": one.name, "kind": one.kind, "layers": list(one.layers), "file": file}
        for one in found
        if (file := path_of(store, one.key))
    ]
    return into, {"directions": told}


def _moments(store: Store, job: Job, training_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the moments of a training that are not measured, and what it saw; its base, where that is still here."""
    with store.read() as tx:
        training = tx.jobs.get(training_id)
        missing = unmeasured(tx.models.of_job(training_id))
        base = tx.models.get(training.model_id) if training.model_id and tx.models.there(training.model_id) else None
    if training.dataset_id is None:
        raise NotFound("This training has no archive to measure by.")
    into.mkdir(parents=True)
    _, dataset = _dataset(store, training, training.dataset_id, into / "views")  # as it was when that was posted
    drawn = [model for model in missing if lacks(model, "kernel")]
    for model in drawn:
        store.objects.folder(model.files, into / str(model.step))
    if base is not None:
        store.objects.folder(base.files, into / "base")
    facts = {
        "training": training.params,
        "dataset": dataset,
        "drawn": [model.step for model in drawn],
        "known": [model.step for model in missing if model not in drawn],
    }
    return into, facts


def _learnt_from(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the photographs of the archive that a model has learnt from, as lines of JSON: a view, and what is known."""
    with store.read() as tx:
        dataset_id = tx.models.get(model_id).dataset_id
        views = tx.views.of_dataset(dataset_id) if dataset_id is not None else []
    first = {photo.id: (view, photo) for view, photo in reversed(views)}
    with into.with_suffix(".jsonl").open("w", encoding="utf-8") as file:
        for view, photo in sorted(first.values(), key=lambda pair: pair[1].id):
            line = {
                "photo": str(photo.id),
                "view": pixels_of(store.objects, photo, view),
                "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
                "dated_by": photo.dated_by,
                "album": photo.album,
            }
            file.write(json.dumps(line) + "\n")
    return into.with_suffix(".jsonl"), {"photos": len(first)}


def _photo(store: Store, job: Job, photo_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Say where a photograph's pixels lie, and how it is framed, as JSON. Raises: NotFound, if it was withdrawn."""
    with store.read() as tx:
        photo = tx.photos.get(photo_id)
        views = tx.views.of_photos([photo_id])[photo_id]
    if photo.clean_key is None:
        raise NotFound(f"There is no picture of {photo.name} any more: it is {photo.state}.")
    told: dict[str, Any] = {"image": str(store.objects.path(photo.clean_key)), "focus": photo.focus}
    told |= {"width": photo.width, "height": photo.height, "box": list(views[0].box) if views else None}
    if photo.small_key is not None:
        told["original"] = str(store.objects.path(photo.original_key or ""))
    file = into.with_suffix(".json")
    file.write_text(json.dumps(told), encoding="utf-8")
    return file, {"id": str(photo_id)}


def _sent(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Give the picture that was sent with the job."""
    return _came_with(store, job, SENT), {}


def _mask(store: Store, job: Job, model_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Give the mask that was sent with the job."""
    return _came_with(store, job, MASK), {}


def _came_with(store: Store, job: Job, type: str) -> Path:
    with store.read() as tx:
        sent = tx.artifacts.of_job(job.id, type)
    if not sent:
        raise NotFound("The picture or the mask that was sent is gone.", remedy="Send it again.")
    return store.objects.path(sent[0].key)


def _direction(store: Store, job: Job, direction_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    with store.read() as tx:
        one = tx.directions.get(direction_id)
    return store.objects.path(one.key), {"deviation": one.deviation, "layers": list(one.layers)}


def is_whole(store: Store, file: FeatureFile) -> bool:
    """Whether what a look has found is there, can be read, and is of this version of the network."""
    if file.parts_key is None or file.version != VERSION:
        return False
    try:
        read_found(store.objects.path(file.key), store.objects.path(file.parts_key))
    except (NotFound, FileNotFoundError, Damaged):
        return False
    return True


def _dataset(store: Store, job: Job, dataset_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """List the views as lines of JSON: where its pixels lie, the box in pixels of the upright picture."""
    pinned = job.pins.get("dataset") or {}
    with store.read() as tx:
        dataset = tx.datasets.get(dataset_id)
        views = tx.views.of_dataset(dataset_id, revision=pinned.get("revision"))
        classes = tx.labels.classes(dataset_id, [photo.id for _, photo in views], revision=pinned.get("revision"))
        gone = tx.views.gone_since(dataset_id, pinned["revision"]) if pinned else 0
    with into.with_suffix(".jsonl").open("w", encoding="utf-8") as file:
        for view, photo in views:
            line = {
                "photo": str(photo.id),
                "key": photo.clean_key,
                "label": classes.of(photo.id),
                **pixels_of(store.objects, photo, view),
            }
            file.write(json.dumps(line) + "\n")
    facts = {
        "id": str(dataset_id),
        "name": dataset.name,
        "revision": dataset.revision,
        "views": len(views),
        "gone": gone,
        "labels": list(classes.names),
        "aspect": pinned.get("aspect") if pinned else dataset.aspect,
    }
    return into.with_suffix(".jsonl"), facts


_LAY: Mapping[str, Callable[[Store, Job, UUID, Path], tuple[Path, dict[str, Any]]]] = MappingProxyType(
    {
        "archive": _archive,
        "model": _model,
        "dataset": _dataset,
        "model_file": _model_file,
        "index": _index,
        "gathered": _gathered,
        "named": _named,
        "moments": _moments,
        "learnt_from": _learnt_from,
        "photo": _photo,
        "sent": _sent,
        "mask": _mask,
        "direction": _direction,
        "map": lay_map,
        "echoes": lay_echoes,
        "squares": lay_squares,
        "originals": lay_originals,
        "film": lay_film,
        "sound": lay_sound,
        "soundtrack": lay_soundtrack,
    }
)
