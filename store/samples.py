"""Samples: generated pictures that were asked for or kept, with their recipes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import BadParams, NotFound
from jobs.originality import level
from jobs.recipe import recipe_hash
from store import enlarge_tables as e
from store import sample_tables as s
from store import tables as t
from store.browsing import EVERYTHING, Overview, named, overview, page, tagged, there
from store.database import insert
from store.jobs import Jobs
from store.lists import pieces
from store.pages import Page
from store.rows import Sample, columns
from store.shelves import MOST_STARS, Wanted
from store.tags import Tags


class Samples:
    """The table `samples`."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        jobs: Jobs,
        tags: Tags,
        discard: Callable[..., None],
        gone: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._gone = gone
        self._jobs = jobs
        self._tags = tags
        self._discard = discard

    def add_many(self, job_id: UUID, attempt: int, samples: Sequence[Sample]) -> int:
        """Add what a job drew; a picture that is there already (`sample_id(job, position)`) stays as it is.

        Returns how many were new. Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        self._jobs.hold(job_id, attempt)
        if not samples:
            return 0
        statement = insert(self._connection, s.samples).on_conflict_do_nothing().returning(s.samples.c.id)
        new = set(self._connection.execute(statement, self.rows(samples)).scalars())
        self._level([sample for sample in samples if sample.id in new])
        return len(new)

    def rows(self, samples: Sequence[Sample]) -> list[dict[str, Any]]:
        """Give the columns of samples that are to be added, with what is known of them beside."""
        query = sa.select(t.models.c.id, t.models.c.job_id)
        models = query.where(t.models.c.id.in_({sample.model_id for sample in samples}))
        trainings: dict[UUID, UUID | None] = {row.id: row.job_id for row in self._connection.execute(models)}
        return [
            {name: value for name, value in columns(sample).items() if name != "tags"}
            | {"training_id": trainings.get(sample.model_id), "recipe_hash": recipe_hash(sample.recipe)}
            for sample in samples
        ]

    def add(self, sample: Sample) -> Sample:
        """Add a picture that no job drew. One with this id already stays as it is, and the files of this one go.

        Raises: Conflict, if its model was deleted meanwhile.
        """
        statement = insert(self._connection, s.samples).on_conflict_do_nothing(index_elements=["id"])
        self._connection.execute(statement, self.rows([sample]))
        self._level([sample])
        kept = self.get(sample.id)
        self._discard(*set(sample.keys).difference(kept.keys))
        return kept

    def get(self, sample_id: UUID) -> Sample:
        """Read a sample; NotFound without one."""
        (sample,) = self.some([sample_id])
        return sample

    def some(self, sample_ids: Collection[UUID]) -> list[Sample]:
        """Read samples, in the order of these ids. Raises: NotFound, for one that is not there."""
        found = self.there(sample_ids)
        _check_all(sample_ids, {sample.id for sample in found})
        return found

    def there(self, sample_ids: Collection[UUID]) -> list[Sample]:
        """Read those of these samples that are there, in the order of their ids here."""
        return [sample for ids in pieces(sample_ids) for sample in there(self._connection, ids)]

    def page(self, wanted: Wanted = EVERYTHING, *, limit: int = 50, cursor: str | None = None) -> Page[Sample]:
        """List samples. Raises: BadParams; Rejected, for a cursor of another order."""
        return page(self._connection, wanted, limit=limit, cursor=cursor)

    def overview(self, wanted: Wanted, *, every: int) -> Overview:
        """Look at a list of samples from afar, in pages of `every`. Raises: BadParams."""
        return overview(self._connection, wanted, every=every)

    def ids(self, wanted: Wanted, *, limit: int, cursor: str | None = None) -> Page[UUID]:
        """Name samples of a list, in its order. Raises: BadParams; Rejected, for a cursor of another order."""
        return named(self._connection, wanted, limit=limit, cursor=cursor)

    def count(self, job_id: UUID) -> int:
        """Count a job's samples."""
        query = sa.select(sa.func.count()).select_from(s.samples).where(s.samples.c.job_id == job_id)
        return int(self._connection.execute(query).scalar_one())

    def last(self, job_id: UUID) -> int | None:
        """Give the position of the last of a job's samples, if it has any."""
        query = sa.select(sa.func.max(s.samples.c.position)).where(s.samples.c.job_id == job_id)
        found: int | None = self._connection.execute(query).scalar_one()
        return found

    def drawn_from(self, recipe: Mapping[str, Any]) -> Sample | None:
        """Find the sample that was drawn from a recipe, first come; wherever else the recipe says that it was."""
        wanted = recipe_hash(recipe)
        if wanted is None:
            return None
        query = sa.select(s.samples).where(s.samples.c.recipe_hash == wanted).order_by(s.samples.c.id)
        row = self._connection.execute(query.limit(1)).mappings().one_or_none()
        return tagged(self._connection, [Sample(**row)])[0] if row is not None else None

    def hold(self, sample_ids: Collection[UUID]) -> None:
        """Keep samples from being changed by others until the commit. Raises: NotFound, for one that is not there.

        They are locked in the order of their ids, so that two who hold many do not wait for each other.
        """
        there: set[UUID] = set()
        for ids in pieces(sorted(sample_ids)):
            query = sa.select(s.samples.c.id).where(s.samples.c.id.in_(ids)).order_by(s.samples.c.id)
            there.update(self._connection.execute(query.with_for_update()).scalars())
        _check_all(sample_ids, there)

    def update(
        self,
        sample_id: UUID,
        *,
        favourite: bool | None = None,
        rating: int | None = None,
        tags: Sequence[str] | None = None,
    ) -> Sample:
        """Say what the owner thinks of a sample; what is None stays. Raises: NotFound, BadParams."""
        self.mark([sample_id], favourite=favourite, rating=rating)
        if tags is not None:
            self._tags.put(sample_id, tags)
        return self.get(sample_id)

    def mark(
        self,
        sample_ids: Collection[UUID],
        *,
        favourite: bool | None = None,
        rating: int | None = None,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
    ) -> None:
        """Say what the owner thinks of some samples, all of it or nothing. Raises: NotFound, BadParams."""
        if rating is not None and not 0 <= rating <= MOST_STARS:
            raise BadParams(f"A rating is 0 (none) to {MOST_STARS}, not {rating}.", pointer="#/rating")
        self.hold(sample_ids)
        given = {"favourite": favourite, "rating": rating}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        for ids in pieces(sample_ids) if values else ():
            for column in s.COPIES:
                self._connection.execute(sa.update(column.table).where(column.in_(ids)).values(**values))
        if add_tags or remove_tags:
            self._tags.change(sample_ids, add=add_tags, remove=remove_tags)

    def _level(self, samples: Sequence[Sample]) -> None:
        """Put samples that are new beside others of their level."""
        rows = [
            {
                "level": level(sample.nearness),
                "sample_id": sample.id,
                **{name: getattr(sample, name) for name in s.MARKS},
            }
            for sample in samples
        ]
        if rows:
            self._connection.execute(insert(self._connection, s.sample_levels).on_conflict_do_nothing(), rows)

    def delete(self, sample_id: UUID) -> None:
        """Delete a sample; its files go with the commit. Raises: NotFound."""
        self.delete_many([sample_id])

    def delete_many(self, sample_ids: Collection[UUID]) -> None:
        """Delete samples, all or none; their files go with the commit. Raises: NotFound, for one that is not there."""
        self.hold(sample_ids)
        tags = set(self._tags.of(sample_ids))
        for ids in pieces(sample_ids):
            keys = sa.select(s.samples.c.image_key, s.samples.c.thumb_key).where(s.samples.c.id.in_(ids))
            large = sa.select(e.enlargements.c.key, e.enlargements.c.view_key).where(
                e.enlargements.c.sample_id.in_(ids)
            )
            self._discard(*(key for row in self._connection.execute(keys.union_all(large)) for key in row))
            self._connection.execute(sa.delete(s.samples).where(s.samples.c.id.in_(ids)))
        self._tags.forget_unused(tags)
        self._gone()


def _check_all(wanted: Iterable[UUID], there: Collection[UUID]) -> None:
    missing = next((id for id in wanted if id not in there), None)
    if missing is not None:
        raise NotFound(f"There is no sample {missing}.", remedy="GET /samples lists all of them.")
