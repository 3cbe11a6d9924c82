"""What an ingest job takes: the archive whose files become photographs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.params import Need
from kinds.fields import WholeParams


class IngestParams(WholeParams):
    """Read every file of an archive, and account for each as a photograph with a state and a reason."""

    label: ClassVar[str] = "Read an archive"

    kind: Literal["ingest"] = "ingest"
    archive_id: UUID = Field(
        title="Archive",
        description="The uploaded archive to read.",
        examples=["0199d3a0-0000-7000-8000-000000000001"],
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the archive's file; its facts are `filename`, `framing` and what the dataset holds already."""
        return {"archive": Need(type="archive", id=self.archive_id)}
