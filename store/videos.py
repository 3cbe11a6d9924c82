"""Videos: films that were made of journeys, each a file with its whole recipe."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from jobs.ids import derived_id
from store import journey_tables as j
from store.jobs import Jobs
from store.pages import Order, Page, page_of
from store.rows import columns
from store.types import now

_NEWEST = Order(name="videos", columns=[j.videos.c.created_at, j.videos.c.id])


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """A film; `partial` where it was stopped before its end."""

    id: UUID
    journey_id: UUID | None
    job_id: UUID
    name: str
    form: str
    media_type: str
    width: int
    height: int
    fps: int
    duration_s: float
    frames: int
    has_sound: bool
    partial: bool
    recipe: Mapping[str, Any]
    photos: list[str] = field(default_factory=list)
    key: str
    poster_key: str
    sha256: str
    size_bytes: int
    created_at: datetime = field(default_factory=now)


def video_id(job_id: UUID) -> UUID:
    """Name the film that a job makes, in this attempt and the next."""
    return derived_id(job_id, "video", 0)


class Videos:
    """The tables `videos` and `video_models`."""

    def __init__(self, connection: sa.Connection, *, jobs: Jobs, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._jobs = jobs
        self._discard = discard

    def add(self, video: Video, *, models: Collection[UUID], attempt: int) -> Video:
        """Add a film; of two attempts at one job the latest wins. Raises: StaleAttempt."""
        self._jobs.hold(video.job_id, attempt)
        before = self._connection.execute(sa.select(j.videos).where(j.videos.c.id == video.id)).mappings().one_or_none()
        if before is not None:
            self._discard(*{before["key"], before["poster_key"]}.difference({video.key, video.poster_key}))
            self._connection.execute(sa.delete(j.videos).where(j.videos.c.id == video.id))
        self._connection.execute(sa.insert(j.videos).values(**columns(video)))
        rows = [{"model_id": model, "video_id": video.id} for model in dict.fromkeys(models)]
        self._connection.execute(sa.insert(j.video_models), rows)
        return self.get(video.id)

    def get(self, video_id: UUID) -> Video:
        """Read a film; NotFound without one."""
        row = self._connection.execute(sa.select(j.videos).where(j.videos.c.id == video_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no film {video_id}.", remedy="GET /videos lists all of them.")
        return Video(**row)

    def of_job(self, job_id: UUID) -> Video | None:
        """Read the film that a job has made, if there is one."""
        row = self._connection.execute(sa.select(j.videos).where(j.videos.c.job_id == job_id)).mappings().one_or_none()
        return None if row is None else Video(**row)

    def page(
        self,
        *,
        journey_id: UUID | None = None,
        model_id: UUID | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Video]:
        """List films, newest first: of one journey, or drawn with one model, where these are given."""
        query = sa.select(j.videos)
        if journey_id is not None:
            query = query.where(j.videos.c.journey_id == journey_id)
        if model_id is not None:
            of = sa.select(j.video_models.c.video_id).where(j.video_models.c.model_id == model_id)
            query = query.where(j.videos.c.id.in_(of))
        return page_of(self._connection, query, Video, order=_NEWEST, limit=limit, cursor=cursor)

    def of_journeys(self, journey_ids: Collection[UUID]) -> dict[UUID, list[Video]]:
        """List the films of journeys, newest first."""
        query = sa.select(j.videos).where(j.videos.c.journey_id.in_(list(journey_ids)))
        found: dict[UUID, list[Video]] = {}
        for row in self._connection.execute(query.order_by(*_NEWEST.sorted_by())).mappings():
            found.setdefault(row["journey_id"], []).append(Video(**row))
        return found

    def delete(self, *video_ids: UUID) -> None:
        """Delete films; their files go with the commit."""
        which = sa.delete(j.videos).where(j.videos.c.id.in_(video_ids))
        for row in self._connection.execute(which.returning(j.videos.c.key, j.videos.c.poster_key)).all():
            self._discard(*row)

    def forget(self, photo_ids: Collection[UUID]) -> None:
        """Delete the films that go through places that were found for these photographs."""
        gone = {str(photo_id) for photo_id in photo_ids}
        rows = self._connection.execute(sa.select(j.videos.c.id, j.videos.c.photos)).all()
        self.delete(*(row.id for row in rows if gone.intersection(row.photos)))
