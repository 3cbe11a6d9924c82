"""What an index job takes: the dataset whose photographs are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from jobs.params import Need
from kinds.fields import DatasetId, WholeParams


class IndexParams(WholeParams):
    """Look at each photograph that nobody has looked at yet, and sort all of them by likeness."""

    label: ClassVar[str] = "Look for likenesses"

    kind: Literal["index"] = "index"
    dataset_id: DatasetId = Field(description="The dataset whose photographs to look at.")

    def needs(self) -> Mapping[str, Need]:
        """Name the dataset's photographs, and their squares.

        The facts are `photos`, and of them `unlooked` and `unfocused`; of squares `unsketched`, and `samples`.
        """
        return {
            "photos": Need(type="index", id=self.dataset_id),
            "squares": Need(type="squares", id=self.dataset_id),
        }
