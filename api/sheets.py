"""The sheets of a training: the same latents at each of its moments."""

from __future__ import annotations

from uuid import UUID

from api.schemas.jobs import Sheet
from jobs.events import Made
from store.tx import Tx


def sheets_of(tx: Tx, job_id: UUID) -> list[Sheet]:
    """List them by step; one whose moment was deleted names no model."""
    by_step = {model.step: model.id for model in tx.models.of_job(job_id)}
    return [
        Sheet.model_validate(
            {
                # A sheet from before there were others shows squares.
                **dict.fromkeys(("width", "height"), row.facts["resolution"]),
                **row.facts,
                "artifact_id": row.id,
                "step": row.step,
                "model_id": by_step.get(row.step),
            }
        )
        for row in tx.artifacts.of_job(job_id, Made.SHEET)
    ]
