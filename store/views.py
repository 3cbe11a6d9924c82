"""Views: the squares of the photos that training sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from store import tables as t
from store.database import insert
from store.datasets import AWAY, USABLE
from store.lists import pieces
from store.objects import Objects
from store.rows import Photo, View, columns, view_id


def pixels_of(objects: Objects, photo: Photo, view: View) -> dict[str, Any]:
    """Say what a view is cut from: the clean picture, and the original where that is a small one; its box and width.

    Raises: NotFound, if the photo was withdrawn.
    """
    if photo.clean_key is None:
        raise NotFound(f"There is no picture of photo {photo.id}: it is {photo.state}.")
    told = {"image": str(objects.path(photo.clean_key)), "width": photo.width, "box": list(view.box)}
    if photo.small_key is not None:
        told["original"] = str(objects.path(photo.original_key or ""))
    return told


class Views:
    """The table `views`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_many(self, views: Sequence[View]) -> None:
        """Add views; one that is there already stays as it is."""
        if views:
            statement = insert(self._connection, t.views).on_conflict_do_nothing()
            self._connection.execute(statement, [columns(view) for view in views])

    def of_photos(self, photo_ids: Sequence[UUID]) -> dict[UUID, list[View]]:
        """List the views that each of these photos has now."""
        found: dict[UUID, list[View]] = {photo_id: [] for photo_id in photo_ids}
        for some in pieces(photo_ids):
            query = sa.select(t.views).where(t.views.c.photo_id.in_(some), t.views.c.until.is_(None))
            query = query.order_by(t.views.c.photo_id, t.views.c.position)
            for row in self._connection.execute(query).mappings():
                found[row["photo_id"]].append(View(**row))
        return found

    def of_dataset(self, dataset_id: UUID, *, revision: int | None = None) -> list[tuple[View, Photo]]:
        """List what training sees of a dataset, at a revision that a job pins or now, by photo and position.

        A photo that was withdrawn or moved since is gone from every revision.
        """
        photos = {photo.id: photo for photo in self._usable(dataset_id, revision)}
        query = sa.select(t.views).where(t.views.c.dataset_id == dataset_id, _seen_at(revision))
        query = query.order_by(t.views.c.photo_id, t.views.c.position)
        views = (View(**row) for row in self._connection.execute(query).mappings())
        return [(view, photos[view.photo_id]) for view in views if view.photo_id in photos]

    def gone_since(self, dataset_id: UUID, revision: int) -> int:
        """Count the photos that training would have seen at a revision, and that were withdrawn or moved after it."""
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(AWAY))
        gone = set(self._connection.execute(query.where(t.photos.c.revision <= revision)).scalars())
        was = self._before_changes(dataset_id, revision)
        return sum(state in USABLE for photo_id, state in was.items() if photo_id in gone)

    def replace(
        self, photo: Photo, boxes: Sequence[tuple[Sequence[int], str]], *, revision: int = 0, by_hand: bool = False
    ) -> None:
        """Frame a photo anew: (box, frame) for each square; as `replace_many`."""
        self.replace_many([(photo, boxes)], revision=revision, by_hand=by_hand)

    def replace_many(
        self,
        framed: Sequence[tuple[Photo, Sequence[tuple[Sequence[int], str]]]],
        *,
        revision: int = 0,
        by_hand: bool = False,
    ) -> None:
        """Frame photos anew from a revision on, to which the caller has raised their dataset.

        A job that was posted at an earlier revision goes on to see what was there.
        """
        ids = [photo.id for photo, _ in framed]
        for some in pieces(ids):
            now_seen = t.views.c.photo_id.in_(some) & t.views.c.until.is_(None)
            self._connection.execute(sa.delete(t.views).where(now_seen, t.views.c.since == revision))
            self._connection.execute(sa.update(t.views).where(now_seen).values(until=revision))
        self.add_many(
            [
                View(
                    id=view_id(photo.id, position, since=revision),
                    dataset_id=photo.dataset_id,
                    photo_id=photo.id,
                    position=position,
                    box=box,
                    frame=frame,
                    by_hand=by_hand,
                    since=revision,
                )
                for photo, boxes in framed
                for position, (box, frame) in enumerate(boxes)
            ]
        )

    def _usable(self, dataset_id: UUID, revision: int | None) -> list[Photo]:
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.not_in(AWAY))
        if revision is None:
            query = query.where(t.photos.c.state.in_(USABLE))
            return [Photo(**row) for row in self._connection.execute(query).mappings()]
        was = self._before_changes(dataset_id, revision)
        rows = self._connection.execute(query.where(t.photos.c.revision <= revision)).mappings()
        return [Photo(**row) for row in rows if was.get(row["id"], row["state"]) in USABLE]

    def _before_changes(self, dataset_id: UUID, revision: int) -> dict[UUID, str]:
        """Say what each photo that changed after `revision` was at it: its state before the first change since."""
        changes = t.photo_changes.c
        query = sa.select(changes.photo_id, changes.before).where(changes.dataset_id == dataset_id)
        query = query.where(changes.revision > revision).order_by(changes.revision.desc())
        return dict(self._connection.execute(query).all())  # of several, the last read is the first made


def _seen_at(revision: int | None) -> sa.ColumnElement[bool]:
    """Say which views there are at a revision, or now."""
    if revision is None:
        return t.views.c.until.is_(None)
    return (t.views.c.since <= revision) & (t.views.c.until.is_(None) | (t.views.c.until > revision))
