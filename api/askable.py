"""Trainings that can be asked for echoes: which of their moments are looked at, and what a job is told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from jobs.errors import BadParams, Conflict, NotFound
from kinds.echoes.cost import key_of
from kinds.echoes.moments import chosen
from kinds.export.params import MOST_PICTURES
from store.echoes import TRAIN
from store.packs import favourites_of
from store.rows import Job, Model
from store.tx import Tx


def training_of(tx: Tx, training_id: UUID) -> Job:
    """Read a training. Raises: NotFound, also for a job of another kind."""
    job = tx.jobs.get(training_id)
    if job.kind != TRAIN:
        raise NotFound(f"Job {training_id} is no training.", remedy="GET /jobs?kind=train lists all of them.")
    return job


def askable(tx: Tx, job: Job) -> tuple[UUID, list[Model]]:
    """Give the archive of a training, and those of its moments that are to be looked at, by step. Raises: Conflict."""
    if job.dataset_id is None or job.dataset_id not in tx.datasets.names():
        raise Conflict(
            "The archive of this training was deleted, and its photographs with it.",
            remedy="What is not kept cannot be compared.",
        )
    models = {model.step: model for model in tx.models.of_job(job.id) if model.step is not None}
    if not any(step > 0 for step in models):
        raise Conflict(
            "This training has kept no moment at which it has learnt something.",
            remedy="Wait for the next one, or train longer.",
        )
    return job.dataset_id, [models[step] for step in chosen(sorted(models))]


def revision_of(job: Job) -> int | None:
    """Give the revision of the dataset that a training saw; None of one that pinned none."""
    found = (job.pins.get("dataset") or {}).get("revision")
    return None if found is None else int(found)


def echoes_facts(tx: Tx, training_id: UUID) -> Mapping[str, Any]:
    """Count the moments that are looked at, and which of them are known already, by what was drawn.

    Raises: NotFound; BadParams, for a job that is no training; Conflict, where there is nothing to compare.
    """
    from kinds.index.files import VERSION  # NumPy is loaded once somebody asks

    training = tx.jobs.get(training_id)
    if training.kind != TRAIN:
        raise BadParams("this job is no training", pointer="#/training_id", remedy="Give the id of a train job.")
    dataset_id, moments = askable(tx, training)
    photos = len(tx.echoes.compared(dataset_id, revision=revision_of(training)))
    if not photos:
        raise Conflict(
            "Nobody has looked at the photographs that this training saw, or none of them is there any more.",
            remedy=f'POST /jobs with {{"kind": "index", "dataset_id": "{dataset_id}"}} first.',
        )
    there = {(model.step, model.hash) for model in moments}
    rows = [row for row in tx.echoes.of_training(training_id) if (row.step, row.hash) in there]
    whole = Counter(key_of(*row.drawn) for row in rows if row.version == VERSION and row.photos >= photos)
    resolution = max(model.resolution for model in moments)
    return {"moments": len(moments), "known": dict(whole), "photos": photos, "resolution": resolution}


def pack_facts(tx: Tx, model_id: UUID) -> Mapping[str, Any]:
    """Count the favourites and the bytes of films that go into a heirloom pack by themselves. Raises: NotFound."""
    favourites = tx.samples.ids(favourites_of(tx.models.get(model_id)), limit=MOST_PICTURES, cursor=None)
    films = tx.packs.films(model_id, None)
    return {"favourites": len(favourites.items), "films": sum(film.size_bytes for film in films)}
