"""From a request's parameters to a job's row: facts of its inputs, what is left open, what it is pinned to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.askable import echoes_facts, pack_facts
from api.journeyed import check_photos, path_of, whole
from api.labels import FEW
from api.soundtracked import sound_facts, soundtrack_facts
from api.units import in_units
from jobs.errors import BadParams, Conflict, DiskFull, JobFailed
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.originality import SKETCH_VERSION
from jobs.params import JobParams, Need
from kinds import registry
from kinds.compose.owned import check_folder
from kinds.compose.params import ComposeParams
from kinds.journey.params import COMPOSER, JourneyParams
from kinds.measure.cost import PICTURES
from store import rows
from store.features import SEEN
from store.labels import REST
from store.maps import MOST_SAMPLES
from store.moments import lacks, unmeasured
from store.store import Store
from store.tx import Tx

HEADROOM_BYTES = 200_000_000  # of disk that stays free: the database and its journal need room as well
PHOTO_SIDE = 2048  # the longer side of a photograph as it is kept for looking at
MEASURED_S = 86_400.0  # a worker that was there within a day knows this machine
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A job as it would be posted."""

    params: JobParams  # resolved
    facts: Facts
    pins: Mapping[str, Any]
    dataset_id: UUID | None
    model_id: UUID | None


def prepare(tx: Tx, asked: JobParams) -> Request:
    """Gather the facts of what `asked` needs, and resolve it.

    Raises: NotFound, DatasetBusy, TooFewPhotos, BadParams.
    """
    if isinstance(asked, JourneyParams | ComposeParams):
        asked = _with_recipe(tx, asked)
    needs = asked.needs()
    facts: dict[str, Mapping[str, Any]] = {name: _facts(tx, need) for name, need in needs.items()}
    facts["host"] = host(tx)
    return Request(
        params=registry.resolve(asked, facts),
        facts=facts,
        pins={name: _pin(tx, need) for name, need in needs.items()},
        dataset_id=_dataset(tx, needs),
        model_id=next((need.id for need in needs.values() if need.type == "model"), None),
    )


def post(store: Store, asked: JobParams, *, key: str | None) -> tuple[rows.Job, Request | None]:
    """Put a job into the queue, or find the one that the same request with `key` has put there.

    Returns: the job, and the request as it was resolved; None for a replay.
    Raises: what `prepare` raises; KeyReused.
    """
    job_id = new_id()
    with store.begin() as tx:
        if key is not None:
            owner = tx.keys.claim(key, request_hash(asked), job_id)
            if owner != job_id:
                return tx.jobs.get(owner), None
        prepared = prepare(tx, asked)
        _check_nothing_is_sent(asked)
        _check_composer(store, prepared.params)
        if isinstance(asked, JourneyParams):
            _check_disk(store, prepared)
        if isinstance(prepared.params, JourneyParams | ComposeParams):
            check_photos(tx, prepared.params.whole, lock=True)
        row = queue(tx, prepared, job_id=job_id)
    return row, prepared


def queue(tx: Tx, prepared: Request, *, job_id: UUID) -> rows.Job:
    """Put a job into the queue."""
    return tx.jobs.add(
        id=job_id,
        kind=prepared.params.kind,
        params=prepared.params.model_dump(mode="json"),
        pins=prepared.pins,
        preset_hash=registry.preset_hash(prepared.params),
        dataset_id=prepared.dataset_id,
        model_id=prepared.model_id,
    )


def _check_disk(store: Store, prepared: Request) -> None:
    """Refuse a film that the disk cannot hold. Raises: DiskFull."""
    needed, free = registry.cost(prepared.params, prepared.facts).disk_bytes, store.objects.free_bytes()
    if free is not None and free - HEADROOM_BYTES < needed:
        raise DiskFull(
            f"The film needs {in_units(needed)} of disk while it is made, and {in_units(free)} are free.",
            remedy="Make it shorter or smaller, choose another form, or make room.",
        )


