"""How near samples are to photographs: sketches of what training sees, and how they are calibrated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.originality import UNKNOWN, level
from store import sample_tables as s
from store import tables as t
from store import tracing_tables as r
from store.database import insert
from store.features import SEEN
from store.lists import pieces
from store.rows import Sample
from store.types import now

AT_ONCE = 2000  # samples that are read together


@dataclass(frozen=True, kw_only=True, slots=True)
class Square:
    """A square that a training sees, or saw before it was framed anew: of which picture, and where in it."""

    view_id: UUID
    photo_id: UUID
    key: str  # of a small picture of the whole photograph
    width: int  # of the photograph, in whose pixels the box is
    box: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """What a square looks like from afar; `body` is what `kinds.index.sketches` made."""

    view_id: UUID
    photo_id: UUID
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How near the photographs of a dataset are to each other; no `steps` where there are too few of them."""

    dataset_id: UUID
    id: UUID
    photos: int
    steps: Sequence[float] | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Traced:
    """How near a sample is to a photograph."""

    sample_id: UUID
    nearest_id: UUID
    likeness: float
    nearness: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unseen:
    """A sample that is to be looked at, by the object of a small picture of it."""

    sample_id: UUID
    key: str


class Tracing:
    """The tables `sketches` and `calibrations`, and what they say of samples."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Sketches of squares

    def squares(self, dataset_id: UUID, *, version: int) -> list[Square]:
        """List the squares that have no sketch of this version, in the order of their ids."""
        of, views = t.photos.c, t.views.c
        query = sa.select(views.id.label("view_id"), of.id.label("photo_id"), of.thumb_key.label("key"), of.width)
        query = self._lacking(query.add_columns(views.box), dataset_id, version).order_by(views.id)
        return [Square(**row) for row in self._connection.execute(query).mappings()]

    def unsketched(self, dataset_id: UUID, *, version: int) -> int:
        """Count the squares that have no sketch of this version."""
        query = self._lacking(sa.select(sa.func.count()), dataset_id, version)
        return int(self._connection.execute(query).scalar_one())

    def sketched(self, dataset_id: UUID, *, version: int) -> int:
        """Count the photos that have a sketch of this version."""
        of = r.sketches.c
        query = sa.select(sa.func.count(of.photo_id.distinct()))
        query = query.where(of.dataset_id == dataset_id, of.version == version)
        return int(self._connection.execute(query).scalar_one())

    def sketches(self, dataset_id: UUID, *, version: int) -> list[Sketch]:
        """List the sketches of this version, in the order of the ids of their squares."""
        of = r.sketches.c
        query = sa.select(of.view_id, of.photo_id, of.body).where(of.dataset_id == dataset_id, of.version == version)
        return [Sketch(**row) for row in self._connection.execute(query.order_by(of.view_id)).mappings()]

    def add(self, dataset_id: UUID, sketches: Sequence[Sketch], *, version: int) -> int:
        """Keep sketches of squares whose photos are there; those of another version go. Returns how many were kept."""
        self._hold(dataset_id)
        there = self._there({one.photo_id for one in sketches})
        views = self._ids(t.views.c.id, [one.view_id for one in sketches])
        kept = [one for one in sketches if one.photo_id in there and one.view_id in views]
        for ids in pieces([one.view_id for one in kept]):
            old = r.sketches.c.view_id.in_(ids) & (r.sketches.c.version != version)
            self._connection.execute(sa.delete(r.sketches).where(old))
        rows = [
            {
                "view_id": one.view_id,
                "photo_id": one.photo_id,
                "dataset_id": dataset_id,
                "version": version,
                "body": one.body,
            }
            for one in kept
        ]
        if rows:
            self._connection.execute(insert(self._connection, r.sketches).on_conflict_do_nothing(), rows)
        return len(rows)

    def forget(self, photo_ids: Collection[UUID]) -> None:
        """Forget what these photos look like; samples that were nearest to one of them are to be looked at again."""
        nearest: set[UUID] = set()
        for ids in pieces(photo_ids):
            self._connection.execute(sa.delete(r.sketches).where(r.sketches.c.photo_id.in_(ids)))
            query = sa.select(s.samples.c.id).where(s.samples.c.nearest_id.in_(ids))
            nearest.update(self._connection.execute(query).scalars())
        for some in pieces(sorted(nearest)):  # locked in their order, as `Samples.hold` does
            held = sa.select(s.samples.c.id).where(s.samples.c.id.in_(some)).order_by(s.samples.c.id)
            self._connection.execute(held.with_for_update())
            for column in s.COPIES:
                values = _NOTHING_OF.get(column.table, {"nearness": UNKNOWN})
                self._connection.execute(sa.update(column.table).where(column.in_(some)).values(**values))

    # How near photographs are to each other

    def calibration(self, dataset_id: UUID) -> Calibration | None:
        """Read how a dataset's photographs were last compared with each other, if they were."""
        query = sa.select(r.calibrations).where(r.calibrations.c.dataset_id == dataset_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Calibration(**row)

    def calibrate(self, dataset_id: UUID, *, id: UUID, photos: int, steps: Sequence[float] | None) -> None:
        """Keep how near a dataset's photographs are to each other, in place of what was known before."""
        self._hold(dataset_id)
        self._connection.execute(sa.delete(r.calibrations).where(r.calibrations.c.dataset_id == dataset_id))
        values = {"id": id, "photos": photos, "steps": steps, "created_at": now()}
        self._connection.execute(sa.insert(r.calibrations).values(dataset_id=dataset_id, **values))

    # Samples

    def unseen(self, dataset_id: UUID, *, by: UUID) -> Iterator[Unseen]:
        """List the samples of a dataset's models that another calibration, or none, speaks of; newest first."""
        of, last = s.samples.c, None
        query = sa.select(of.id, of.thumb_key, of.image_key).where(*self._unseen(dataset_id, by))
        while True:
            after = query if last is None else query.where(of.id < last)
            rows = self._connection.execute(after.order_by(of.id.desc()).limit(AT_ONCE)).all()
            if not rows:
                return
            yield from (Unseen(sample_id=row.id, key=row.thumb_key or row.image_key) for row in rows)
            last = rows[-1].id

    def count_unseen(self, dataset_id: UUID, *, by: UUID | None) -> int:
        """Count those samples; all of them, where there is no calibration."""
        which = self._unseen(dataset_id, by) if by is not None else (s.samples.c.dataset_id == dataset_id,)
        query = sa.select(sa.func.count()).select_from(s.samples).where(*which)
        return int(self._connection.execute(query).scalar_one())

    def forgotten(self, dataset_id: UUID) -> bool:
        """Whether nothing is known of some sample, though the photographs were compared with each other."""
        known = self.calibration(dataset_id)
        if known is None or known.steps is None:
            return False
        of = s.samples.c
        query = sa.select(of.id).where(of.dataset_id == dataset_id, of.nearness == UNKNOWN).limit(1)
        return self._connection.execute(query).first() is not None

    def trace(self, dataset_id: UUID, traced: Sequence[Traced], *, by: UUID) -> None:
        """Say how near samples are, by a calibration; nothing of what is nearest to a photo that was withdrawn."""
        self._hold(dataset_id)
        there = self._there({one.nearest_id for one in traced})
        self._write(
            [
                {
                    "sample": one.sample_id,
                    "near": one.nearness,
                    "to": one.nearest_id,
                    "alike": round(one.likeness * 1_000_000),
                    "by": by,
                }
                for one in traced
                if one.nearest_id in there
            ]
        )

    def still(self, samples: Sequence[Sample]) -> list[Sample]:
        """Give samples that are to be added; of what is nearest to a photo that was withdrawn nothing is said."""
        for dataset_id in sorted({one.dataset_id for one in samples if one.nearest_id and one.dataset_id}):
            self._hold(dataset_id)
        there = self._there({one.nearest_id for one in samples if one.nearest_id is not None})
        return [one if one.nearest_id in there else replace(one, **_NOTHING) for one in samples]

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write to samples, and to all tables that repeat how near they are; one that is gone stays gone.

        They are locked in the order of their ids, as `Samples.hold` does.
        """
        if not rows:
            return
        rows = sorted(rows, key=lambda row: row["sample"])
        for column in s.COPIES:
            values: dict[str, Any] = {"nearness": sa.bindparam("near")}
            if column.table is s.samples:
                names = {"nearest_id": "to", "likeness": "alike", "traced_by": "by"}
                values |= {name: sa.bindparam(told) for name, told in names.items()}
            if column.table is s.sample_levels:
                values["level"] = sa.bindparam("word")
            told = [{**row, "word": level(row["near"])} for row in rows]
            used = {"sample", *(param.key for param in values.values())}
            given = [{name: value for name, value in row.items() if name in used} for row in told]
            self._connection.execute(
                sa.update(column.table).where(column == sa.bindparam("sample")).values(values), given
            )

    def _hold(self, dataset_id: UUID) -> None:
        """Let no withdrawal come before the commit."""
        query = sa.select(t.datasets.c.id).where(t.datasets.c.id == dataset_id).with_for_update()
        self._connection.execute(query)

    def _there(self, photo_ids: Collection[UUID]) -> set[UUID]:
        there = t.photos.c.state.in_(SEEN)
        return self._ids(t.photos.c.id, sorted(photo_ids), there)

    def _ids(self, column: sa.Column[Any], ids: Iterable[UUID], *conditions: sa.ColumnElement[bool]) -> set[UUID]:
        found: set[UUID] = set()
        for some in pieces([*ids]):
            query = sa.select(column).where(column.in_(some), *conditions)
            found.update(self._connection.execute(query).scalars())
        return found

    def _lacking(self, query: sa.Select[Any], dataset_id: UUID, version: int) -> sa.Select[Any]:
        of, views = t.photos.c, t.views.c
        known = (r.sketches.c.view_id == views.id) & (r.sketches.c.version == version)
        joined = t.views.join(t.photos, of.id == views.photo_id).outerjoin(r.sketches, known)
        there = views.dataset_id == dataset_id, of.state.in_(SEEN), of.thumb_key.is_not(None), of.width.is_not(None)
        return query.select_from(joined).where(*there, r.sketches.c.view_id.is_(None))

    def _unseen(self, dataset_id: UUID, by: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        return s.samples.c.dataset_id == dataset_id, s.samples.c.traced_by.is_distinct_from(by)


_NOTHING: dict[str, Any] = {"nearness": UNKNOWN, "nearest_id": None, "likeness": None, "traced_by": None}
_NOTHING_OF = {s.samples: _NOTHING, s.sample_levels: {"nearness": UNKNOWN, "level": level(UNKNOWN)}}
