"""Kinds of jobs: what the page builds its forms from."""

from __future__ import annotations

from fastapi import APIRouter

from api.schemas.jobs import Kind, Preset
from kinds.registry import KINDS, params_of, presets_of

router = APIRouter(prefix="/kinds", tags=["jobs"])


@router.get("")
def list_kinds() -> list[Kind]:
    """List the kinds with label, JSON Schema and presets; the first preset stands when none is named."""
    return [
        Kind(
            kind=kind,
            label=params_of(kind).label,
            schema=params_of(kind).model_json_schema(),
            presets=[
                Preset(name=preset.name, label=preset.label, sentence=preset.sentence, params=dict(preset.params))
                for preset in presets_of(kind)
            ],
        )
        for kind in KINDS
    ]
