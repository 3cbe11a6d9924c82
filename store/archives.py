"""Archives: what a person uploaded, as it came."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from jobs.ids import new_id
from store import tables as t
from store.names import one_of
from store.rows import Archive
from store.types import now

_LONGEST = 255


class Archives:
    """The table `archives`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        dataset_id: UUID,
        filename: str,
        size_bytes: int,
        sha256: str,
        key: str | None,
        job_id: UUID,
        id: UUID | None = None,
    ) -> Archive:
        """Name a received archive, whose file lies at `key`, if it is one, and the job that will read it.

        Waits where the dataset is being framed anew: the job would not yet see how.
        """
        framed = sa.select(t.datasets.c.id).where(t.datasets.c.id == dataset_id).with_for_update(read=True)
        self._connection.execute(framed)
        archive_id = id or new_id()
        self._connection.execute(
            sa.insert(t.archives).values(
                id=archive_id,
                dataset_id=dataset_id,
                filename=filename[-_LONGEST:],  # the end tells what it is
                size_bytes=size_bytes,
                sha256=sha256,
                key=key,
                state="received",
                job_id=job_id,
                created_at=now(),
            )
        )
        return self.get(archive_id)

    def get(self, archive_id: UUID) -> Archive:
        """Read an archive; NotFound without one."""
        query = sa.select(t.archives).where(t.archives.c.id == archive_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no archive {archive_id}.")
        return Archive(**row)

    def of_dataset(self, dataset_id: UUID) -> list[Archive]:
        """List a dataset's archives as they came."""
        query = sa.select(t.archives).where(t.archives.c.dataset_id == dataset_id).order_by(t.archives.c.id)
        return [Archive(**row) for row in self._connection.execute(query).mappings()]

    def set_state(self, archive_id: UUID, state: str, *, reason: str | None = None) -> None:
        """Say how the reading of an archive ended: ready, or refused and why."""
        values = {"state": one_of("state", state, t.ARCHIVE_STATES), "reason": reason}
        self._connection.execute(sa.update(t.archives).where(t.archives.c.id == archive_id).values(**values))

    def set_size(self, archive_id: UUID, size_bytes: int) -> None:
        """Say how many bytes the files have that an archive is made of."""
        self._connection.execute(
            sa.update(t.archives).where(t.archives.c.id == archive_id).values(size_bytes=size_bytes)
        )
