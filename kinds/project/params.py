"""What a project job takes: a model, and the picture to find in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.fields import StrictBool, StrictFloat, StrictInt
from jobs.params import JobParams, Need
from kinds.fields import ModelId
from kinds.presets import preset, presets_of

LEAST_SIDE = 0.02  # of a part, as a share of the picture's
LEAST_AREA = LEAST_SIDE**2

Share = Annotated[StrictFloat, Field(ge=0, le=1)]
Corner = tuple[Share, Share]


class Part(BaseModel):
    """A part of the picture: a box, or what a line goes round. Shares of the picture, from left and top."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    box: tuple[Share, Share, Share, Share] | None = Field(
        default=None, description="Left, top, right, bottom.", examples=[[0.2, 0.1, 0.8, 0.6]]
    )
    line: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=1000)] | None = Field(
        default=None,
        description="The corners of a closed line, in turn.",
        examples=[[[0.1, 0.1], [0.9, 0.1], [0.5, 0.8]]],
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.box is None) == (self.line is None):
            raise ValueError("give either box or line")
        if self.area < LEAST_AREA:
            raise ValueError("it holds next to nothing; give left, top, right, bottom, and more than 2 % of each side")
        return self

    @property
    def corners(self) -> tuple[Corner, ...]:
        """Its corners, in turn."""
        if self.box is None:
            return self.line or ()
        left, top, right, bottom = self.box
        return (left, top), (right, top), (right, bottom), (left, bottom)

    @property
    def area(self) -> float:
        """Its share of the picture, by the shoelace formula; of a box that is the wrong way round 0."""
        if self.box is not None:
            return max(0.0, self.box[2] - self.box[0]) * max(0.0, self.box[3] - self.box[1])
        corners = self.corners
        pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


class ProjectParams(JobParams):
    """Look for a picture in a model's space: where one wanders on from it."""

    label: ClassVar[str] = "Find a picture in a model"

    kind: Literal["project"] = "project"
    model_id: ModelId
    photo_id: UUID | None = Field(
        default=None,
        title="Photograph",
        description="Of an archive. A picture from elsewhere is sent to POST /models/{id}/projections.",
        examples=["0199d3a0-0000-7000-8000-000000000006"],
    )
    steps: Annotated[StrictInt, Field(ge=20, le=5000)] | None = Field(
        default=None, title="Steps", description="The preset says, when left out.", examples=[200]
    )
    space: Literal["w", "w+"] | None = Field(
        default=None,
        title="Space",
        description="w: one w for all layers, what the model draws of itself. w+: half of the steps so, then each "
        "layer for itself, nearer to the picture and farther from what the model knows. w+, when left out.",
    )
    region: Annotated[tuple[Part, ...], Field(max_length=32)] = Field(
        default=(),
        title="Part",
        description="Only these parts of the picture, as the model shows it, have to be alike; the rest is as it is.",
    )

    mask: StrictBool = Field(
        default=False,
        title="Mask",
        description="How much each place of the picture counts is said by a PNG that is sent along, to "
        "POST /models/{id}/projections; in place of region.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.mask and self.region:
            raise ValueError("give either region or a mask")
        return self

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Fill what is open from the preset. Raises: BadParams, for an unknown one."""
        name = self.preset or presets_of(self.kind)[0].name
        filled = {**preset(self.kind, name).params, **self.model_dump(exclude_none=True), "preset": name}
        return type(self).model_validate(filled)

    def needs(self) -> Mapping[str, Need]:
        """Name the model's folder, and the picture: a photograph, or what was sent with the job, as a mask is."""
        sent = Need(type="sent", id=self.model_id)
        picture = sent if self.photo_id is None else Need(type="photo", id=self.photo_id)
        needs = {"model": Need(type="model", id=self.model_id), "picture": picture}
        return needs | ({"mask": Need(type="mask", id=self.model_id)} if self.mask else {})

    @property
    def stretches(self) -> tuple[int, int]:
        """How many steps are in W, and how many in W+."""
        steps = self.steps or 0
        return (steps, 0) if self.space == "w" else (steps // 2, steps - steps // 2)
