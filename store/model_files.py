"""Model files: what a person brought from outside, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from jobs.ids import new_id
from jobs.state import ENDED
from store import tables as t
from store.datasets import ACTIVE
from store.rows import ModelFile
from store.types import now

_LONGEST = 255


class ModelFiles:
    """The table `model_files`."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    def add(
        self, *, filename: str, size_bytes: int, sha256: str, key: str, job_id: UUID, id: UUID | None = None
    ) -> ModelFile:
        """Name a received file, which lies at `key`, and the job that will read it."""
        file_id = id or new_id()
        self._connection.execute(
            sa.insert(t.model_files).values(
                id=file_id,
                filename=filename[-_LONGEST:],  # the end tells what it is
                size_bytes=size_bytes,
                sha256=sha256,
                key=key,
                job_id=job_id,
                created_at=now(),
            )
        )
        return self.get(file_id)

    def get(self, file_id: UUID) -> ModelFile:
        """Read a file's row; NotFound without one."""
        query = sa.select(t.model_files).where(t.model_files.c.id == file_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no model file {file_id}.")
        return ModelFile(**row)

    def same(self, sha256: str) -> ModelFile | None:
        """Find a file of the same bytes that is a model now, or is being made one."""
        files, jobs, models = t.model_files, t.jobs, t.models
        query = (
            sa.select(files)
            .join(jobs, jobs.c.id == files.c.job_id)
            .outerjoin(models, models.c.id == files.c.model_id)
            .where(files.c.sha256 == sha256, models.c.id.is_not(None) | jobs.c.state.in_(ACTIVE))
            .order_by(files.c.id)
            .limit(1)
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else ModelFile(**row)

    def became(self, file_id: UUID, model_id: UUID) -> None:
        """Say what a file has become; its bytes go with the commit."""
        self._discard(self.get(file_id).key)
        self._set(t.model_files.c.id == file_id, model_id=model_id, key=None)

    def let_go(self, *, older_than_s: float) -> int:
        """Let go of the bytes of files whose job ended without a model longer ago than this; return how many."""
        files, jobs = t.model_files, t.jobs
        ended = jobs.c.state.in_(sorted(ENDED)) & (jobs.c.ended_at < now() - timedelta(seconds=older_than_s))
        query = sa.select(files.c.id, files.c.key).join(jobs, jobs.c.id == files.c.job_id)
        found = self._connection.execute(query.where(files.c.key.is_not(None), ended)).all()
        self._discard(*(key for _, key in found))
        if found:
            self._set(files.c.id.in_([id for id, _ in found]), key=None)
        return len(found)

    def _set(self, which: sa.ColumnElement[bool], **values: UUID | None) -> None:
        self._connection.execute(sa.update(t.model_files).where(which).values(**values))
