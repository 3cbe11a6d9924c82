"""Moments of a training: blind choices between them, and which of them are not measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from store import tables as t
from store.datasets import ACTIVE
from store.rows import Model, columns
from store.types import now

MEASURE = "measure"  # the kind of job that measures them
NEEDED = ("kernel", "variety_of_archive")


@dataclass(frozen=True, kw_only=True, slots=True)
class MomentChoice:
    """What was chosen of two pictures of one point, at two steps of a training: "left", "right" or "neither"."""

    job_id: UUID
    position: int
    place: int
    left_step: int
    right_step: int
    chosen: str
    created_at: datetime = field(default_factory=now)

    @property
    def said(self) -> tuple[int, int, int, str]:
        """What it says, whenever it was said."""
        return self.place, self.left_step, self.right_step, self.chosen


def unmeasured(moments: Sequence[Model]) -> list[Model]:
    """Give those of which something is not known that moments are ranked by."""
    return [moment for moment in moments if any(lacks(moment, name) for name in NEEDED)]


def lacks(moment: Model, name: str) -> bool:
    """Whether a measure of a moment is missing, or came to no number, as an earlier release could store it."""
    found = (moment.measures or {}).get(name)
    return not (isinstance(found, int | float) and isfinite(found))


class Moments:
    """The table `moment_choices`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def count(self, job_id: UUID) -> int:
        """Count the choices of a training, which is the position of the next one."""
        last = sa.select(sa.func.max(t.moment_choices.c.position)).where(t.moment_choices.c.job_id == job_id)
        found = self._connection.execute(last).scalar_one()
        return 0 if found is None else int(found) + 1

    def tally(self, job_id: UUID) -> Counter[tuple[int, int, str]]:
        """Count the choices by their left step, their right one, and what was chosen."""
        c = t.moment_choices.c
        query = sa.select(c.left_step, c.right_step, c.chosen, sa.func.count()).where(c.job_id == job_id)
        rows = self._connection.execute(query.group_by(c.left_step, c.right_step, c.chosen))
        return Counter({(left, right, chosen): count for left, right, chosen, count in rows})

    def places(self, job_id: UUID, one: int, other: int) -> Counter[int]:
        """Count at which points two moments were compared, whichever side they were on."""
        c = t.moment_choices.c
        either = sa.and_(c.left_step == one, c.right_step == other) | sa.and_(c.left_step == other, c.right_step == one)
        query = sa.select(c.place, sa.func.count().label("times")).where(c.job_id == job_id, either).group_by(c.place)
        return Counter({row.place: row.times for row in self._connection.execute(query)})

    def at(self, job_id: UUID, position: int) -> MomentChoice | None:
        """Read one choice."""
        c = t.moment_choices.c
        query = sa.select(t.moment_choices).where(c.job_id == job_id, c.position == position)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else MomentChoice(**row)

    def add(self, choice: MomentChoice) -> None:
        """Add a choice at its position; the same one again changes nothing.

        Raises: Conflict, if its question was answered otherwise, or some before it were taken back.
        """
        self._one_at_a_time(choice.job_id)
        before = self.at(choice.job_id, choice.position)
        if before is not None and before.said != choice.said:
            raise Conflict("This question was answered elsewhere.", remedy="Ask for the next pair.")
        if choice.position > self.count(choice.job_id):
            raise Conflict("Choices were taken back meanwhile.", remedy="Ask for the next pair.")
        if before is None:
            self._connection.execute(sa.insert(t.moment_choices).values(**columns(choice)))

    def take_back(self, job_id: UUID, position: int) -> None:
        """Take the last choice back. Raises: NotFound, if there is none at this place; Conflict, if others follow."""
        self._one_at_a_time(job_id)
        if self.at(job_id, position) is None:
            raise NotFound("There is no such choice.", remedy="It was taken back already, or never made.")
        if position + 1 < self.count(job_id):
            raise Conflict("There are later choices.", remedy="Take the last one back first.")
        c = t.moment_choices.c
        self._connection.execute(sa.delete(t.moment_choices).where(c.job_id == job_id, c.position == position))

    def begin_again(self, job_id: UUID) -> None:
        """Forget all choices of a training."""
        self._one_at_a_time(job_id)
        self._connection.execute(sa.delete(t.moment_choices).where(t.moment_choices.c.job_id == job_id))

    def measuring(self, job_id: UUID) -> UUID | None:
        """Name the job that measures the moments of a training, if there is one that has not ended."""
        query = sa.select(t.jobs.c.id, t.jobs.c.params).where(t.jobs.c.kind == MEASURE, t.jobs.c.state.in_(ACTIVE))
        jobs = self._connection.execute(query.order_by(t.jobs.c.id)).all()
        return next((id for id, params in jobs if params.get("training_id") == str(job_id)), None)

    def _one_at_a_time(self, job_id: UUID) -> None:
        """Let others who choose for the same training wait; SQLite has one writer anyway."""
        self._connection.execute(sa.select(t.jobs.c.id).where(t.jobs.c.id == job_id).with_for_update(key_share=True))
