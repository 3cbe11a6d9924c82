"""Resume points: one for each job, the newest that is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import sqlalchemy as sa

from store import tables as t
from store.jobs import Jobs
from store.rows import ResumePointRow
from store.types import now


class ResumePoints:
    """The table `resume_points`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def put(self, job_id: UUID, attempt: int, *, step: int, files: Mapping[str, str], size_bytes: int) -> None:
        """Name a newer resume point; the files of the one before go with the commit.

        A job that has got further is forgiven its crashes. One that is not newer changes nothing, and its files go.
        Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        self._jobs.hold(job_id, attempt)
        before = self.get(job_id)
        if before is not None and before.step >= step:
            self._discard(*set(files.values()).difference(before.files.values()))
            return
        if before is not None:
            self._discard(*set(before.files.values()).difference(files.values()))
        self._connection.execute(sa.delete(t.resume_points).where(t.resume_points.c.job_id == job_id))
        values = {"step": step, "attempt": attempt, "files": dict(files), "size_bytes": size_bytes}
        self._connection.execute(sa.insert(t.resume_points).values(job_id=job_id, created_at=now(), **values))
        self._jobs.got_further(job_id)

    def get(self, job_id: UUID) -> ResumePointRow | None:
        """Read a job's resume point, if it has one."""
        query = sa.select(t.resume_points).where(t.resume_points.c.job_id == job_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else ResumePointRow(**row)

    def drop(self, job_id: UUID) -> None:
        """Forget a job's resume point; its files go with the commit."""
        found = self.get(job_id)
        if found is not None:
            self._connection.execute(sa.delete(t.resume_points).where(t.resume_points.c.job_id == job_id))
            self._discard(*found.files.values())
