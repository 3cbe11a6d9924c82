"""What a gather job takes: the dataset that photographs of others come into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.fields import StrictBool
from jobs.params import Need
from kinds.fields import DatasetId, WholeParams


class GatherParams(WholeParams):
    """Bring photographs of other datasets into a new one. `POST /datasets` with `from` posts it."""

    label: ClassVar[str] = "Gather photographs"

    kind: Literal["gather"] = "gather"
    dataset_id: DatasetId = Field(description="The dataset that they come into.")
    sources: list[UUID] = Field(
        title="From",
        description="The datasets that they are taken from.",
        max_length=100,
        examples=[["0199d3a0-0000-7000-8000-000000000001"]],
    )

    move: StrictBool = Field(
        default=False,
        title="Move",
        description="Whether the photographs leave the datasets that they are taken from, once all have come in.",
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the dataset; the facts are `gathered`, and of them `left`, the places that nothing has come to yet."""
        return {"gathered": Need(type="gathered", id=self.dataset_id)}
