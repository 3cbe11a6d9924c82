"""What a directions job takes: the model in whose space directions are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from jobs.params import Need
from kinds.fields import ModelId, WholeParams


class DirectionsParams(WholeParams):
    """Find directions along which what a model draws changes. Those that it has already stay as they are."""

    label: ClassVar[str] = "Find directions"

    kind: Literal["directions"] = "directions"
    model_id: ModelId

    def needs(self) -> Mapping[str, Need]:
        """Name the model's folder, the directions of earlier moments that have names, and what it has learnt from."""
        return {
            "model": Need(type="model", id=self.model_id),
            "named": Need(type="named", id=self.model_id),
            "learnt_from": Need(type="learnt_from", id=self.model_id),
        }
