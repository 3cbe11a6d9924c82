"""Maps: where the pictures of a dataset lie on a plane, and what a look at its samples has found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import map_tables as m
from store import sample_tables as s
from store import tables as t
from store.features import SEEN
from store.rows import columns
from store.types import now

MOST_SAMPLES = 20_000  # of a map: the newest


@dataclass(frozen=True, kw_only=True, slots=True)
class MapRow:
    """The map of a dataset, a file."""

    id: UUID
    dataset_id: UUID
    key: str
    photos: int
    samples: int
    size_bytes: int
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenFile:
    """A file of what a look at samples has found."""

    id: UUID
    dataset_id: UUID
    version: int
    samples: int
    key: str
    size_bytes: int
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleSource:
    """A sample that may be on a map: the object of its smallest picture."""

    id: UUID
    key: str


class Maps:
    """The tables `maps` and `seen_files`."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    def get(self, dataset_id: UUID) -> MapRow | None:
        """Read the map of a dataset, if there is one."""
        query = sa.select(m.maps).where(m.maps.c.dataset_id == dataset_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else MapRow(**row)

    def hold(self, dataset_id: UUID) -> None:
        """Let no withdrawal, and no other map, come before the commit."""
        self._connection.execute(sa.select(t.datasets.c.id).where(t.datasets.c.id == dataset_id).with_for_update())

    def put(self, row: MapRow) -> None:
        """Put a map in the place of the one that there is; its file goes with the commit."""
        self.hold(row.dataset_id)
        gone = sa.delete(m.maps).where(m.maps.c.dataset_id == row.dataset_id).returning(m.maps.c.key)
        self._discard(*self._connection.execute(gone).scalars())
        self._connection.execute(sa.insert(m.maps).values(**columns(row)))

    def replace(self, old: MapRow, new: MapRow) -> bool:
        """Put a map in the place of another, unless that was replaced meanwhile: then the file of the new one goes."""
        self.hold(old.dataset_id)
        if self.get(old.dataset_id) != old:
            self._discard(new.key)
            return False
        self.put(new)
        return True

    def seen(self, dataset_id: UUID, *, version: int) -> list[SeenFile]:
        """List the files of what was found in samples, by looks of this version."""
        of = m.seen_files.c
        query = sa.select(m.seen_files).where(of.dataset_id == dataset_id, of.version == version).order_by(of.id)
        return [SeenFile(**row) for row in self._connection.execute(query).mappings()]

    def seen_samples(self, dataset_id: UUID) -> int:
        """Count the samples that were looked at, those that were deleted since among them."""
        query = sa.select(sa.func.sum(m.seen_files.c.samples)).where(m.seen_files.c.dataset_id == dataset_id)
        return int(self._connection.execute(query).scalar_one() or 0)

    def add_seen(self, file: SeenFile) -> None:
        """Name a file of what was found in samples; what looks of other versions have found goes."""
        self.hold(file.dataset_id)
        of = m.seen_files.c
        self._drop((of.dataset_id == file.dataset_id) & (of.version != file.version))
        self._connection.execute(sa.insert(m.seen_files).values(**columns(file)))

    def drop_seen(self, file_ids: Sequence[UUID]) -> None:
        """Let files go."""
        self._drop(m.seen_files.c.id.in_(list(file_ids)))

    def sources(self, dataset_id: UUID) -> list[SampleSource]:
        """List the samples that are on a map, newest first: at most `MOST_SAMPLES`."""
        of = s.samples.c
        query = sa.select(of.id, sa.func.coalesce(of.thumb_key, of.image_key).label("key"))
        query = query.where(of.dataset_id == dataset_id).order_by(of.id.desc()).limit(MOST_SAMPLES)
        return [SampleSource(**row) for row in self._connection.execute(query).mappings()]

    # What is told of what is on a map

    def photos(self, dataset_id: UUID) -> Sequence[Any]:
        """Read of each photo that a look may fall on what a map tells: its id, state, time, album, looks."""
        of = t.photos.c
        told = (of.id, of.state, of.taken_at, of.album, of.average, of.width, of.height)
        return self._connection.execute(sa.select(*told).where(of.dataset_id == dataset_id, of.state.in_(SEEN))).all()

    def samples(self, dataset_id: UUID) -> Sequence[Any]:
        """Read of each sample what a map tells: its id, when it was drawn, looks, how near it is to a photo."""
        of = s.samples.c
        told = (of.id, of.created_at, of.average, of.width, of.height, of.nearness)
        query = sa.select(*told).where(of.dataset_id == dataset_id).order_by(of.id.desc()).limit(MOST_SAMPLES)
        return self._connection.execute(query).all()

    def looked(self, dataset_id: UUID) -> int:
        """Count the photos that have features."""
        query = sa.select(sa.func.count()).select_from(t.features).where(t.features.c.dataset_id == dataset_id)
        return int(self._connection.execute(query).scalar_one())

    def standing(self, dataset_id: UUID) -> tuple[Any, ...]:
        """Tell all that an answer about a map may change with, besides the dataset's revision and the map itself."""
        of, mine = s.samples.c, t.features.c
        samples = sa.select(sa.func.count(), sa.func.max(of.created_at), sa.func.sum(of.nearness)).where(
            of.dataset_id == dataset_id
        )
        features = sa.select(sa.func.count()).where(mine.dataset_id == dataset_id)
        return (*self._connection.execute(samples).one(), *self._connection.execute(features).one())

    def how_many_samples(self, dataset_id: UUID) -> int:
        """Count the samples of a dataset."""
        query = sa.select(sa.func.count()).select_from(s.samples).where(s.samples.c.dataset_id == dataset_id)
        return int(self._connection.execute(query).scalar_one())

    def _drop(self, which: sa.ColumnElement[bool]) -> None:
        gone = sa.delete(m.seen_files).where(which).returning(m.seen_files.c.key)
        self._discard(*self._connection.execute(gone).scalars())