def _check_composer(store: Store, params: JobParams) -> None:
    """Refuse a composer that is not there. Raises: BadParams."""
    if isinstance(params, ComposeParams):
        name, pointer = params.with_, "#/with"
    elif isinstance(params, JourneyParams) and params.whole.compose is not None:
        name, pointer = params.whole.compose.with_, "#/recipe/compose/with"
    else:
        return
    if name == COMPOSER:
        return
    try:
        # Of the folder alone: whether the library is installed where workers are is theirs to know.
        check_folder(store.settings.folder / "composers" / name)
    except JobFailed as error:
        raise BadParams(error.detail, pointer=pointer, remedy=error.remedy) from error


def _with_recipe(tx: Tx, asked: JourneyParams | ComposeParams) -> JobParams:
    """Have a journey job say all by itself: what the journey says now, and places in place of samples."""
    recipe = asked.recipe
    if asked.journey_id is not None:
        row = tx.journeys.get(asked.journey_id)
        recipe = Recipe.model_validate(row.recipe) if recipe is None else recipe
    standing = whole(tx, recipe if recipe is not None else asked.whole)
    return asked.model_copy(update={"recipe": standing, "path": path_of(tx, standing)})


def _check_nothing_is_sent(asked: JobParams) -> None:
    needed = {need.type for need in asked.needs().values()}
    if "sent" in needed:
        raise BadParams(
            "nothing says which picture is to be looked for",
            pointer="#/photo_id",
            remedy="Name a photograph, or send a picture to POST /models/{id}/projections.",
        )
    if "mask" in needed:
        raise BadParams(
            "there is no mask here",
            pointer="#/mask",
            remedy="Send it to POST /models/{id}/projections; it is told there by itself.",
        )


def host(tx: Tx) -> Mapping[str, Any]:
    """Give what the workers have measured of their machines; the one seen last wins."""
    merged: dict[str, Any] = {}
    for worker in sorted(tx.workers.seen(within_s=MEASURED_S, role="worker"), key=lambda worker: worker.seen_at):
        merged |= worker.facts
    return merged


