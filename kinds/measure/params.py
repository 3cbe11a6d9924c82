"""What a measure job takes: the training whose moments are measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from jobs.params import JobParams, Need
from kinds.presets import preset


class MeasureParams(JobParams):
    """Measure the moments of a training that nobody has measured yet, as it would have done."""

    label: ClassVar[str] = "Measure the moments of a training"

    kind: Literal["measure"] = "measure"
    training_id: UUID = Field(
        title="Training",
        description="The train job that they are of.",
        examples=["0199d3a0-0000-7000-8000-000000000004"],
    )

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself: nothing is left open."""
        if self.preset:
            preset(self.kind, self.preset)
        return self

    def needs(self) -> Mapping[str, Need]:
        """Name the moments with what they were learnt from."""
        return {"moments": Need(type="moments", id=self.training_id)}
