"""The word that a training has gone past the moment most in between: once, however it went on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinds.train.bests import passed
from store.rows import Job, snapshot_id
from store.tx import Tx

CODE = "in_between_passed"


def peak_passed(tx: Tx, job: Job, *, step: int) -> Mapping[str, Any] | None:
    """Give the notice, if the moment measured at `step` is what makes it sure; None otherwise, or if it was given.

    What is known of later steps is of an attempt whose end was lost: it will be learnt, and measured, once more.
    """
    if job.kind != "train" or not job.params.get("base_model_id"):
        return None
    if any(event.body.get("code") == CODE for event in tx.events.of_types(job.id, "notice")):
        return None
    models = [model for model in tx.models.of_job(job.id) if model.step is not None and model.step <= step]
    best = passed({model.step: model.measures for model in models if model.step is not None})
    if best is None:
        return None
    text = (
        f"At step {best:,} its pictures were about as far from what it knew before as from your photographs; since "
        "then they have come nearer to these. That moment is worth keeping."
    )
    return {"code": CODE, "text": text, "step": best, "model_id": str(snapshot_id(job.id, best))}
