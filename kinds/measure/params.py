"""What a measure job takes: the training whose moments are measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.params import Need
from kinds.fields import WholeParams


class MeasureParams(WholeParams):
    """Measure the moments of a training that nobody has measured yet, as it would have done."""

    label: ClassVar[str] = "Measure the moments of a training"

    kind: Literal["measure"] = "measure"
    training_id: UUID = Field(
        title="Training",
        description="The train job that they are of.",
        examples=["0199d3a0-0000-7000-8000-000000000004"],
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the moments with what they were learnt from."""
        return {"moments": Need(type="moments", id=self.training_id)}
