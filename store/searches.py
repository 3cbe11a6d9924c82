"""Searches: what `project` jobs have looked for in models' spaces, and have found."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict
from jobs.state import State
from store import sample_tables as s
from store import tables as t
from store.artifacts import Artifacts
from store.rows import Job
from store.samples import Samples
from store.types import now

KIND = "project"
# Artifacts: what was found so far; the picture that was sent to be looked for, and what of it counts.
PREVIEW, SENT, MASK = "preview", "sent", "mask"


class Searches:
    """Jobs of one kind, with their samples and artifacts."""

    def __init__(self, connection: sa.Connection, *, samples: Samples, artifacts: Artifacts) -> None:
        self._connection = connection
        self._samples = samples
        self._artifacts = artifacts

    def forget(self, photo_ids: Collection[UUID]) -> None:
        """Delete what was found of these photos: it was made to be as like them as can be."""
        wanted = {str(photo_id) for photo_id in photo_ids}
        query = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind == KIND)
        for job in self._connection.execute(query).all():
            if job.params.get("photo_id") in wanted:
                found = sa.select(s.samples.c.id).where(s.samples.c.job_id == job.id)
                self._samples.delete_many(self._connection.execute(found).scalars().all())
                self._artifacts.drop(job.id, PREVIEW)
                self._artifacts.drop(job.id, MASK)

    def found(self, photo_id: UUID, model_id: UUID) -> UUID | None:
        """Name the latest sample that was found for a photo in a model, if there is one."""
        of, job = s.samples.c, t.jobs.c
        query = sa.select(of.id, job.params).join(t.jobs, job.id == of.job_id)
        query = query.where(job.kind == KIND, of.model_id == model_id).order_by(of.id.desc())
        rows = self._connection.execute(query)
        return next((row.id for row in rows if row.params.get("photo_id") == str(photo_id)), None)

    def ended(self, job_id: UUID) -> None:
        """Let go of what was sent, a picture and a mask, once nobody looks for it any more."""
        for type in (SENT, MASK):
            self._artifacts.drop(job_id, type)

    def let_go(self, *, older_than_s: float) -> None:
        """Let go of what was sent for jobs that failed longer ago than this: nobody has retried them."""
        old = now() - timedelta(seconds=older_than_s)
        sent = sa.select(t.artifacts.c.job_id).join(t.jobs, t.jobs.c.id == t.artifacts.c.job_id)
        failed = (t.jobs.c.state == State.FAILED) & (t.jobs.c.ended_at < old)
        of_type = t.artifacts.c.type.in_((SENT, MASK))
        for job_id in self._connection.execute(sent.where(of_type, failed).distinct()).scalars().all():
            self.ended(job_id)

    def check_retry(self, job: Job) -> None:
        """Refuse to look again for what was let go of. Raises: Conflict."""
        if job.kind != KIND:
            return
        needed = [
            type for type, sent in ((SENT, not job.params.get("photo_id")), (MASK, job.params.get("mask"))) if sent
        ]
        if not all(self._artifacts.of_job(job.id, type) for type in needed):
            raise Conflict(
                "What was sent for it was let go of: this job failed long ago.",
                remedy="Send it again to POST /models/{id}/projections.",
            )
