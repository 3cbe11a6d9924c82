"""Journeys: recipes of films, each changed by one person at a time, and how long their ways are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.route import Lengths
from jobs.state import ENDED, State, Wish
from store import journey_tables as j
from store import tables as t
from store.database import insert
from store.events import Events
from store.jobs import Jobs
from store.pages import Order, Page, page_of
from store.rows import Job, columns
from store.types import now

KIND = "journey"  # of the jobs that make films
TRAVELLING = (KIND, "compose")  # kinds of jobs that go along a journey
PART = "film_part"  # artifacts: pieces of a film, encoded
_NEWEST = Order(name="journeys", columns=[j.journeys.c.id])
_WITHDRAWN = "photo_withdrawn"  # code of the notice


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A journey; `recipe` is what `jobs.journey.Recipe` reads, save that withdrawn photographs may leave it short."""

    id: UUID
    name: str
    recipe: Mapping[str, Any]
    photos: list[str] = field(default_factory=list)
    revision: int = 0
    created_at: datetime = field(default_factory=now)
    changed_at: datetime = field(default_factory=now)


class Journeys:
    """The tables `journeys` and `paces`."""

    def __init__(
        self, connection: sa.Connection, *, jobs: Jobs, events: Events, drop_parts: Callable[[UUID], None]
    ) -> None:
        self._connection = connection
        self._jobs = jobs
        self._events = events
        self._drop_parts = drop_parts

    def add(self, recipe: Recipe) -> Journey:
        """Keep a recipe."""
        row = Journey(id=new_id(), name=recipe.name, recipe=recipe.as_json(), photos=_photos(recipe))
        self._connection.execute(sa.insert(j.journeys).values(**columns(row)))
        return row

    def get(self, journey_id: UUID) -> Journey:
        """Read a journey; NotFound without one."""
        query = sa.select(j.journeys).where(j.journeys.c.id == journey_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no journey {journey_id}.", remedy="GET /journeys lists all of them.")
        return Journey(**row)

    def there(self, journey_id: UUID) -> bool:
        """Whether it is there still."""
        query = sa.select(j.journeys.c.id).where(j.journeys.c.id == journey_id)
        return self._connection.execute(query).first() is not None

    def page(self, *, limit: int = 50, cursor: str | None = None) -> Page[Journey]:
        """List journeys, newest first."""
        return page_of(self._connection, sa.select(j.journeys), Journey, order=_NEWEST, limit=limit, cursor=cursor)

    def change(self, journey_id: UUID, recipe: Recipe, *, revision: int) -> Journey:
        """Put a recipe in the place of that of `revision`. Raises: NotFound; Conflict, where another was put there."""
        values = {"name": recipe.name, "recipe": recipe.as_json(), "photos": _photos(recipe), "changed_at": now()}
        of = j.journeys.c
        change = sa.update(j.journeys).where(of.id == journey_id, of.revision == revision)
        done = self._connection.execute(change.values(revision=revision + 1, **values).returning(of.id)).first()
        row = self.get(journey_id)
        if done is None:
            raise Conflict(
                "This journey was changed elsewhere.",
                remedy="Read it again, and make your change in what is there now.",
                revision=row.revision,
            )
        return row

    def delete(self, journey_id: UUID) -> None:
        """Delete a journey; its films stay. Raises: NotFound."""
        self.get(journey_id)
        self._connection.execute(sa.delete(j.journeys).where(j.journeys.c.id == journey_id))

    def jobs_of(self, journey_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Name for each of these journeys that has one the latest job that makes a film of it."""
        of = t.jobs.c
        wanted = {str(id) for id in journey_ids}
        told = of.params["journey_id"].as_string()
        query = sa.select(told.label("journey"), sa.func.max(sa.cast(of.id, sa.String)).label("job"))
        query = query.where(of.kind == KIND, told.in_(wanted)).group_by(told)
        return {UUID(row.journey): UUID(row.job) for row in self._connection.execute(query) if wanted}

    def forget(self, photo_ids: Collection[UUID]) -> None:
        """Take out the places that were found for these photographs, of journeys and of jobs that go along one.

        Such a job ends, and is not tried again: what is left of its journey is another one. Pieces of its film go.
        Rows are locked in the order of their ids, so that two who withdraw do not wait for each other.
        """
        gone = {str(photo_id) for photo_id in photo_ids}
        of = j.journeys.c
        for row in self._connection.execute(sa.select(of.id, of.photos).order_by(of.id)).all():
            if gone.intersection(row.photos):
                self._take_out(row.id, gone)
        jobs = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind.in_(TRAVELLING)).order_by(t.jobs.c.id)
        for job in self._connection.execute(jobs).all():
            if len(_left(_keyframes(job.params), gone)) < len(_keyframes(job.params)):
                self._end(job.id, gone)

    def check_retry(self, job: Job) -> None:
        """Refuse to go along what is left of a journey. Raises: Conflict."""
        if job.kind in TRAVELLING and self._was_cut(job.id):
            raise Conflict(
                "A photograph that a place of this journey was found for was withdrawn, and its place is kept no more.",
                remedy="Post a new job without that keyframe.",
            )

    def let_go(self, *, older_than_s: float) -> None:
        """Let go of pieces of films that have failed longer ago than this: nobody has tried them again.

        Their jobs are locked: one that is tried again meanwhile begins with its pieces, or without.
        """
        ended = t.jobs.c.state.in_(sorted(ENDED)) & (t.jobs.c.ended_at < now() - timedelta(seconds=older_than_s))
        pieces = sa.select(t.artifacts.c.id).where(t.artifacts.c.job_id == t.jobs.c.id, t.artifacts.c.type == PART)
        jobs = sa.select(t.jobs.c.id).where(t.jobs.c.kind == KIND, ended, pieces.exists()).order_by(t.jobs.c.id)
        for job_id in self._connection.execute(jobs.with_for_update()).scalars().all():
            self._drop_parts(job_id)

    def _take_out(self, journey_id: UUID, gone: Collection[str]) -> None:
        """Take places out of a journey as it is once nobody else changes it."""
        query = sa.select(j.journeys).where(j.journeys.c.id == journey_id).with_for_update()
        found = self._connection.execute(query).mappings().one_or_none()
        if found is None:  # deleted in this moment
            return
        row = Journey(**found)
        recipe = {**row.recipe, "keyframes": _left(row.recipe["keyframes"], gone)}
        photos = [photo for photo in row.photos if photo not in gone]
        values = {"recipe": recipe, "photos": photos, "revision": row.revision + 1, "changed_at": now()}
        self._connection.execute(sa.update(j.journeys).where(j.journeys.c.id == row.id).values(**values))

    def _end(self, job_id: UUID, gone: Collection[str]) -> None:
        """Take places out of a job, and end it."""
        query = sa.select(t.jobs).where(t.jobs.c.id == job_id).with_for_update()
        job = Job(**self._connection.execute(query).mappings().one())
        recipe = {**job.params["recipe"], "keyframes": _left(_keyframes(job.params), gone)}
        cut = sa.update(t.jobs).where(t.jobs.c.id == job_id)
        self._connection.execute(cut.values(params={**job.params, "recipe": recipe}))
        self._drop_parts(job_id)
        if job.state is State.SUCCEEDED or self._was_cut(job_id):
            return
        text = "A photograph that a place of this journey was found for was withdrawn, so the job goes on no more."
        self._events.record(job_id, attempt=job.attempt, type="notice", body={"code": _WITHDRAWN, "text": text})
        if job.state not in ENDED:
            self._jobs.wish(job_id, Wish.CANCEL)

    def _was_cut(self, job_id: UUID) -> bool:
        return any(one.body.get("code") == _WITHDRAWN for one in self._events.of_types(job_id, "notice"))

    # How long ways are

    def lengths(self, hash: str) -> Lengths | None:
        """Read how long the stretches of a way are, where it was measured."""
        query = sa.select(j.paces.c.lengths).where(j.paces.c.hash == hash)
        found: Lengths | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def keep_lengths(self, hash: str, lengths: Lengths) -> None:
        """Keep how long the stretches of a way are; what was measured first stays."""
        row = {"hash": hash, "lengths": lengths, "created_at": now()}
        self._connection.execute(insert(self._connection, j.paces).values(**row).on_conflict_do_nothing())


def _photos(recipe: Recipe) -> list[str]:
    return sorted(map(str, recipe.photo_ids))


def _keyframes(params: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return ((params or {}).get("recipe") or {}).get("keyframes") or ()


def _left(keyframes: Sequence[Mapping[str, Any]], gone: Collection[str]) -> list[Mapping[str, Any]]:
    """Leave out what was found for these photographs."""
    return [one for one in keyframes if not set(one.get("photo_ids") or ()).intersection(gone)]
