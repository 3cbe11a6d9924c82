"""What there is of a training: its moments and their sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from api.schemas.jobs import Sheet
from api.schemas.moments import Side
from api.sheets import sheets_of
from jobs.errors import BadParams
from store.rows import Model
from store.tx import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """What there is of a training: its snapshots by step, and their sheets."""

    job_id: UUID
    models: Mapping[int, Model]
    sheets: Mapping[int, Sheet]

    @classmethod
    def read(cls, tx: Tx, job_id: UUID) -> Learnt:
        """Read it. Raises: NotFound, if there is no such job."""
        tx.jobs.get(job_id)
        models = {model.step: model for model in tx.models.of_job(job_id) if model.step is not None}
        sheets = {sheet.step: sheet for sheet in sheets_of(tx, job_id) if sheet.step in models}
        return cls(job_id=job_id, models=models, sheets=sheets)

    def side(self, step: int) -> Side:
        """Show a moment without its step."""
        sheet = self.sheets[step]
        named = {name: getattr(sheet, name) for name in Side.model_fields if name != "model_id"}
        return Side.model_validate({**named, "model_id": self.models[step].id})

    def places(self, one: int, other: int) -> int:
        """Count the points that two moments can be compared at."""
        return min(sheet.rows * sheet.columns for sheet in (self.sheets[one], self.sheets[other]))

    def step_of(self, model_id: UUID, *, pointer: str) -> int:
        """Find the step of a moment that can be looked at. Raises: BadParams."""
        for step in self.sheets:
            if self.models[step].id == model_id:
                return step
        raise BadParams(
            "this is no moment of this training, or it was deleted", pointer=pointer, remedy="Ask for the next pair."
        )
