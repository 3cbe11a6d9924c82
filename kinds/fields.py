"""Fields that the parameters of several kinds have."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

ModelId = Annotated[
    UUID,
    Field(
        title="Model",
        description="A base, or any snapshot of a training.",
        examples=["0199d3a0-0000-7000-8000-000000000002"],
    ),
]
ModelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
