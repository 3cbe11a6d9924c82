"""Uploads: files that come in pieces, until they are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from jobs.ids import new_id
from store import tables as t
from store.rows import Upload
from store.types import now

_LONGEST = 255


class Uploads:
    """The table `uploads`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, *, filename: str, size_bytes: int, dataset_id: UUID | None, asked: Mapping[str, Any]) -> Upload:
        """Announce a file that will come."""
        upload_id = new_id()
        self._connection.execute(
            sa.insert(t.uploads).values(
                id=upload_id,
                dataset_id=dataset_id,
                filename=filename[-_LONGEST:],
                asked=dict(asked),
                size_bytes=size_bytes,
                created_at=now(),
            )
        )
        return self.get(upload_id)

    def get(self, upload_id: UUID) -> Upload:
        """Read an upload; NotFound without one."""
        query = sa.select(t.uploads).where(t.uploads.c.id == upload_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no upload {upload_id}.", remedy="Begin a new one: POST /uploads.")
        return Upload(**row)

    def done(self, upload_id: UUID, job_id: UUID) -> None:
        """Name the job that reads an upload that is whole."""
        self._connection.execute(sa.update(t.uploads).where(t.uploads.c.id == upload_id).values(job_id=job_id))

    def delete(self, *upload_ids: UUID) -> None:
        """Forget uploads."""
        self._connection.execute(sa.delete(t.uploads).where(t.uploads.c.id.in_(upload_ids)))

    def older_than(self, seconds: float) -> Sequence[UUID]:
        """List what was announced longer ago than this."""
        query = sa.select(t.uploads.c.id).where(t.uploads.c.created_at < now() - timedelta(seconds=seconds))
        return self._connection.execute(query).scalars().all()
