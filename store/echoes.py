"""Echoes: what moments of trainings remember of the photographs that they have learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import echo_tables as e
from store import sample_tables as s
from store import tables as t
from store.datasets import ACTIVE, USABLE
from store.features import SHOWN
from store.rows import columns
from store.types import now

ECHOES = "echoes"  # the kind of job that looks for them
TRAIN = "train"


@dataclass(frozen=True, kw_only=True, slots=True)
class EchoRow:
    """What one moment of a training remembers, a file; drawn were seeds 0, 1, 2, … with this truncation."""

    id: UUID
    training_id: UUID
    dataset_id: UUID
    model_id: UUID
    step: int
    hash: str
    version: int
    pictures: int
    truncation_psi: float
    photos: int
    steps: Sequence[float] | None
    key: str
    size_bytes: int
    created_at: datetime = field(default_factory=now)

    @property
    def drawn(self) -> tuple[int, float]:
        """How many pictures were drawn, and how far from the mean: what of both is the same goes together."""
        return self.pictures, self.truncation_psi


def standing(rows: Iterable[EchoRow], *, version: int) -> list[EchoRow]:
    """Give the moments that are told of: of those that were drawn alike the most, of equals the newest.

    So an answer stands until another number of pictures has come as far. What another version saw is nothing.
    """
    alike: dict[tuple[int, float], list[EchoRow]] = {}
    for row in rows:
        if row.version == version:
            alike.setdefault(row.drawn, []).append(row)
    return max(alike.values(), key=lambda some: (len(some), max(row.created_at for row in some)), default=[])


class Echoes:
    """The table `echoes`, and what they are about."""

    def __init__(self, connection: sa.Connection, *, discard: Callable[..., None]) -> None:
        self._connection = connection
        self._discard = discard

    def of_training(self, training_id: UUID) -> list[EchoRow]:
        """List what the moments of a training remember, by step."""
        return self._rows(e.echoes.c.training_id == training_id)

    def of_dataset(self, dataset_id: UUID) -> list[EchoRow]:
        """List what all trainings of a dataset remember, by training and step."""
        return self._rows(e.echoes.c.dataset_id == dataset_id)

    def put(self, row: EchoRow) -> bool:
        """Put what a moment remembers in the place of what was known; False, and the file goes, where it was deleted.

        No withdrawal comes between this and the commit.
        """
        self.hold(row.dataset_id)
        moment = sa.select(t.models.c.id).where(t.models.c.id == row.model_id).with_for_update(key_share=True)
        if self._connection.execute(moment).first() is None:
            self._discard(row.key)
            return False
        of = e.echoes.c
        same = of.training_id == row.training_id, of.step == row.step
        self._drop(sa.and_(*same, of.pictures == row.pictures, of.truncation_psi == row.truncation_psi))
        self._connection.execute(sa.insert(e.echoes).values(**columns(row)))
        return True

    def replace(self, old: EchoRow, new: EchoRow) -> bool:
        """Put a file in the place of another, unless that was replaced meanwhile: then the file of the new one goes."""
        self.hold(old.dataset_id)
        if old not in self.of_training(old.training_id):
            self._discard(new.key)
            return False
        return self.put(new)

    def keep_only(self, training_id: UUID, steps: Sequence[int], *, drawn: tuple[int, float], version: int) -> None:
        """Let all go of a training but these moments, drawn so."""
        of = e.echoes.c
        kept = of.step.in_(list(steps)) & (of.pictures == drawn[0]) & (of.truncation_psi == drawn[1])
        self._drop((of.training_id == training_id) & ~(kept & (of.version == version)))

    def drop(self, ids: Sequence[UUID]) -> None:
        """Let some go."""
        self._drop(e.echoes.c.id.in_(list(ids)))

    # What they are about

    def compared(self, dataset_id: UUID, *, revision: int | None) -> list[UUID]:
        """Name the photos that a training saw which pins this revision, in their order: those that are there still, and
        were looked at. Without a revision it is what training sees now.
        """
        of = t.photos.c
        query = sa.select(of.id, of.state).join(t.features, t.features.c.photo_id == of.id)
        query = query.where(of.dataset_id == dataset_id, of.state.in_(SHOWN)).order_by(of.id)
        if revision is not None:
            query = query.where(of.revision <= revision)
        was = self._before_changes(dataset_id, revision) if revision is not None else {}
        rows = self._connection.execute(query)
        return [row.id for row in rows if was.get(row.id, row.state) in USABLE]

    def looking(self, training_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """Name the jobs that look at trainings now, or wait for it, by training."""
        query = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind == ECHOES, t.jobs.c.state.in_(ACTIVE))
        found = {params["training_id"]: id for id, params in self._connection.execute(query.order_by(t.jobs.c.id))}
        return {id: found[str(id)] for id in training_ids if str(id) in found}

    def samples(self, photo_id: UUID, *, most: int) -> list[tuple[UUID, int]]:
        """Name the samples that are nearest to a photo, most alike first, with their likeness in millionths."""
        of = s.samples.c
        query = sa.select(of.id, of.likeness).where(of.nearest_id == photo_id, of.likeness.is_not(None))
        rows = self._connection.execute(query.order_by(of.likeness.desc(), of.id.desc()).limit(most))
        return [(row.id, row.likeness) for row in rows]

    def _before_changes(self, dataset_id: UUID, revision: int) -> Mapping[UUID, str]:
        """Say what each photo that changed after a revision was at it: its state before the first change since."""
        changes = t.photo_changes.c
        query = sa.select(changes.photo_id, changes.before).where(changes.dataset_id == dataset_id)
        query = query.where(changes.revision > revision).order_by(changes.revision.desc())
        return {row.photo_id: row.before for row in self._connection.execute(query)}

    def _rows(self, which: sa.ColumnElement[bool]) -> list[EchoRow]:
        of = e.echoes.c
        query = sa.select(e.echoes).where(which).order_by(of.training_id, of.step, of.id)
        return [EchoRow(**row) for row in self._connection.execute(query).mappings()]

    def hold(self, dataset_id: UUID) -> None:
        """Let no withdrawal come before the commit."""
        self._connection.execute(sa.select(t.datasets.c.id).where(t.datasets.c.id == dataset_id).with_for_update())

    def _drop(self, which: sa.ColumnElement[bool]) -> None:
        gone: sa.Select[Any] | Any = sa.delete(e.echoes).where(which).returning(e.echoes.c.key)
        self._discard(*self._connection.execute(gone).scalars())
