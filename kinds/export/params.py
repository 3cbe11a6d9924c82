"""What an export job takes: the model of a heirloom pack, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.fields import StrictBool
from jobs.params import Need
from kinds.fields import ModelId, WholeParams

MOST_PICTURES = 2_000
MOST_FILMS = 200

Pictures = Annotated[tuple[UUID, ...], Field(max_length=MOST_PICTURES)]
Journeys = Annotated[tuple[UUID, ...], Field(max_length=MOST_FILMS)]


class ExportParams(WholeParams):
    """Pack a model with all that is dear to it into one folder that opens in any browser, without Reverie."""

    label: ClassVar[str] = "Make a heirloom pack"

    kind: Literal["export"] = "export"
    model_id: ModelId
    samples: Literal["favourites"] | Pictures = Field(
        default="favourites",
        title="Pictures",
        description="Samples that go along with their recipes; `favourites`: those of the model's archive, or of the "
        "model where it has none, the newest 2,000 of them.",
        examples=["favourites"],
    )
    journeys: Literal["all"] | Journeys = Field(
        default="all",
        title="Journeys",
        description="Journeys that go along, each with its latest film; `all`: those whose films this model drew.",
        examples=["all"],
    )
    discriminator: StrictBool = Field(
        default=False,
        title="To learn on",
        description="Take along the network that judges, too: with it Reverie can learn on from the pack's model.",
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the model, and what goes along.

        The facts of `pack`: how many `favourites` there are, and how many bytes the `films` of the model take.
        """
        return {"model": Need(type="model", id=self.model_id), "pack": Need(type="pack", id=self.model_id)}

    @property
    def chosen(self) -> tuple[UUID, ...] | None:
        """The samples that were named; None: the favourites."""
        return None if self.samples == "favourites" else self.samples

    @property
    def travelled(self) -> tuple[UUID, ...] | None:
        """The journeys that were named; None: all."""
        return None if self.journeys == "all" else self.journeys
