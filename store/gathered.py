"""What is to come into a dataset from others: photos by their places, until a job has brought all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound
from jobs.state import State
from store import tables as t
from store.listing import Listing
from store.lists import pieces
from store.rows import Photo, photo_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What of a dataset is wanted: these photos, an album, a time as `Listing` has it, a label; none: all of it."""

    dataset_id: UUID
    photos: Sequence[UUID] | None = None
    album: str | None = None
    taken: str | None = None
    label: int | None = None


class Gathered:
    """The table `gathered`."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    def add(self, part: Part, *, dataset_id: UUID, archive_id: UUID, with_copies: bool = False) -> tuple[int, int]:
        """Have a part come into a dataset, as an archive of it, in the order in which it was uploaded.

        `with_copies`: so do the photos that were left out as the same as one of it. What was moved away is no part.
        Returns: how many photos there are, and how many bytes their files have. Raises: NotFound; BadParams.
        """
        if part.photos is None:
            number = sa.func.row_number().over(order_by=t.photos.c.id) - 1
            ids = sa.select(sa.literal(archive_id, sa.Uuid), number, sa.literal(dataset_id, sa.Uuid), t.photos.c.id)
            places = ["archive_id", "position", "dataset_id", "source_id"]
            wanted = _wanted(part)
            if with_copies:
                wanted |= _copies(part.dataset_id, sa.select(t.photos.c.id).where(wanted))
            self._connection.execute(sa.insert(t.gathered).from_select(places, ids.where(wanted)))
        else:
            self._check(part.dataset_id, part.photos)
            photos = set(part.photos).union(self._copies_of(part) if with_copies else ())
            rows = [
                {"archive_id": archive_id, "position": place, "dataset_id": dataset_id, "source_id": id}
                for place, id in enumerate(sorted(photos))
            ]
            if rows:
                self._connection.execute(sa.insert(t.gathered), rows)
        size = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.photos.c.size_bytes), 0))
        size = size.join_from(t.gathered, t.photos, t.photos.c.id == t.gathered.c.source_id)
        count, size_bytes = self._connection.execute(size.where(t.gathered.c.archive_id == archive_id)).one()
        return int(count), int(size_bytes)

    def label_names(self, dataset_id: UUID) -> set[str]:
        """Name the labels that the photos to come have now."""
        of, labels = t.photo_labels.c, t.labels.c
        same = (labels.dataset_id == of.dataset_id) & (labels.number == of.number) & labels.until.is_(None)
        query = sa.select(labels.name).distinct().where(t.gathered.c.dataset_id == dataset_id, of.until.is_(None))
        query = query.select_from(
            t.gathered.join(t.photo_labels, of.photo_id == t.gathered.c.source_id).join(t.labels, same)
        )
        return set(self._connection.execute(query).scalars())

    def left(self, dataset_id: UUID) -> dict[UUID, list[int]]:
        """List by archive the places that have not come in yet, in their order."""
        places = t.gathered.c
        come = (t.photos.c.archive_id == places.archive_id) & (t.photos.c.position == places.position)
        query = sa.select(places.archive_id, places.position).outerjoin_from(t.gathered, t.photos, come)
        query = query.where(places.dataset_id == dataset_id, t.photos.c.id.is_(None))
        found: dict[UUID, list[int]] = {}
        for archive_id, position in self._connection.execute(query.order_by(places.archive_id, places.position)):
            found.setdefault(archive_id, []).append(position)
        return found

    def total(self, archive_id: UUID) -> int:
        """Count the photos that an archive is made of."""
        query = sa.select(sa.func.count()).where(t.gathered.c.archive_id == archive_id)
        return self._connection.execute(query).scalar_one()

    def sources(self, archive_id: UUID, positions: Sequence[int], *, lock: bool = False) -> dict[int, Photo]:
        """Read the photos that are to come to these places, those that are there; locked until the commit."""
        query = sa.select(t.gathered.c.position.label("to"), t.photos)
        query = query.join_from(t.gathered, t.photos, t.photos.c.id == t.gathered.c.source_id)
        query = query.where(t.gathered.c.archive_id == archive_id, t.gathered.c.position.in_(positions))
        query = query.order_by(t.gathered.c.position)
        query = query.with_for_update(of=t.photos) if lock else query
        rows = (dict(row) for row in self._connection.execute(query).mappings())
        return {row.pop("to"): Photo(**row) for row in rows}

    def become(self, dataset_id: UUID, source_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Say which photo of a dataset each of these becomes, those that come into it."""
        places = t.gathered.c
        query = sa.select(places.source_id, places.archive_id, places.position).where(places.dataset_id == dataset_id)
        found: dict[UUID, UUID] = {}
        for some in pieces(source_ids):
            rows = self._connection.execute(query.where(places.source_id.in_(some)))
            found |= {row.source_id: photo_id(row.archive_id, row.position) for row in rows}
        return found

    def first_like(self, dataset_id: UUID, heads: Collection[UUID]) -> dict[UUID, UUID]:
        """Say which photo to come is the first of those that are the same as each of `heads`, which do not come."""
        places, photos = t.gathered.c, t.photos.c
        query = sa.select(photos.duplicate_of, places.source_id).where(places.dataset_id == dataset_id)
        query = query.join_from(t.gathered, t.photos, photos.id == places.source_id)
        query = query.where(photos.duplicate_of.in_(list(heads)), photos.state.not_in(("refused", "withdrawn")))
        found: dict[UUID, UUID] = {}
        for head, source_id in self._connection.execute(query.order_by(places.archive_id, places.position)):
            found.setdefault(head, source_id)
        return found

    def done(self, dataset_id: UUID) -> None:
        """Forget what was to come into a dataset."""
        self._connection.execute(sa.delete(t.gathered).where(t.gathered.c.dataset_id == dataset_id))

    def called_off(self) -> list[UUID]:
        """Name the datasets whose gathering was cancelled, and of which a part is there still."""
        part = sa.select(t.gathered.c.archive_id).where(t.gathered.c.archive_id == t.archives.c.id)
        query = sa.select(t.archives.c.dataset_id).join_from(t.jobs, t.archives, t.archives.c.job_id == t.jobs.c.id)
        query = query.where(t.jobs.c.kind == "gather", t.jobs.c.state == State.CANCELLED, part.exists())
        return list(self._connection.execute(query.distinct()).scalars())

    def take_out(self, dataset_id: UUID, *, most: int) -> int:
        """Delete so many of the photos that came into a dataset, their files with the commit; gives how many.

        Once none is left, it is forgotten what was to come, and the dataset is as if it had never been asked for.
        """
        changed = sa.update(t.datasets).where(t.datasets.c.id == dataset_id)
        self._connection.execute(changed.values(revision=t.datasets.c.revision + 1))
        archives = sa.select(t.gathered.c.archive_id).where(t.gathered.c.dataset_id == dataset_id)
        query = sa.select(t.photos).where(t.photos.c.archive_id.in_(archives)).limit(most).with_for_update()
        photos = [Photo(**row) for row in self._connection.execute(query).mappings()]
        self._connection.execute(sa.delete(t.photos).where(t.photos.c.id.in_([photo.id for photo in photos])))
        self._discard(*(key for photo in photos for key in photo.keys))
        if len(photos) < most:
            self.done(dataset_id)
        return len(photos)

    def _check(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> None:
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state != "moved")
        found = (self._connection.execute(query.where(t.photos.c.id.in_(some))).scalars() for some in pieces(photo_ids))
        if missing := set(photo_ids) - {id for ids in found for id in ids}:
            raise NotFound(f"There is no photo {min(missing)} in dataset {dataset_id}.")

    def _copies_of(self, part: Part) -> Iterator[UUID]:
        for some in pieces(part.photos or ()):
            query = sa.select(t.photos.c.id).where(_copies(part.dataset_id, some))
            yield from self._connection.execute(query).scalars()


def _copies(dataset_id: UUID, photo_ids: sa.Select[tuple[UUID]] | Sequence[UUID]) -> sa.ColumnElement[bool]:
    left_out = (t.photos.c.dataset_id == dataset_id) & (t.photos.c.state == "duplicate")
    return left_out & t.photos.c.duplicate_of.in_(photo_ids)


def _wanted(part: Part) -> sa.ColumnElement[bool]:
    wanted = Listing(album=part.album, taken=part.taken).of(part.dataset_id) & (t.photos.c.state != "moved")
    if part.label is None:
        return wanted
    of = t.photo_labels.c
    labelled = sa.select(of.photo_id).where(of.dataset_id == part.dataset_id, of.until.is_(None))
    return wanted & t.photos.c.id.in_(labelled.where(of.number == part.label))
