"""Artifacts: files that a job made beside models and samples, such as the sheet of each snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from store import tables as t
from store.jobs import Jobs
from store.rows import ArtifactRow, columns


class Artifacts:
    """The table `artifacts`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def add(self, artifact: ArtifactRow) -> ArtifactRow:
        """Add an artifact; give back the one that counts.

        One of the same job, type and step with the same bytes stays, and the new file goes; with other bytes the
        latest attempt wins, under its own id: what an id names never changes.
        Raises: StaleAttempt, unless the job is running at `artifact.attempt`.
        """
        self._jobs.hold(artifact.job_id, artifact.attempt)
        found = self._same_place(artifact) if artifact.step is not None else None
        if found is not None and found.sha256 == artifact.sha256:
            if found.key != artifact.key:
                self._discard(artifact.key)
            return found
        if found is not None:
            self._connection.execute(sa.delete(t.artifacts).where(t.artifacts.c.id == found.id))
            self._discard(found.key)
        self._connection.execute(sa.insert(t.artifacts).values(**columns(artifact)))
        return self.get(artifact.id)

    def bring(self, artifact: ArtifactRow) -> None:
        """Add what came with a job that waits in the queue."""
        self._connection.execute(sa.insert(t.artifacts).values(**columns(artifact)))

    def drop(self, job_id: UUID, type: str, *, but: UUID | None = None) -> None:
        """Drop a job's artifacts of one type, save for one; their files go with the commit."""
        which = (t.artifacts.c.job_id == job_id) & (t.artifacts.c.type == type)
        which &= t.artifacts.c.id != but if but is not None else sa.true()
        gone = self._connection.execute(sa.delete(t.artifacts).where(which).returning(t.artifacts.c.key))
        self._discard(*gone.scalars())

    def get(self, artifact_id: UUID) -> ArtifactRow:
        """Read an artifact; NotFound without one."""
        query = sa.select(t.artifacts).where(t.artifacts.c.id == artifact_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no artifact {artifact_id}.")
        return ArtifactRow(**row)

    def of_job(self, job_id: UUID, type: str) -> list[ArtifactRow]:
        """List a job's artifacts of one type by step."""
        query = sa.select(t.artifacts).where(t.artifacts.c.job_id == job_id, t.artifacts.c.type == type)
        rows = self._connection.execute(query.order_by(t.artifacts.c.step)).mappings()
        return [ArtifactRow(**row) for row in rows]

    def latest(self, job_id: UUID, type: str) -> ArtifactRow | None:
        """Read a job's artifact of one type at its furthest step, if there is one."""
        query = sa.select(t.artifacts).where(t.artifacts.c.job_id == job_id, t.artifacts.c.type == type)
        row = self._connection.execute(query.order_by(t.artifacts.c.step.desc()).limit(1)).mappings().one_or_none()
        return None if row is None else ArtifactRow(**row)

    def latest_of(self, job_ids: Sequence[UUID], type: str) -> dict[UUID, ArtifactRow]:
        """Read for each of these jobs that has one its artifact of one type at the furthest step."""
        of = t.artifacts.c
        furthest = (
            sa.select(of.job_id, sa.func.max(of.step).label("step"))
            .where(of.job_id.in_(list(job_ids)), of.type == type)
            .group_by(of.job_id)
            .subquery()
        )
        query = sa.select(t.artifacts).join(
            furthest, (of.job_id == furthest.c.job_id) & (of.step == furthest.c.step) & (of.type == type)
        )
        return {row["job_id"]: ArtifactRow(**row) for row in self._connection.execute(query).mappings()}

    def _same_place(self, artifact: ArtifactRow) -> ArtifactRow | None:
        place = t.artifacts.c
        query = sa.select(t.artifacts).where(
            place.job_id == artifact.job_id, place.type == artifact.type, place.step == artifact.step
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else ArtifactRow(**row)
