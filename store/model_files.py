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
from store.database import lock_published
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
        self,
        *,
        filename: str,
        job_id: UUID,
        size_bytes: int | None = None,
        sha256: str | None = None,
        key: str | None = None,
        published_id: str | None = None,
        url: str | None = None,
        id: UUID | None = None,
    ) -> ModelFile:
        """Name a received file, which lies at `key`, or one to be fetched from `url`, and the job that will read it."""
        file_id = id or new_id()
        self._connection.execute(
            sa.insert(t.model_files).values(
                id=file_id,
                filename=filename[-_LONGEST:],  # the end tells what it is
                size_bytes=size_bytes,
                sha256=sha256,
                published_id=published_id,
                url=url,
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

    def made(self, sha256: str) -> UUID | None:
        """Find the model that was made of a file with these bytes."""
        files, models = t.model_files, t.models
        query = sa.select(models.c.id).join(files, models.c.id == files.c.model_id).where(files.c.sha256 == sha256)
        return self._connection.execute(query.limit(1)).scalar_one_or_none()

    def known(self) -> dict[str, str]:
        """Name every model that was made of a file, by the file's SHA-256."""
        files, models = t.model_files, t.models
        query = sa.select(files.c.sha256, models.c.name).join(models, models.c.id == files.c.model_id)
        return {row.sha256: row.name for row in self._connection.execute(query)}

    def lock_published(self, entry_id: str) -> None:
        """Keep others from bringing an entry of the catalogue until the commit."""
        lock_published(self._connection, entry_id)

    def of_published(self) -> dict[str, ModelFile]:
        """Find, for each entry of the catalogue that was ever asked for, the file that is a model now, or the last."""
        files, models = t.model_files, t.models
        query = (
            sa.select(files)
            .outerjoin(models, models.c.id == files.c.model_id)
            .where(files.c.published_id.is_not(None))
            .order_by(models.c.id.is_not(None), files.c.id)
        )
        rows = self._connection.execute(query).mappings()
        return {row["published_id"]: ModelFile(**row) for row in rows}

    def became(self, file_id: UUID, model_id: UUID, *, size_bytes: int, sha256: str) -> None:
        """Say what a file has become, and what it was; its bytes go with the commit."""
        self._discard(self.get(file_id).key)
        which = t.model_files.c.id == file_id
        self._set(which, model_id=model_id, key=None, size_bytes=size_bytes, sha256=sha256)

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

    def _set(self, which: sa.ColumnElement[bool], **values: UUID | int | str | None) -> None:
        self._connection.execute(sa.update(t.model_files).where(which).values(**values))
