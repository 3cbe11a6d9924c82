"""Samples: generated pictures that were asked for or kept, with their recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams, NotFound
from store import tables as t
from store.database import insert
from store.jobs import Jobs
from store.names import one_of
from store.pages import Order, Page, page_of
from store.rows import Sample, columns

ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "newest": Order(name="samples", columns=[t.samples.c.id]),
        "oldest": Order(name="samples-up", columns=[t.samples.c.id], down=False),
        "best": Order(name="samples-best", columns=[t.samples.c.rating, t.samples.c.id]),
    }
)
MOST_TAGS, LONGEST_TAG = 32, 64


class Samples:
    """The table `samples`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def add_many(self, job_id: UUID, attempt: int, samples: Sequence[Sample]) -> int:
        """Add what a job drew; a picture that is there already (`sample_id(job, position)`) stays as it is.

        Returns how many were new. Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        self._jobs.hold(job_id, attempt)
        if not samples:
            return 0
        statement = insert(self._connection, t.samples).on_conflict_do_nothing().returning(t.samples.c.id)
        return len(self._connection.execute(statement, [columns(sample) for sample in samples]).all())

    def add(self, sample: Sample) -> Sample:
        """Add a picture that no job drew. One with this id already stays as it is, and the files of this one go.

        Raises: Conflict, if its model was deleted meanwhile.
        """
        statement = insert(self._connection, t.samples).on_conflict_do_nothing(index_elements=["id"])
        self._connection.execute(statement, columns(sample))
        kept = self.get(sample.id)
        self._discard(*set(sample.keys).difference(kept.keys))
        return kept

    def get(self, sample_id: UUID) -> Sample:
        """Read a sample; NotFound without one."""
        row = self._connection.execute(sa.select(t.samples).where(t.samples.c.id == sample_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no sample {sample_id}.", remedy="GET /samples lists all of them.")
        return Sample(**row)

    def page(
        self,
        *,
        model_id: UUID | None = None,
        job_id: UUID | None = None,
        dataset_id: UUID | None = None,
        favourite: bool | None = None,
        order: str = "newest",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Sample]:
        """List samples: newest, oldest, or best rated first."""
        query = sa.select(t.samples)
        of = t.samples.c
        for column, wanted in (
            (of.model_id, model_id),
            (of.job_id, job_id),
            (of.dataset_id, dataset_id),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if favourite is not None:
            query = query.where(of.favourite if favourite else ~of.favourite)
        by = ORDERS[one_of("order", order, list(ORDERS))]
        return page_of(self._connection, query, Sample, order=by, limit=limit, cursor=cursor)

    def count(self, job_id: UUID) -> int:
        """Count a job's samples."""
        query = sa.select(sa.func.count()).select_from(t.samples).where(t.samples.c.job_id == job_id)
        return int(self._connection.execute(query).scalar_one())

    def update(
        self,
        sample_id: UUID,
        *,
        favourite: bool | None = None,
        rating: int | None = None,
        tags: Sequence[str] | None = None,
    ) -> Sample:
        """Say what the owner thinks of a sample; what is None stays. Raises: NotFound, BadParams."""
        if rating is not None and not 0 <= rating <= 5:
            raise BadParams(f"A rating is 0 (none) to 5, not {rating}.", pointer="#/rating")
        given = {"favourite": favourite, "rating": rating, "tags": None if tags is None else _checked(tags)}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if values:
            self._connection.execute(sa.update(t.samples).where(t.samples.c.id == sample_id).values(**values))
        return self.get(sample_id)

    def delete(self, sample_id: UUID) -> None:
        """Delete a sample; its files go with the commit."""
        sample = self.get(sample_id)
        self._connection.execute(sa.delete(t.samples).where(t.samples.c.id == sample_id))
        self._discard(*sample.keys)


def _checked(tags: Sequence[str]) -> list[str]:
    """Give tags without space around them, each once, in their order."""
    clean = list(dict.fromkeys(tag.strip() for tag in tags))
    if len(clean) > MOST_TAGS or any(not 1 <= len(tag) <= LONGEST_TAG for tag in clean):
        raise BadParams(f"A sample has up to {MOST_TAGS} tags of 1 to {LONGEST_TAG} characters.", pointer="#/tags")
    return clean
