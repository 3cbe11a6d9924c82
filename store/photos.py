"""Photos: each file of each archive, with its state and the reason for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound, WrongState
from store import tables as t
from store.database import insert
from store.datasets import Datasets
from store.names import one_of
from store.pages import Order, Page, page_of
from store.rows import Photo, columns
from store.types import now

_UPLOADED = Order(
    name="photos", columns=[t.photos.c.id], down=False
)  # an id carries its archive's time and its position


class Photos:
    """The table `photos`."""

    def __init__(self, connection: sa.Connection, *, datasets: Datasets, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._datasets = datasets
        self._discard = discard

    def add_many(self, photos: Sequence[Photo]) -> int:
        """Add photos of one dataset; one that is there already (`id`, or archive and position) stays as it is.

        An ingest that is made again therefore adds what is missing and undoes nothing that the owner changed since.
        Returns how many were new; the dataset's revision rises.
        """
        if not photos:
            return 0
        dataset_id = photos[0].dataset_id
        revision = self._datasets.touch_revision(dataset_id)
        rows = [columns(replace(photo, revision=revision)) for photo in photos]
        statement = insert(self._connection, t.photos).on_conflict_do_nothing().returning(t.photos.c.id)
        return len(self._connection.execute(statement, rows).all())

    def page(
        self, dataset_id: UUID, *, states: Sequence[str] = (), limit: int = 50, cursor: str | None = None
    ) -> Page[Photo]:
        """List a dataset's photos, of these states or of all, in the order of upload."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id)
        wanted = dict.fromkeys(one_of("state", state, t.PHOTO_STATES) for state in states)
        among = [t.photos.c.state == state for state in wanted]
        return page_of(self._connection, query, Photo, order=_UPLOADED, among=among, limit=limit, cursor=cursor)

    def get(self, photo_id: UUID) -> Photo:
        """Read a photo; NotFound without one."""
        row = self._connection.execute(sa.select(t.photos).where(t.photos.c.id == photo_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no photo {photo_id}.")
        return Photo(**row)

    def names(self, photo_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Give the name of each of these photos that is there."""
        query = sa.select(t.photos.c.id, t.photos.c.name).where(t.photos.c.id.in_(list(photo_ids)))
        return {row.id: row.name for row in self._connection.execute(query)}

    def counts_of_archive(self, dataset_id: UUID, archive_id: UUID) -> dict[str, int]:
        """Count the files of one archive by state; states of none are left out."""
        query = sa.select(t.photos.c.state, sa.func.count()).group_by(t.photos.c.state)
        query = query.where(t.photos.c.dataset_id == dataset_id, t.photos.c.archive_id == archive_id)
        return dict(self._connection.execute(query).all())

    def hashes(self, dataset_id: UUID, *, but_archive: UUID | None = None) -> dict[str, UUID]:
        """Name the photo that has each SHA-256, first come; without those of one archive, which may be read again."""
        return self._first_with(t.photos.c.sha256, dataset_id, but_archive)

    def phashes(self, dataset_id: UUID, *, but_archive: UUID | None = None) -> dict[str, UUID]:
        """Name the photo that has each perceptual hash, first come, among those that training could see."""
        return self._first_with(t.photos.c.phash, dataset_id, but_archive)

    def find_duplicates(self, dataset_id: UUID, sha256: str) -> list[Photo]:
        """List the photos of a dataset whose file is this one."""
        query = sa.select(t.photos).where(t.photos.c.dataset_id == dataset_id, t.photos.c.sha256 == sha256)
        return [Photo(**row) for row in self._connection.execute(query.order_by(t.photos.c.id)).mappings()]

    def set_included(self, photo_id: UUID, included: bool) -> Photo:
        """Let training see a photo, or not. Once more of the same changes nothing.

        Raises: NotFound; WrongState, for one that training could never see.
        """
        photo = self.get(photo_id)
        revision = self._datasets.touch_revision(photo.dataset_id)
        photo = self._locked(photo_id)
        if photo.state not in ("ready", "repaired", "excluded"):
            raise WrongState(
                f"The photo is {photo.state}: {photo.reason or 'training cannot see it'}.",
                remedy="Only ready, repaired and excluded photos are included or excluded.",
                state=photo.state,
            )
        if included == (photo.state != "excluded"):
            return photo
        return self._change(photo, self._state_before(photo) if included else "excluded", revision)

    def withdraw(self, photo_id: UUID) -> Photo:
        """Take a photo away for good: its files go with the commit, its line stays. Again changes nothing."""
        photo = self.get(photo_id)
        revision = self._datasets.touch_revision(photo.dataset_id)
        photo = self._locked(photo_id)
        if photo.state == "withdrawn":
            return photo
        self._discard(*photo.keys)
        gone = dict.fromkeys(
            ("original_key", "image_key", "thumb_key", "sha256", "phash", "blur", "average", "taken_at", "reason")
        )
        return self._change(photo, "withdrawn", revision, **gone)

    def _change(self, photo: Photo, state: str, revision: int, **values: None) -> Photo:
        before = {"photo_id": photo.id, "revision": revision, "dataset_id": photo.dataset_id, "before": photo.state}
        self._connection.execute(sa.insert(t.photo_changes).values(**before, created_at=now()))
        statement = sa.update(t.photos).where(t.photos.c.id == photo.id).values(state=state, **values)
        self._connection.execute(statement)
        return self.get(photo.id)

    def _state_before(self, photo: Photo) -> str:
        """Say what an excluded photo was before: ready, or repaired."""
        changes = sa.select(t.photo_changes.c.before).where(t.photo_changes.c.photo_id == photo.id)
        changes = changes.where(t.photo_changes.c.before != "excluded").order_by(t.photo_changes.c.revision.desc())
        return str(self._connection.execute(changes.limit(1)).scalar_one())

    def _locked(self, photo_id: UUID) -> Photo:
        query = sa.select(t.photos).where(t.photos.c.id == photo_id).with_for_update()
        return Photo(**self._connection.execute(query).mappings().one())

    def _first_with(self, column: sa.Column[str], dataset_id: UUID, but_archive: UUID | None) -> dict[str, UUID]:
        query = sa.select(column, t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, column.is_not(None))
        query = query.where(t.photos.c.state.in_(("ready", "repaired", "excluded")))
        if but_archive is not None:
            query = query.where(t.photos.c.archive_id != but_archive)
        first: dict[str, UUID] = {}
        for value, photo_id in self._connection.execute(query.order_by(t.photos.c.id)):
            first.setdefault(value, photo_id)
        return first
