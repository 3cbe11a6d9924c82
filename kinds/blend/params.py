"""What a blend job takes: two models, and where between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from jobs.errors import BadParams
from jobs.fields import StrictFloat
from jobs.params import Need
from kinds.blend.shape import is_known, unlike
from kinds.fields import ModelId, ModelName, WholeParams

At = Literal[0, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


class BlendParams(WholeParams):
    """Make one model of two: by layers up to a resolution, or along the line between weights that have one origin."""

    label: ClassVar[str] = "Blend two models"

    kind: Literal["blend"] = "blend"
    model_id: ModelId = Field(description="Shape comes from it: the layers up to `at`, or the beginning of the line.")
    with_id: UUID = Field(
        title="With",
        description="Colour and texture come from it: the layers above `at`, or the end of the line.",
        examples=["0199d3a0-0000-7000-8000-000000000005"],
    )
    at: At | None = Field(
        None,
        title="Up to",
        description="Pixels up to which the layers are of the first model; 0: none of them. Either this or t.",
        examples=[16],
    )
    t: Annotated[StrictFloat, Field(ge=0, le=1)] | None = Field(
        None,
        title="How far",
        description="0 is the first model, 1 the other. For models that descend from each other or from a third.",
        examples=[0.5],
    )
    name: ModelName | None = Field(None, title="Name", description="Says what it is blended of, when left out.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.at is None) == (self.t is None):
            raise ValueError("give either at or t")
        return self

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself, once it is certain that the two can be blended.

        Raises: BadParams, if shapes differ or are not known, a resolution is beyond the models', or t is asked for
        without one origin.
        """
        super().resolved(facts)
        one, other = facts["model"], facts["with"]
        for name, facts_of in (("model_id", one), ("with_id", other)):
            if not is_known(facts_of.get("architecture")):
                raise BadParams(
                    "nothing is known of the layers of one of them",
                    pointer=f"#/{name}",
                    remedy="Bring its file once more, and blend the model that is made of it; or choose another.",
                )
        if (why := unlike(one["architecture"], other["architecture"], mapping=self.t is not None)) is not None:
            raise BadParams(
                f"these two cannot be blended: {why}",
                pointer="#/with_id",
                remedy="Choose two models of one shape, such as moments of trainings that began with the same base.",
            )
        if self.at is not None and self.at > (most := int(one["architecture"]["resolution"])):
            raise BadParams(
                f"at is {self.at}, but these models draw {most} pixels",
                pointer="#/at",
                remedy=f"Give 0, or 4 to {most}; {most} is the first model alone.",
            )
        if self.t is not None and not set(one["line"]) & set(other["line"]):
            raise BadParams(
                "these two have no common origin, so between their weights lies nothing but noise",
                pointer="#/t",
                remedy="Blend them by layers, with at in place of t.",
            )
        return self

    def needs(self) -> Mapping[str, Need]:
        """Name both models' folders."""
        return {"model": Need(type="model", id=self.model_id), "with": Need(type="model", id=self.with_id)}
