"""Looks at blends that nobody has kept: whether two models can be blended so."""

from __future__ import annotations

from pydantic import ValidationError

from jobs.errors import BadParams
from jobs.picture import Blend
from kinds.blend.params import BlendParams
from store.rows import Model
from store.tx import Tx


def partner(tx: Tx, model: Model, blend: Blend) -> Model:
    """Find the other model of a blend. Raises: NotFound; BadParams, if a `blend` job would refuse it."""
    other = tx.models.get(blend.with_id)
    rows = {"model": model, "with": other}
    facts = {name: {**row.facts, "line": tx.models.line(row.id)} for name, row in rows.items()}
    try:
        BlendParams.model_validate({"model_id": model.id, **dict(blend)}).resolved(facts)
    except BadParams as error:
        raise BadParams(error.detail, pointer=f"#/blend{error.pointer[1:]}", remedy=error.remedy) from error
    except ValidationError as error:
        raise BadParams(
            f"at is {blend.at}, and no block has that many pixels", pointer="#/blend/at", remedy="Give 0, 4, 8, 16 …"
        ) from error
    return other
