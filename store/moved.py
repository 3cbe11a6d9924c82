"""Photos that leave a dataset for another: their lines stay, and say where they went."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.state import State
from store import tables as t
from store.datasets import Datasets
from store.features import SEEN
from store.lists import pieces
from store.types import now

# What a moved photo leaves with its line: the hash of its file and what one asks for, to find it by.
_TAKEN = (
    *("original_key", "image_key", "small_key", "thumb_key", "phash", "blur", "average", "caption"),
    *("focus", "kind", "duplicate_of"),
)
_new = t.photos.alias("new")


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """How many places were gone through, of which datasets, and what is to be withdrawn: it was, where it came from."""

    count: int
    sources: Sequence[UUID]
    late: Sequence[UUID]


class Moved:
    """Photos of the state "moved". `photo_changes` keeps what they were: trainings have looked at them all the same."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        datasets: Datasets,
        discard: Callable[..., None],
        forget: Callable[[Sequence[UUID]], None],
    ) -> None:
        self._connection = connection
        self._datasets = datasets
        self._discard = discard
        self._forget = forget

    def leaving(self) -> list[UUID]:
        """Name the datasets into which all photos have come that are to leave another, and some have not yet."""
        query = sa.select(t.archives.c.dataset_id).join_from(t.jobs, t.archives, t.archives.c.job_id == t.jobs.c.id)
        coming = sa.select(t.gathered.c.archive_id).where(t.gathered.c.archive_id == t.archives.c.id).exists()
        query = query.where(t.jobs.c.kind == "gather", t.jobs.c.state == State.SUCCEEDED, coming)
        return list(self._connection.execute(query.distinct()).scalars())

    def leave(self, into: UUID, *, most: int) -> Left:
        """Have so many of the photos that came into a dataset leave theirs; their files there go with the commit.

        One that was refused here, as its file is lost or was withdrawn before, stays there. What was withdrawn there
        meanwhile is withdrawn here as well: that is the caller's.
        """
        gathered, photos = t.gathered.c, t.photos.c
        query = sa.select(gathered.archive_id, gathered.position, gathered.source_id, photos.dataset_id)
        query = query.outerjoin_from(t.gathered, t.photos, photos.id == gathered.source_id)
        query = query.where(gathered.dataset_id == into).order_by(gathered.archive_id, gathered.position)
        rows = self._connection.execute(query.limit(most)).all()
        sources = sorted({row.dataset_id for row in rows if row.dataset_id})
        ids = [row.source_id for row in rows]
        for source_id in sources:  # as a withdrawal does: first a dataset, then its photos
            self._leave(source_id, into, ids)
        withdrawn = sa.select(photos.id).where(photos.id.in_(ids), photos.state == "withdrawn")
        late = _arrived(into, _new.c.id).where(
            gathered.source_id.in_(self._connection.execute(withdrawn).scalars().all())
        )
        found: list[UUID] = list(self._connection.execute(late).scalars())
        places = (gathered.dataset_id == into) & gathered.source_id.in_(ids)
        self._connection.execute(sa.delete(t.gathered).where(places))
        return Left(count=len(rows), sources=sources, late=found)

    def _leave(self, source_id: UUID, into: UUID, ids: Sequence[UUID]) -> None:
        revision = self._datasets.touch_revision(source_id)
        mine = (t.photos.c.dataset_id == source_id) & t.photos.c.state.in_(SEEN) & t.photos.c.id.in_(ids)
        arrived = _arrived(into, t.gathered.c.source_id).where(t.gathered.c.source_id.in_(ids))
        going = mine & t.photos.c.id.in_(arrived)
        columns = [t.photos.c[name] for name in ("id", "original_key", "image_key", "small_key", "thumb_key")]
        rows = self._connection.execute(sa.select(*columns).where(going)).all()
        self._record(going, revision)
        to = _arrived(into, _new.c.id).where(t.gathered.c.source_id == t.photos.c.id).scalar_subquery()
        reason = f"Moved to {self._datasets.get(into).name}."
        values = {"state": "moved", "reason": reason, "moved_to": to, **dict.fromkeys(_TAKEN)}
        self._connection.execute(sa.update(t.photos).where(going).values(values))
        self._discard(*(key for row in rows for key in row[1:]))
        self._forget([row.id for row in rows])

    def origins(self, photo_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """Name by dataset the lines that these photos have left behind, wherever they have been."""
        found: dict[UUID, list[UUID]] = {}
        query = sa.select(t.photos.c.dataset_id, t.photos.c.id)
        coming = list(photo_ids)
        while coming:
            lines = [
                row
                for ids in pieces(coming)
                for row in self._connection.execute(query.where(t.photos.c.moved_to.in_(ids)))
            ]
            for dataset_id, photo_id in lines:
                found.setdefault(dataset_id, []).append(photo_id)
            coming = [photo_id for _, photo_id in lines]
        return found

    def _record(self, going: sa.ColumnElement[bool], revision: int) -> None:
        at = sa.literal(now(), t.photo_changes.c.created_at.type)
        were = sa.select(t.photos.c.id, sa.literal(revision), t.photos.c.dataset_id, t.photos.c.state, at).where(going)
        columns = ["photo_id", "revision", "dataset_id", "before", "created_at"]
        self._connection.execute(sa.insert(t.photo_changes).from_select(columns, were))


def _arrived(into: UUID, what: sa.ColumnElement[UUID]) -> sa.Select[Any]:
    """Select `what` of the photos that have come into a dataset, or of the rows that say what they were."""
    here = (_new.c.archive_id == t.gathered.c.archive_id) & (_new.c.position == t.gathered.c.position)
    query = sa.select(what).join_from(t.gathered, _new, here)
    return query.where(t.gathered.c.dataset_id == into, _new.c.state.in_(SEEN))
