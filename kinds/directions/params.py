"""What a directions job takes: the model in whose space directions are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from jobs.params import JobParams, Need
from kinds.presets import preset


class DirectionsParams(JobParams):
    """Find directions along which what a model draws changes. Those that it has already stay as they are."""

    label: ClassVar[str] = "Find directions"

    kind: Literal["directions"] = "directions"
    model_id: UUID = Field(
        title="Model",
        description="A base, or any snapshot of a training.",
        examples=["0199d3a0-0000-7000-8000-000000000002"],
    )

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself: nothing is left open."""
        if self.preset:
            preset(self.kind, self.preset)
        return self

    def needs(self) -> Mapping[str, Need]:
        """Name the model's folder, the directions of earlier moments that have names, and what it has learnt from."""
        return {
            "model": Need(type="model", id=self.model_id),
            "named": Need(type="named", id=self.model_id),
            "learnt_from": Need(type="learnt_from", id=self.model_id),
        }
