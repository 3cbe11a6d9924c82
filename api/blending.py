"""Blending: which models another one can be blended with, and why not with the others. A `blend` job does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.deps import Opened
from api.problems import answers
from api.schemas.blending import Partner
from api.submit import model_facts
from jobs.errors import BadParams
from kinds.blend.params import BlendParams

router = APIRouter(prefix="/models", tags=["models"])


@router.get("/{model_id}/partners", responses=answers(404, 422))
def partners(model_id: UUID, store: Opened) -> list[Partner]:
    """List the models of the tree, newest first, each with why this one cannot be blended with it, if so."""
    with store.read() as tx:
        tx.models.get(model_id)
        others = [model for model, _ in tx.models.tree() if model.id != model_id]
        facts = {id: model_facts(tx, id) for id in (model_id, *(model.id for model in others))}
    return [
        Partner(
            id=other.id,
            name=other.name,
            layers=_refused(facts[model_id], facts[other.id], at=0),
            weights=_refused(facts[model_id], facts[other.id], t=0.5),
        )
        for other in reversed(others)
    ]


def _refused(one: Mapping[str, Any], other: Mapping[str, Any], **how: float) -> str | None:
    """Say why a `blend` job would refuse two models, of which this is known; None where it would not."""
    asked = BlendParams.model_validate({"model_id": UUID(int=0), "with_id": UUID(int=1), **how})
    try:
        asked.resolved({"model": one, "with": other})
    except BadParams as error:
        return error.detail
    return None
