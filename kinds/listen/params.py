"""What a listen job takes: a soundtrack that came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from jobs.params import Need
from kinds.fields import WholeParams

SoundtrackId = Annotated[UUID, Field(title="Soundtrack", examples=["0199d3a0-0000-7000-8000-000000000008"])]


class ListenParams(WholeParams):
    """Find the beats, the bars and the loudness of a soundtrack. `POST /soundtracks` posts it."""

    label: ClassVar[str] = "Listen to a soundtrack"

    kind: Literal["listen"] = "listen"
    soundtrack_id: SoundtrackId = Field(description="What POST /soundtracks has received.")

    def needs(self) -> Mapping[str, Need]:
        """Name the soundtrack; its facts are `name` and `size_bytes`."""
        return {"sound": Need(type="sound", id=self.soundtrack_id)}
