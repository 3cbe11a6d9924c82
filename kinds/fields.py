"""What the parameters of several kinds have: fields, and that nothing is left open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from jobs.params import JobParams
from kinds.presets import preset

ModelId = Annotated[
    UUID,
    Field(
        title="Model",
        description="A base, or any snapshot of a training.",
        examples=["0199d3a0-0000-7000-8000-000000000002"],
    ),
]
DatasetId = Annotated[UUID, Field(title="Archive", examples=["0199d3a0-0000-7000-8000-000000000003"])]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WholeParams(JobParams):
    """Parameters that say all there is to say: a preset adds nothing."""

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself. Raises: BadParams, for an unknown preset."""
        if self.preset:
            preset(self.kind, self.preset)
        return self
