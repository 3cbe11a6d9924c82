"""What a map job takes: the dataset whose photographs and samples are laid out on a plane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from jobs.fields import StrictBool
from jobs.params import Need
from kinds.fields import DatasetId, WholeParams


class MapParams(WholeParams):
    """Lay out a dataset's photographs and the samples of what learnt from them on one plane, alike beside alike."""

    label: ClassVar[str] = "Lay out the map"

    kind: Literal["map"] = "map"
    dataset_id: DatasetId = Field(description="The dataset whose photographs and samples to lay out.")
    anew: StrictBool = Field(
        default=False,
        title="Everything anew",
        description="Lay everything out anew. Otherwise what is on the map stays where it is, and what is new comes"
        " beside what it is like.",
    )

    def needs(self) -> Mapping[str, Need]:
        """Name what is laid out; the facts count `photos` and `samples`, and of them the `placed` and `unlooked`."""
        return {"map": Need(type="map", id=self.dataset_id)}
