"""What an upscale job takes: a sample or a photograph, how much larger, by what, and for which paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from foreign.realesrgan import INSTALL
from jobs.errors import BadParams
from jobs.fields import StrictBool, StrictFloat, StrictInt
from jobs.params import Need
from kinds.fields import WholeParams
from kinds.upscale.known import (
    DETAIL,
    LANCZOS,
    LEAST_DETAIL,
    OWN,
    REAL_ESRGAN,
    enlarger_id,
    has_real_esrgan,
    mixed,
)
from kinds.upscale.sizes import MOST_SIDE, Size, factor_for, printed

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Centimetres = Annotated[StrictFloat, Field(ge=1, le=500)]


class Print(BaseModel):
    """A size on paper. The picture keeps its shape: of two sides it fills the one that it reaches first."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    width_cm: Centimetres | None = Field(default=None, examples=[30.0])
    cm: tuple[Centimetres, Centimetres] | None = Field(
        default=None, description="Width and height that it is to fit into.", examples=[[30.0, 20.0]]
    )
    dpi: Annotated[StrictInt, Field(ge=72, le=1200)] = 300
    form: Literal["png", "tiff"] = "png"

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.width_cm is None) == (self.cm is None):
            raise ValueError("give either width_cm or cm")
        return self


class UpscaleParams(WholeParams):
    """Make a picture larger. The original stays as it is."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_by_name=True, serialize_by_alias=True
    )
    label: ClassVar[str] = "Enlarge a picture"

    kind: Literal["upscale"] = "upscale"
    sample_id: UUID | None = Field(
        default=None, title="Picture", description="Of the gallery.", examples=["0199d3a0-0000-7000-8000-000000000005"]
    )
    photo_id: UUID | None = Field(default=None, title="Photograph", description="Of an archive.", examples=[None])
    factor: Literal[2, 4] | None = Field(
        default=None,
        title="How much larger",
        description="2 or 4 times each way; left out, what the print needs, and 4 without one.",
        examples=[4],
    )
    made_with: Name = Field(
        default=REAL_ESRGAN,
        alias="with",
        title="By what",
        description="real-esrgan makes detail up, lanczos nothing; or the name of a file that was sent to /enlargers.",
        examples=[REAL_ESRGAN],
    )
    detail: Annotated[StrictFloat, Field(ge=LEAST_DETAIL, le=1)] | None = Field(
        default=None,
        title="Made-up detail",
        description=f"How much of what a network makes up is kept: {LEAST_DETAIL} to 1; left out, {DETAIL}.",
        examples=[DETAIL],
    )
    faithful: StrictBool | None = Field(
        default=None,
        title="True to the original",
        description="Reduced again, the picture is the original (left out: yes). False mends worn pictures as well.",
        examples=[True],
    )
    print: Print | None = Field(default=None, title="Print", description="Its size on paper.")

    @model_validator(mode="after")
    def _one_picture(self) -> Self:
        if (self.sample_id is None) == (self.photo_id is None):
            raise ValueError("give either sample_id or photo_id")
        return self

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Fill the factor, and how much is made up, and check that the result is not too large. Raises: BadParams."""
        found = super().resolved(facts)
        if self.made_with == REAL_ESRGAN and not has_real_esrgan():
            raise BadParams(
                "the weights of Real-ESRGAN are not installed here",
                pointer="#/with",
                remedy=f"{INSTALL}, or take lanczos.",
            )
        size = Size(int(facts["picture"]["width"]), int(facts["picture"]["height"]))
        wanted = printed(size, self.print.model_dump()) if self.print else None
        factor = self.factor or (factor_for(size, wanted) if wanted else 4)
        for made, pointer in ((size.times(factor), "#/factor"), (wanted, "#/print")):
            if made is not None and made.longest > MOST_SIDE:
                raise BadParams(
                    f"it would be {made.width:,} x {made.height:,} px; the most is {MOST_SIDE:,} px a side",
                    pointer=pointer,
                    remedy="Choose a smaller factor, a smaller sheet or fewer dpi."
                    if max(size.times(2).longest, 0) <= MOST_SIDE
                    else "This picture is large already.",
                )
        mix = mixed(self.made_with, self.detail, self.faithful, pointer="#")
        return found.model_copy(update={"factor": factor, **mix})

    def needs(self) -> Mapping[str, Need]:
        """Name the picture, and the file that enlarges it, where it is the owner's."""
        if self.sample_id is not None:
            picture = Need(type="drawn", id=self.sample_id)
        elif self.photo_id is not None:
            picture = Need(type="clean_photo", id=self.photo_id)
        else:
            raise ValueError("give either sample_id or photo_id")
        if self.made_with in OWN:
            return {"picture": picture}
        return {"picture": picture, "enlarger": Need(type="enlarger", id=enlarger_id(self.made_with))}


__all__ = ["LANCZOS", "REAL_ESRGAN", "Print", "UpscaleParams"]
