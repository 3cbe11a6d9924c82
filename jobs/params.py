"""The base of every kind's parameters: all that code which knows no kind may use."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """An input that the worker lays out as local files before a run: a dataset's views, a model, an archive, …"""

    # "dataset" | "model" | "archive" | "model_file" | "index" | "gathered" | "named" | "moments" | "learnt_from"
    # | "photo" | "sent" | "mask" | "sample" | "direction" | "map" | "squares" | "originals"
    # | "echoes" | "film" | "pack" | "sound" | "soundtrack" | "composer" | "drawn" | "clean_photo" | "enlarger"
    type: str
    id: UUID


class JobParams(BaseModel):
    """What `POST /jobs` takes for one kind, and, resolved, what a job's row keeps."""

    # Strict for numbers and booleans alone is done by field types (`jobs.fields`): a wholly strict model would
    # answer 422 to a UUID that came as a string, as JSON can bring no other.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    label: ClassVar[str]
    kind: str
    preset: str | None = None

    @property
    def pace(self) -> str:
        """Name what is as quick as it: how fast a machine is with jobs of one pace is learnt from all of them."""
        return self.kind

    @abstractmethod
    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Fill what was left open, from the preset and from `facts` of the inputs; the result is what the job keeps.

        Raises: BadParams, if a field does not fit the facts.
        """

    @abstractmethod
    def needs(self) -> Mapping[str, Need]:
        """Name the inputs of a run."""
