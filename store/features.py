"""Features: what a look at the photos has found, in which file it lies, and the heaps that the photos fall into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import tables as t
from store.datasets import USABLE
from store.pages import Order, Page, page_of
from store.rows import Feature, FeatureFile, columns

SEEN = (*USABLE, "excluded", "duplicate")  # what is left out is looked at as well, so that it can be found again
SHOWN = (*USABLE, "excluded")
MILLION = 1_000_000
_MOST_IDS = 10_000  # in one question
_IN_HEAP = Order(name="heap", columns=[t.features.c.place, t.features.c.photo_id], down=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A photo that a look may fall on: the objects of its smallest picture and of its clean one.

    `looked` says whether it has features, `unfocused` whether its dataset is framed by where it is looked at, and that
    is not known.
    """

    photo_id: UUID
    key: str
    clean_key: str
    width: int
    height: int
    usable: bool
    looked: bool
    unfocused: bool


class Features:
    """The tables `feature_files` and `features`."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    # What a look leaves

    def lacking(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> set[UUID]:
        """Name those of these photos that are there, not withdrawn, and not in a file yet."""
        there = t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(SEEN), t.features.c.photo_id.is_(None)
        query = sa.select(t.photos.c.id).outerjoin(t.features, t.features.c.photo_id == t.photos.c.id).where(*there)
        return {id for some in _slices(photo_ids) for id in self._ids(query.where(t.photos.c.id.in_(some)))}

    def add(self, file: FeatureFile, photo_ids: Sequence[UUID]) -> bool:
        """Name a file of the features of these photos, all of which have to lack them.

        False where one of them does not, as when it was withdrawn meanwhile: then the file goes with the commit.
        """
        locked = sa.select(t.datasets.c.id).where(t.datasets.c.id == file.dataset_id).with_for_update()
        self._connection.execute(locked)  # no withdrawal comes between the look and the row
        if self.lacking(file.dataset_id, photo_ids) != set(photo_ids):
            self._discard(*keys_of(file))
            return False
        self._connection.execute(sa.insert(t.feature_files).values(**columns(file)))
        rows = [{"photo_id": id, "dataset_id": file.dataset_id, "file_id": file.id} for id in photo_ids]
        self._connection.execute(sa.insert(t.features), rows)
        return True

    def sort(self, dataset_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
        """Say where photos stand: rows of `photo_id`, `heap`, `place`, `nearest`; what is gone stays gone."""
        if not rows:
            return
        mine = t.features.c.photo_id == sa.bindparam("id"), t.features.c.dataset_id == dataset_id
        names = ("heap", "place", "nearest")
        statement = sa.update(t.features).where(*mine).values({name: sa.bindparam(f"to_{name}") for name in names})
        given = [{"id": row["photo_id"]} | {f"to_{name}": row[name] for name in names} for row in rows]
        self._connection.execute(statement, given)

    def forget(self, photo_ids: Sequence[UUID]) -> None:
        """Let files go that hold any of these photos; the others in them lack features from then on."""
        files = [file for some in _slices(photo_ids) for file in self.files_with(some)]
        self.drop([file.id for file in files])

    def drop(self, file_ids: Sequence[UUID]) -> None:
        """Let files go, with what they say of photos."""
        gone = sa.delete(t.feature_files).where(t.feature_files.c.id.in_(list(file_ids)))
        names = (t.feature_files.c.key, t.feature_files.c.parts_key)
        rows = self._connection.execute(gone.returning(*names))
        self._discard(*(key for row in rows for key in row if key))

    def drop_other_versions(self, dataset_id: UUID, version: int) -> None:
        """Let a dataset's files go that another version of the network has left: its photos are looked at again."""
        self.drop([file.id for file in self.files(dataset_id) if file.version != version])

    # What can be asked

    def files(self, dataset_id: UUID) -> list[FeatureFile]:
        """List a dataset's files, in the order in which they were written."""
        query = sa.select(t.feature_files).where(t.feature_files.c.dataset_id == dataset_id)
        rows = self._connection.execute(query.order_by(t.feature_files.c.id)).mappings()
        return [FeatureFile(**row) for row in rows]

    def of_other_versions(self, version: int) -> list[UUID]:
        """Name the datasets that another version of the network has left files of."""
        of = t.feature_files.c
        return self._ids(sa.select(of.dataset_id).where(of.version != version).distinct().order_by(of.dataset_id))

    def files_with(self, photo_ids: Sequence[UUID]) -> list[FeatureFile]:
        """List the files that hold any of these photos, at most 10,000."""
        holding = sa.select(t.features.c.file_id).where(t.features.c.photo_id.in_(list(photo_ids)))
        query = sa.select(t.feature_files).where(t.feature_files.c.id.in_(holding)).order_by(t.feature_files.c.id)
        return [FeatureFile(**row) for row in self._connection.execute(query).mappings()]

    def of_file(self, file_id: UUID) -> list[Feature]:
        """List what a file says of its photos."""
        query = sa.select(t.features).where(t.features.c.file_id == file_id).order_by(t.features.c.photo_id)
        return [Feature(**row) for row in self._connection.execute(query).mappings()]

    def get(self, photo_id: UUID) -> Feature | None:
        """Read what was found in a photo, if it was looked at."""
        query = sa.select(t.features).where(t.features.c.photo_id == photo_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Feature(**row)

    def sources(self, dataset_id: UUID) -> list[Source]:
        """List the photos that a look falls on, in the order of upload."""
        of = t.photos.c
        query = sa.select(
            of.id.label("photo_id"),
            of.thumb_key.label("key"),
            sa.func.coalesce(of.small_key, of.image_key).label("clean_key"),
            of.width,
            of.height,
            of.state.in_(USABLE).label("usable"),
            t.features.c.photo_id.is_not(None).label("looked"),
            (of.focus.is_(None) & self._framed_by_focus(dataset_id)).label("unfocused"),
        )
        query = query.outerjoin(t.features, t.features.c.photo_id == of.id).where(*_seen(dataset_id)).order_by(of.id)
        return [Source(**row) for row in self._connection.execute(query).mappings()]

    def unlooked(self, dataset_id: UUID) -> int:
        """Count the photos that nobody has looked at yet."""
        query = sa.select(sa.func.count()).select_from(t.photos).where(*_seen(dataset_id))
        query = query.outerjoin(t.features, t.features.c.photo_id == t.photos.c.id)
        return int(self._connection.execute(query.where(t.features.c.photo_id.is_(None))).scalar_one())

    def unfocused(self, dataset_id: UUID) -> int:
        """Count the photos that are to be framed by where they are looked at, of which that is not known."""
        query = sa.select(sa.func.count()).select_from(t.photos).where(*_seen(dataset_id), t.photos.c.focus.is_(None))
        return int(self._connection.execute(query.where(self._framed_by_focus(dataset_id))).scalar_one())

    def _framed_by_focus(self, dataset_id: UUID) -> sa.ColumnElement[bool]:
        of = t.datasets.c
        return sa.select(of.id).where(of.id == dataset_id, of.framing.in_(t.FOCUSED)).exists()

    def usable(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[UUID]:
        """Name those of these photos that training sees, in the order given."""
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(USABLE))
        found = {id for some in _slices(photo_ids) for id in self._ids(query.where(t.photos.c.id.in_(some)))}
        return [id for id in photo_ids if id in found]

    def shown(self, dataset_id: UUID, photo_ids: Sequence[UUID]) -> list[UUID]:
        """Name those of these photos that are there to be shown, each once: a duplicate is what it repeats."""
        query = sa.select(t.photos.c.id).where(t.photos.c.dataset_id == dataset_id, t.photos.c.state.in_(SHOWN))
        return [id for some in _slices(photo_ids) for id in self._ids(query.where(t.photos.c.id.in_(some)))]

    # The heaps of the contact sheet, of what training sees now

    def heaps(self, dataset_id: UUID) -> dict[int, int]:
        """Count the photos of each heap, the largest first."""
        query = self._standing(dataset_id, t.features.c.heap, sa.func.count()).group_by(t.features.c.heap)
        found: dict[int, int] = dict(self._connection.execute(query.where(t.features.c.heap.is_not(None))).all())
        return dict(sorted(found.items(), key=lambda heap: (-heap[1], heap[0])))

    def sorted_any(self, dataset_id: UUID) -> bool:
        """Say whether photos were ever sorted into heaps, training seeing them or not."""
        query = sa.select(t.features.c.photo_id).where(t.features.c.dataset_id == dataset_id)
        return self._connection.execute(query.where(t.features.c.heap.is_not(None)).limit(1)).first() is not None

    def typical(self, dataset_id: UUID, heap: int, *, count: int) -> list[UUID]:
        """Name the first photos of a heap: the most typical ones, of which none repeats another if it can be."""
        query = self._standing(dataset_id, t.features.c.photo_id).where(t.features.c.heap == heap)
        return self._ids(query.order_by(t.features.c.place).limit(count))

    def surplus(self, dataset_id: UUID, heap: int, *, keep: int) -> list[UUID]:
        """Name what is beyond the first `keep` photos of a heap: repeats, then the least typical."""
        query = self._standing(dataset_id, t.features.c.photo_id).where(t.features.c.heap == heap)
        return self._ids(query.order_by(t.features.c.place))[keep:]

    def lonely(self, dataset_id: UUID, *, count: int) -> list[tuple[UUID, int]]:
        """Name the photos that are least like any other, with the likeness to the nearest one."""
        of = t.features.c
        query = self._standing(dataset_id, of.photo_id, of.nearest).where(of.nearest.is_not(None))
        rows = self._connection.execute(query.order_by(of.nearest, of.photo_id).limit(count))
        return [(id, nearest) for id, nearest in rows]

    def heap(self, dataset_id: UUID, heap: int, *, limit: int, cursor: str | None) -> Page[UUID]:
        """List the photos of a heap that training sees, in their places."""
        query = self._standing(dataset_id, t.features).where(t.features.c.heap == heap)
        page = page_of(self._connection, query, Feature, order=_IN_HEAP, limit=limit, cursor=cursor)
        return Page(items=[row.photo_id for row in page.items], next_cursor=page.next_cursor)

    def _standing(self, dataset_id: UUID, *what: Any) -> sa.Select[Any]:
        query = sa.select(*what).join(t.photos, t.photos.c.id == t.features.c.photo_id)
        return query.where(t.features.c.dataset_id == dataset_id, t.photos.c.state.in_(USABLE))

    def _ids(self, query: sa.Select[Any]) -> list[UUID]:
        return list(self._connection.execute(query).scalars())


def keys_of(file: FeatureFile) -> list[str]:
    """Name the objects of a look."""
    return [key for key in (file.key, file.parts_key) if key]


def _seen(dataset_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    of = t.photos.c
    return of.dataset_id == dataset_id, of.state.in_(SEEN), of.thumb_key.is_not(None)


def _slices(photo_ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    return (list(photo_ids[at : at + _MOST_IDS]) for at in range(0, len(photo_ids), _MOST_IDS))
