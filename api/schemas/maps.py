"""The map of a dataset: all its pictures on one plane, a column for each thing that is told of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Answer, At, Id

Packed = Annotated[str, Field(description="Base64 of a column: whole numbers, the lowest byte first.", repr=False)]


class Missing(Answer):
    """What is not on the map."""

    photos: int = Field(description="Photographs that were looked at since; the job under `job` gives them a place.")
    samples: int = Field(description="Samples likewise, of the newest 20,000.")
    unlooked: int = Field(description="Photographs that nobody has looked at yet: first an `index` job does.")


class DatasetMap(Answer):
    """Where each picture of a dataset lies.

    The columns have a number for each of `points` pictures, in one order. A picture lies at
    `left + x * step`, `top + y * step`; these places keep their meaning from map to map. What lies close together is
    alike; how far apart two heaps lie says little, and the directions mean nothing.
    """

    map_id: Id
    dataset_id: Id
    made_at: At
    points: int = Field(examples=[2411])
    photos: int
    samples: int
    missing: Missing
    job: dict[str, Any] = Field(description="What to POST /jobs for what is missing; with `anew` all is laid out anew.")
    left: float
    top: float
    step: float
    first_day: date | None = Field(description="The day of the first dated photograph; null, if none has a date.")
    last_day: date | None
    albums: list[str] = Field(description="The albums of photographs, the largest first.")
    rated: int = Field(description="Samples whose originality is known.")
    ids: Packed = Field(description="16 bytes each: the UUIDs of photographs and samples.")
    x: Packed = Field(description="2 bytes each.")
    y: Packed = Field(description="2 bytes each.")
    flags: Packed = Field(description="1 byte each: 1 for a sample; 2 for a photograph that training does not see.")
    day: Packed = Field(description="2 bytes each: days after `first_day`; 65535 where there is no date.")
    album: Packed = Field(description="2 bytes each: which of `albums`; 65535 for none.")
    originality: Packed = Field(
        description="1 byte each: a sample is nearer to one photograph than so many % of the photographs are to each"
        " other, 0 to 100; 255 of photographs, and as long as nobody has looked at it."
    )
    colour: Packed = Field(description="3 bytes each: the average red, green and blue.")
    shape: Packed = Field(description="1 byte each: 128 + 32 * log2(width / height).")
