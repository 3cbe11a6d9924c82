"""Datasets: named heaps of photographs with one framing, and how they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa

from jobs.aspect import Aspect
from jobs.errors import BadParams, DatasetBusy, NotFound
from jobs.ids import new_id
from jobs.state import State
from store import tables as t
from store.names import checked_name, one_of
from store.pages import Order, Page, page_of
from store.rows import Dataset, Job
from store.types import now

ACTIVE = (State.QUEUED, State.RUNNING, State.PAUSED)
USABLE = ("ready", "repaired")
SERVING = ("index", "map", "echoes")  # kinds of jobs that serve a dataset alone, and are called off with it
AWAY = ("withdrawn", "moved")  # whose files are gone from here; their lines stay
_NEWEST = Order(name="datasets", columns=[t.datasets.c.id])


class Datasets:
    """The table `datasets`."""

    def __init__(self, connection: sa.Connection, *, gone: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._gone = gone  # once photos are

    def add(self, *, name: str, framing: str = "centre", aspect: str | None = None) -> Dataset:
        """Make an empty dataset. Raises: BadParams, for a name, a framing or an aspect that cannot be."""
        dataset_id = new_id()
        values = {"name": checked_name(name), **_framed(framing, aspect)}
        self._connection.execute(sa.insert(t.datasets).values(id=dataset_id, created_at=now(), **values))
        return self.get(dataset_id)

    def get(self, dataset_id: UUID) -> Dataset:
        """Read a dataset; NotFound without one."""
        query = sa.select(t.datasets).where(t.datasets.c.id == dataset_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no dataset {dataset_id}.", remedy="GET /datasets lists all of them.")
        return Dataset(**row)

    def names(self) -> dict[UUID, str]:
        """Name every dataset."""
        rows = self._connection.execute(sa.select(t.datasets.c.id, t.datasets.c.name))
        return {row.id: row.name for row in rows}

    def named(self, name: str) -> list[Dataset]:
        """List the datasets of exactly this name, oldest first."""
        query = sa.select(t.datasets).where(t.datasets.c.name == checked_name(name)).order_by(t.datasets.c.id)
        return [Dataset(**row) for row in self._connection.execute(query).mappings()]

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[Dataset]:
        """List datasets, newest first."""
        return page_of(self._connection, sa.select(t.datasets), Dataset, order=_NEWEST, limit=limit, cursor=cursor)

    def rename(self, dataset_id: UUID, name: str) -> Dataset:
        """Give a dataset another name."""
        statement = sa.update(t.datasets).where(t.datasets.c.id == dataset_id).values(name=checked_name(name))
        self._connection.execute(statement)
        return self.get(dataset_id)

    def labelled(self, dataset_id: UUID, source: str) -> None:
        """Say what the labels are made of that photos get which come into a dataset."""
        values = {"labelled_by": one_of("labelled_by", source, t.LABELLED)}
        self._connection.execute(sa.update(t.datasets).where(t.datasets.c.id == dataset_id).values(**values))

    def frame(self, dataset_id: UUID, framing: str, aspect: str | None = None) -> int:
        """Frame what a dataset holds otherwise from now on; gives its new revision. Its views are the caller's.

        Raises: BadParams; NotFound; DatasetBusy, while an archive is being read, which would be framed as before.
        """
        values = _framed(framing, aspect)
        revision = self.touch_revision(dataset_id)
        if self.busy([dataset_id]):
            raise DatasetBusy("An archive of this dataset is being read.", remedy="Wait for it, then frame it anew.")
        self._connection.execute(sa.update(t.datasets).where(t.datasets.c.id == dataset_id).values(**values))
        return revision

    def delete(self, dataset_id: UUID) -> None:
        """Delete a dataset with its photos; models and samples made from it stay. Its objects are swept later.

        Raises: NotFound; DatasetBusy, while a job that needs it waits, runs or is paused.
        """
        self.get(dataset_id)
        self.check_unneeded(dataset_id, then="delete the dataset")
        self._connection.execute(sa.delete(t.datasets).where(t.datasets.c.id == dataset_id))
        self._gone()

    def check_unneeded(self, dataset_id: UUID, *, then: str) -> None:
        """Refuse while jobs need the photos of this dataset where they are. Raises: DatasetBusy."""
        needing = sa.select(t.jobs.c.id).where(t.jobs.c.dataset_id == dataset_id, t.jobs.c.state.in_(ACTIVE))
        needing = needing.where(t.jobs.c.kind.not_in(SERVING))
        job_id = self._connection.execute(needing.limit(1)).scalar_one_or_none()
        if job_id is not None:
            raise DatasetBusy(
                f"Job {job_id} needs this dataset.", remedy=f"Cancel the job, then {then}.", job_id=str(job_id)
            )
        job = self.gathered_by(dataset_id)
        if job is not None:
            failed = job.state is State.FAILED
            takes = "has still to take" if failed else "takes"
            raise DatasetBusy(
                f"Job {job.id} {takes} photographs from this dataset into another.",
                remedy=f"Try it again, or delete the unfinished dataset; then {then}."
                if failed
                else f"Wait for it, or cancel it; then {then}.",
                job_id=str(job.id),
            )

    def gathered_by(self, dataset_id: UUID) -> Job | None:
        """Give the job that brings photos of this dataset into another, would if it were tried again, or moves them."""
        coming = sa.select(t.gathered.c.dataset_id).where(t.gathered.c.dataset_id == t.jobs.c.dataset_id).exists()
        query = sa.select(t.jobs).where(t.jobs.c.kind == "gather", t.jobs.c.state != State.CANCELLED, coming)
        query = query.order_by(t.jobs.c.id)
        jobs = (Job(**row) for row in self._connection.execute(query).mappings())
        return next((job for job in jobs if str(dataset_id) in job.params["sources"]), None)

    def touch_revision(self, dataset_id: UUID) -> int:
        """Say that what training sees has changed: lock the dataset, raise its revision and return it."""
        statement = sa.update(t.datasets).where(t.datasets.c.id == dataset_id)
        statement = statement.values(revision=t.datasets.c.revision + 1)
        revision = self._connection.execute(statement.returning(t.datasets.c.revision)).scalar_one_or_none()
        if revision is None:
            raise NotFound(f"There is no dataset {dataset_id}.")
        return int(revision)

    def counts(self, dataset_id: UUID) -> dict[str, int]:
        """Count a dataset's photos by state, every state named."""
        return self.counts_of([dataset_id])[dataset_id]

    def counts_of(self, dataset_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
        """Count the photos of each of these datasets by state, every state named."""
        counts = {dataset_id: dict.fromkeys(t.PHOTO_STATES, 0) for dataset_id in dataset_ids}
        columns = t.photos.c.dataset_id, t.photos.c.state
        query = sa.select(*columns, sa.func.count()).where(columns[0].in_(list(dataset_ids))).group_by(*columns)
        for dataset_id, state, count in self._connection.execute(query):
            counts[dataset_id][state] = count
        return counts

    def usable_views(self, dataset_id: UUID) -> int:
        """Count the squares that training would see now."""
        return self.usable_views_of([dataset_id])[dataset_id]

    def usable_views_of(self, dataset_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Count for each of these datasets the squares that training would see now."""
        query = (
            sa.select(t.photos.c.dataset_id, sa.func.count())
            .join_from(t.photos, t.views, t.views.c.photo_id == t.photos.c.id)
            .where(t.photos.c.dataset_id.in_(list(dataset_ids)), t.photos.c.state.in_(USABLE))
            .where(t.views.c.until.is_(None))
            .group_by(t.photos.c.dataset_id)
        )
        found: dict[UUID, int] = dict(self._connection.execute(query).all())
        return {dataset_id: found.get(dataset_id, 0) for dataset_id in dataset_ids}

    def covers(self, dataset_ids: Sequence[UUID], *, count: int = 4) -> dict[UUID, list[UUID]]:
        """Name for each of these datasets its first `count` usable photos, in one question.

        Each reads as far as it has to: numbering them in a window would read every photo of every dataset.
        """
        firsts = [sa.select(_first_usable(dataset_id, count).subquery()) for dataset_id in dataset_ids]
        covers: dict[UUID, list[UUID]] = {dataset_id: [] for dataset_id in dataset_ids}
        if firsts:
            for dataset_id, photo_id in self._connection.execute(sa.union_all(*firsts)):
                covers[dataset_id].append(photo_id)
        return {dataset_id: sorted(found) for dataset_id, found in covers.items()}

    def sizes(self, dataset_id: UUID) -> list[tuple[int, int, int]]:
        """List widths and heights of the usable photos of a dataset, with how many are of each."""
        of = t.photos.c
        query = sa.select(of.width, of.height, sa.func.count()).group_by(of.width, of.height)
        query = query.where(of.dataset_id == dataset_id, of.state.in_(USABLE), of.width > 0, of.height > 0)
        return [(width, height, count) for width, height, count in self._connection.execute(query)]

    def busy(self, dataset_ids: Sequence[UUID]) -> set[UUID]:
        """Name those of these datasets whose archives are being read, wait for it, or are leaving another dataset."""
        coming = sa.select(t.gathered.c.archive_id).where(t.gathered.c.archive_id == t.archives.c.id).exists()
        query = (
            sa.select(t.archives.c.dataset_id)
            .join(t.jobs, t.jobs.c.id == t.archives.c.job_id)
            .where(t.archives.c.dataset_id.in_(list(dataset_ids)))
            .where(t.jobs.c.state.in_(ACTIVE) | ((t.jobs.c.state == State.SUCCEEDED) & coming))
            .distinct()
        )
        return set(self._connection.execute(query).scalars())

    def unfinished(self, dataset_ids: Sequence[UUID]) -> set[UUID]:
        """Name those of these datasets into which photos of others are still to come, whatever became of their job."""
        coming = sa.select(t.gathered.c.dataset_id).where(t.gathered.c.dataset_id == t.datasets.c.id).exists()
        query = sa.select(t.datasets.c.id).where(t.datasets.c.id.in_(list(dataset_ids)), coming)
        return set(self._connection.execute(query).scalars())

    def check_whole(self, dataset_id: UUID) -> None:
        """Refuse what needs all of a dataset while not all of it is there. Raises: NotFound; DatasetBusy."""
        name = self.get(dataset_id).name
        if self.busy([dataset_id]):
            raise DatasetBusy(
                f"{name} is still being read.",
                remedy="Wait until its job has ended; GET /datasets/{id} says so under state.",
                dataset_id=str(dataset_id),
            )
        job = self.gathered_by(dataset_id)
        if job is not None and job.params.get("move"):
            raise DatasetBusy(
                f"Photographs of {name} are to leave it for another dataset.",
                remedy=f"Try job {job.id} again, or delete the unfinished dataset."
                if job.state is State.FAILED
                else f"Wait until job {job.id} has ended, or cancel it.",
                job_id=str(job.id),
            )
        if self.unfinished([dataset_id]):
            raise DatasetBusy(
                f"Not all photographs have come into {name}: the job that brings them did not come to its end.",
                remedy="Try that job again, or delete the dataset and make it anew.",
                dataset_id=str(dataset_id),
            )


def _framed(framing: str, aspect: str | None) -> dict[str, str | None]:
    """Give the columns of a framing. Raises: BadParams, unless an aspect that can be stands beside squeeze alone."""
    one_of("framing", framing, t.FRAMINGS)
    if (framing == "squeeze") != (aspect is not None):
        told = f"{framing} has no aspect" if aspect is not None else "squeeze needs an aspect"
        raise BadParams(f"{told}.", pointer="#/aspect", remedy="Give an aspect with framing squeeze alone.")
    try:
        return {"framing": framing, "aspect": None if aspect is None else str(Aspect.of(aspect))}
    except ValueError as error:
        raise BadParams(f"{error}.", pointer="#/aspect") from error


def _first_usable(dataset_id: UUID, count: int) -> sa.Select[tuple[UUID, UUID]]:
    usable = (t.photos.c.dataset_id == dataset_id) & t.photos.c.state.in_(USABLE)
    return sa.select(t.photos.c.dataset_id, t.photos.c.id).where(usable).order_by(t.photos.c.id).limit(count)
