"""Heirloom packs: artifacts of export jobs, and which pictures go into one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from store import tables as t
from store.pages import Order, Page, page_of
from store.rows import ArtifactRow, Model
from store.shelves import Wanted
from store.videos import Video, Videos

MOST_FILMS = 200
PACK = "pack"  # type of the artifact
_NEWEST = Order(name="packs", columns=[t.artifacts.c.id])


def favourites_of(model: Model) -> Wanted:
    """Say which pictures go into a pack by themselves: the favourites of its archive, or else of the model."""
    if model.dataset_id is not None:
        return Wanted(dataset_id=model.dataset_id, favourite=True)
    return Wanted(model_id=model.id, favourite=True)


class Packs:
    """The artifacts of type `pack`."""

    def __init__(self, connection: sa.Connection, *, videos: Videos, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._videos = videos
        self._discard = discard

    def page(self, *, model_id: UUID | None, limit: int, cursor: str | None) -> Page[ArtifactRow]:
        """List packs, newest first. Raises: Rejected."""
        query = sa.select(t.artifacts).where(t.artifacts.c.type == PACK)
        if model_id is not None:
            query = query.join(t.jobs, t.jobs.c.id == t.artifacts.c.job_id).where(t.jobs.c.model_id == model_id)
        return page_of(self._connection, query, ArtifactRow, order=_NEWEST, limit=limit, cursor=cursor)

    def get(self, pack_id: UUID) -> ArtifactRow:
        """Read a pack. Raises: NotFound."""
        query = sa.select(t.artifacts).where(t.artifacts.c.id == pack_id, t.artifacts.c.type == PACK)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no heirloom pack {pack_id}.", remedy="GET /exports lists all of them.")
        return ArtifactRow(**row)

    def delete(self, pack_id: UUID) -> None:
        """Delete a pack; its file goes with the commit. Raises: NotFound."""
        gone = sa.delete(t.artifacts).where(t.artifacts.c.id == pack_id, t.artifacts.c.type == PACK)
        key = self._connection.execute(gone.returning(t.artifacts.c.key)).scalar_one_or_none()
        if key is None:
            raise NotFound(f"There is no heirloom pack {pack_id}.", remedy="GET /exports lists all of them.")
        self._discard(key)

    def films(self, model_id: UUID, journey_ids: Collection[UUID] | None) -> list[Video]:
        """List whole films, of each journey the latest: of these journeys, or all that a model drew."""
        if journey_ids is None:
            found = self._videos.page(model_id=model_id, limit=MOST_FILMS).items
        else:
            found = [film for films in self._videos.of_journeys(journey_ids).values() for film in films]
        latest: dict[UUID, Video] = {}
        for film in found:
            if not film.partial:
                latest.setdefault(film.journey_id or film.id, film)
        return list(latest.values())

    def forget(self, photo_ids: Collection[UUID]) -> None:
        """Delete the packs that hold what was found for these photographs."""
        gone = {str(photo_id) for photo_id in photo_ids}
        of = t.artifacts.c
        for row in self._connection.execute(sa.select(of.id, of.facts).where(of.type == PACK)).all():
            if gone.intersection(row.facts.get("photos") or ()):
                self.delete(row.id)
