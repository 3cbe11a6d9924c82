"""What an echoes job takes: the training whose moments are searched for what they remember, and how many pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.fields import StrictFloat, StrictInt
from jobs.params import Need
from kinds.fields import WholeParams

FEWEST, MOST = 100, 5_000  # pictures of each moment
PICTURES = 500


class EchoesParams(WholeParams):
    """Find out in which pictures of a training's moments each photograph lives on, and which it never remembers."""

    label: ClassVar[str] = "Look for echoes"

    kind: Literal["echoes"] = "echoes"
    training_id: UUID = Field(
        title="Training",
        description="The train job whose moments to look at.",
        examples=["0199d3a0-0000-7000-8000-000000000004"],
    )
    count: Annotated[StrictInt, Field(ge=FEWEST, le=MOST)] = Field(
        default=PICTURES,
        title="Pictures",
        description="How many pictures of each moment are drawn and compared with the photographs: seeds 0, 1, 2, …",
        examples=[500],
    )
    truncation_psi: Annotated[StrictFloat, Field(ge=0, le=1)] = Field(
        default=1.0,
        title="Strangeness",
        description="0 is one single, most typical picture; 1 is all that a moment can draw.",
        examples=[1.0],
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the moments, with what they were learnt from.

        The facts are `moments`, how many are looked at; of those `known`, by pictures and strangeness, how many were
        looked at already; `photos`, that they are compared with; and the `resolution` of the pictures.
        """
        return {"echoes": Need(type="echoes", id=self.training_id)}
