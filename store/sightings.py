"""Sightings: which trainings have looked at a photo, and what has come of them since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from store import tables as t
from store.datasets import ACTIVE, USABLE
from store.lists import pieces
from store.rows import Job, Model, Photo

TRAIN = "train"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A training that has looked at a photo, or will. `last` is its last model that is still here, of `models`.

    `learnt_on`: it has not looked at the photo itself, but learnt on from a model of one that has.
    """

    job: Job
    models: int
    last: Model | None
    learnt_on: bool


class Sightings:
    """Reads `photos`, `photo_changes`, `jobs` and `models`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, dataset_id: UUID, photos: Sequence[Photo]) -> list[Sighting]:
        """List the trainings that saw any of these photos of a dataset, then those that learnt on from them.

        Each list goes from old to new. A photo that was withdrawn since was seen all the same. A training that left
        nothing behind is none.
        """
        histories = self._histories([photo.id for photo in photos])
        trainings = self._trainings(t.jobs.c.dataset_id == dataset_id)
        looked = [job for job in trainings if any(_saw(job, photo, histories.get(photo.id, ())) for photo in photos)]
        found = {job.id: self._sighting(job, learnt_on=False) for job in looked}
        coming = list(found)
        while coming:
            learnt = self._learnt(coming)
            later = [job for job in self._trainings(t.jobs.c.model_id.is_not(None)) if job.model_id in learnt]
            later = [job for job in later if job.id not in found]
            found |= {job.id: self._sighting(job, learnt_on=True) for job in later}
            coming = [job.id for job in later]
        return [one for one in found.values() if one.models or one.job.state in ACTIVE]

    def _learnt(self, job_ids: Sequence[UUID]) -> set[UUID]:
        """Name the models of some trainings, those that were deleted since among them: their story names them."""
        models = sa.select(t.models.c.id).where(t.models.c.job_id.in_(job_ids), t.models.c.step > 0)
        told = sa.select(t.events.c.body).where(t.events.c.job_id.in_(job_ids), t.events.c.type == "snapshot")
        once = {UUID(body["model_id"]) for body in self._connection.execute(told).scalars() if body["step"] > 0}
        return once.union(self._connection.execute(models).scalars())

    def _histories(self, photo_ids: Sequence[UUID]) -> dict[UUID, list[tuple[int, str]]]:
        """List what each photo was before each of its changes: (revision of the change, state), oldest first."""
        changes = t.photo_changes.c
        query = sa.select(changes.photo_id, changes.revision, changes.before).order_by(changes.revision)
        found: dict[UUID, list[tuple[int, str]]] = {}
        for ids in pieces(photo_ids):
            for photo_id, revision, before in self._connection.execute(query.where(changes.photo_id.in_(ids))):
                found.setdefault(photo_id, []).append((revision, before))
        return found

    def _trainings(self, condition: sa.ColumnElement[bool]) -> list[Job]:
        query = sa.select(t.jobs).where(t.jobs.c.kind == TRAIN, condition).order_by(t.jobs.c.id)
        return [Job(**row) for row in self._connection.execute(query).mappings()]

    def _sighting(self, job: Job, *, learnt_on: bool) -> Sighting:
        learnt = sa.select(t.models).where(t.models.c.job_id == job.id, t.models.c.step > 0)  # step 0 is the base
        rows = self._connection.execute(learnt.order_by(t.models.c.step)).mappings().all()
        return Sighting(job=job, models=len(rows), last=Model(**rows[-1]) if rows else None, learnt_on=learnt_on)


def _saw(job: Job, photo: Photo, history: Sequence[tuple[int, str]]) -> bool:
    revision = (job.pins.get("dataset") or {}).get("revision")
    if revision is None or photo.revision > revision:
        return False
    return next((before for at, before in history if at > revision), photo.state) in USABLE