def request_hash(asked: JobParams) -> str:
    """Hash a request by its meaning, so that a key cannot be used again for another."""
    return hashlib.sha256(json.dumps(asked.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def _facts(tx: Tx, need: Need) -> Mapping[str, Any]:
    return _FACTS[need.type](tx, need.id)


def _dataset_facts(tx: Tx, dataset_id: UUID) -> Mapping[str, Any]:
    tx.datasets.check_whole(dataset_id)
    counts = tx.datasets.counts_of([dataset_id]).get(dataset_id, {})
    views = tx.datasets.usable_views_of([dataset_id]).get(dataset_id, 0)
    squares = tx.labels.squares(dataset_id)
    return {
        "usable_views": views,
        "photos": counts.get("ready", 0) + counts.get("repaired", 0),
        "labels": len(squares) if squares.keys() - {REST} else 0,
        "small_labels": [name for name, count in squares.items() if count < FEW],
    }


def model_facts(tx: Tx, model_id: UUID) -> Mapping[str, Any]:
    """Give what a job is told of a model. Raises: NotFound."""
    model = tx.models.get(model_id)
    told = {"resolution": model.resolution, "size_bytes": model.size_bytes, "line": tx.models.line(model_id)}
    return {**model.facts, **told}


def _archive_facts(tx: Tx, archive_id: UUID) -> Mapping[str, Any]:
    archive = tx.archives.get(archive_id)
    if not archive.key:
        raise Conflict("All of this archive was read, and its file was let go.", remedy="Upload it again.")
    return {"size_bytes": archive.size_bytes, "filename": archive.filename}


def _model_file_facts(tx: Tx, file_id: UUID) -> Mapping[str, Any]:
    file = tx.model_files.get(file_id)
    if not (file.key or (file.url and not file.model_id)):
        what = "A model was made of this file" if file.model_id else "This file came to nothing"
        raise Conflict(f"{what}, and its bytes were let go.", remedy="Send the file again to POST /models.")
    return {"size_bytes": file.size_bytes, "filename": file.filename, "url": file.url}


def _index_facts(tx: Tx, dataset_id: UUID) -> Mapping[str, Any]:
    tx.datasets.get(dataset_id)
    counts = tx.datasets.counts(dataset_id)
    return {
        "photos": sum(counts[state] for state in SEEN),
        "unlooked": tx.features.unlooked(dataset_id),
        "unfocused": tx.features.unfocused(dataset_id),
    }


def _map_facts(tx: Tx, dataset_id: UUID) -> Mapping[str, Any]:
    """Count what is to be laid out; what is on the map already may have been withdrawn since, and is then less."""
    tx.datasets.get(dataset_id)
    photos = tx.maps.looked(dataset_id)
    if not photos:
        raise Conflict(
            "Nobody has looked at the photographs of this archive yet, or there are none.",
            remedy='POST /jobs with {"kind": "index"} and the same dataset_id first.',
        )
    there, samples = tx.maps.get(dataset_id), min(tx.maps.how_many_samples(dataset_id), MOST_SAMPLES)
    seen = tx.maps.seen_samples(dataset_id)
    placed = min(there.photos, photos) + min(there.samples, samples) if there is not None else 0
    return {"photos": photos, "samples": samples, "placed": placed, "unlooked": max(samples - seen, 0)}


def _squares_facts(tx: Tx, dataset_id: UUID) -> Mapping[str, Any]:
    """Count what is to be looked at; of samples all, where photographs have come or gone since they were compared."""
    by, unsketched = tx.tracing.calibration(dataset_id), tx.tracing.unsketched(dataset_id, version=SKETCH_VERSION)
    same = by is not None and not unsketched and by.photos == tx.tracing.sketched(dataset_id, version=SKETCH_VERSION)
    samples = tx.tracing.count_unseen(dataset_id, by=by.id if by is not None and same else None)
    return {"unsketched": unsketched, "samples": samples}


def _originals_facts(tx: Tx, model_id: UUID) -> Mapping[str, Any]:
    dataset_id = tx.models.get(model_id).dataset_id
    by = tx.tracing.calibration(dataset_id) if dataset_id is not None else None
    there = dataset_id is not None and dataset_id in tx.datasets.names()
    return {
        "dataset": str(dataset_id) if there else None,
        "photos": by.photos if by is not None else None,
        "calibrated": by is not None and by.steps is not None,
    }


def _gathered_facts(tx: Tx, dataset_id: UUID) -> Mapping[str, Any]:
    tx.datasets.get(dataset_id)
    raise Conflict(
        "Photographs are gathered into a new dataset alone.", remedy="POST /datasets with from makes it, and this job."
    )


def _moments_facts(tx: Tx, training_id: UUID) -> Mapping[str, Any]:
    training, moments = tx.jobs.get(training_id), tx.models.of_job(training_id)
    if training.kind != "train":
        raise BadParams("this job is no training", pointer="#/training_id", remedy="Give the id of a train job.")
    if not moments:
        raise Conflict("This training has kept no moment.", remedy="There is nothing to measure.")
    missing = unmeasured(moments)
    if not missing:
        raise Conflict("All moments of this training are measured.", remedy="There is nothing left to measure.")
    if training.dataset_id not in tx.datasets.names():
        raise Conflict(
            "The archive of this training was deleted: its moments cannot be compared with it any more.",
            remedy="Choose between pairs of them instead.",
        )
    drawn = sum(lacks(model, "kernel") for model in missing)
    return {"drawn": drawn, "pictures": training.params.get("measure_pictures") or PICTURES}


def _photo_facts(tx: Tx, photo_id: UUID) -> Mapping[str, Any]:
    photo = tx.photos.get(photo_id)
    if photo.clean_key is None:
        raise Conflict(
            f"There is no picture of this photograph: it is {photo.state}.", remedy="Choose one that is in an archive."
        )
    return {"width": photo.width, "height": photo.height}


def _clean_photo_facts(tx: Tx, photo_id: UUID) -> Mapping[str, Any]:
    photo = tx.photos.get(photo_id)
    if photo.small_key is not None and photo.image_key is None:
        raise Conflict(
            "This photograph has not been looked at in its full size yet.",
            remedy="Open it once (GET /photos/{id}/image), then ask again.",
        )
    facts = _photo_facts(tx, photo_id)
    shrunk = min(1.0, PHOTO_SIDE / max(facts["width"], facts["height"], 1))
    return {side: max(1, round(facts[side] * shrunk)) for side in ("width", "height")}


def _drawn_facts(tx: Tx, sample_id: UUID) -> Mapping[str, Any]:
    sample = tx.samples.get(sample_id)
    return {"width": sample.width, "height": sample.height}


def _enlarger_facts(tx: Tx, enlarger_id: UUID) -> Mapping[str, Any]:
    found = tx.enlargements.enlarger(enlarger_id)
    return {"architecture": dict(found.architecture), "size_bytes": found.size_bytes}


def _learnt_from_facts(tx: Tx, model_id: UUID) -> Mapping[str, Any]:
    dataset_id = tx.models.get(model_id).dataset_id
    counts = tx.datasets.counts_of([dataset_id]).get(dataset_id, {}) if dataset_id is not None else {}
    return {"photos": counts.get("ready", 0) + counts.get("repaired", 0)}


def _no_facts(tx: Tx, id: UUID) -> Mapping[str, Any]:
    return {}


def _sample_facts(tx: Tx, sample_id: UUID) -> Mapping[str, Any]:
    return {"recipe": tx.samples.get(sample_id).recipe}


def _direction_facts(tx: Tx, direction_id: UUID) -> Mapping[str, Any]:
    tx.directions.get(direction_id)
    return {}


_FACTS = {
    "sample": _sample_facts,
    "direction": _direction_facts,
    "moments": _moments_facts,
    "named": _no_facts,
    "learnt_from": _learnt_from_facts,
    "photo": _photo_facts,
    "clean_photo": _clean_photo_facts,
    "drawn": _drawn_facts,
    "enlarger": _enlarger_facts,
    "sent": _no_facts,
    "mask": _no_facts,
    "gathered": _gathered_facts,
    "index": _index_facts,
    "map": _map_facts,
    "echoes": echoes_facts,
    "film": _no_facts,
    "squares": _squares_facts,
    "originals": _originals_facts,
    "pack": pack_facts,
    "dataset": _dataset_facts,
    "model": model_facts,
    "archive": _archive_facts,
    "model_file": _model_file_facts,
    "sound": sound_facts,
    "soundtrack": soundtrack_facts,
    "composer": _no_facts,
}


def _pin(tx: Tx, need: Need) -> Mapping[str, Any]:
    match need.type:
        case "dataset":
            dataset = tx.datasets.get(need.id)
            pinned = {"id": str(need.id), "revision": dataset.revision}
            return pinned | ({"aspect": dataset.aspect} if dataset.aspect else {})
        case "model":
            return {"id": str(need.id), "hash": tx.models.get(need.id).hash}
        case _:
            return {"id": str(need.id)}


def _dataset(tx: Tx, needs: Mapping[str, Need]) -> UUID | None:
    for need in needs.values():
        match need.type:
            case "dataset" | "index" | "map" | "gathered":
                return need.id
            case "model":
                return tx.models.get(need.id).dataset_id
            case "moments" | "echoes":
                return tx.jobs.get(need.id).dataset_id
            case "archive":
                return tx.archives.get(need.id).dataset_id
    return None
