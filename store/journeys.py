"""Journeys: recipes of films, each changed by one person at a time, and how long their ways are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.route import Lengths
from store import journey_tables as j
from store import tables as t
from store.database import insert
from store.pages import Order, Page, page_of
from store.rows import columns
from store.types import now

KIND = "journey"  # of the jobs that make films
PART = "film_part"  # artifacts: pieces of a film, encoded
_NEWEST = Order(name="journeys", columns=[j.journeys.c.id])


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

    def __init__(self, connection: sa.Connection, *, drop_parts: Callable[[UUID], None]) -> None:
        self._connection = connection
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
        """Take out the places that were found for these photographs, and let go of pieces of films through them."""
        gone = {str(photo_id) for photo_id in photo_ids}
        of = j.journeys.c
        for row in self._connection.execute(sa.select(of.id, of.photos)).all():
            if gone.intersection(row.photos):
                self._take_out(self.get(row.id), gone)
        jobs = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind == KIND)
        for job in self._connection.execute(jobs).all():
            keyframes = ((job.params or {}).get("recipe") or {}).get("keyframes") or ()
            if any(gone.intersection(keyframe.get("photo_ids") or ()) for keyframe in keyframes):
                self._drop_parts(job.id)

    def _take_out(self, row: Journey, gone: Collection[str]) -> None:
        kept = [one for one in row.recipe["keyframes"] if not set(one.get("photo_ids") or ()).intersection(gone)]
        values: dict[str, Any] = {
            "recipe": {**row.recipe, "keyframes": kept},
            "photos": [photo for photo in row.photos if photo not in gone],
            "revision": row.revision + 1,
            "changed_at": now(),
        }
        self._connection.execute(sa.update(j.journeys).where(j.journeys.c.id == row.id).values(**values))

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
