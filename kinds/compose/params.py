"""What a compose job takes: a journey, and how its music is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from jobs.errors import BadParams
from jobs.fields import Seed, StrictFloat
from jobs.journey import MOST_S, Recipe
from jobs.params import Need
from kinds.fields import WholeParams
from kinds.journey.params import JourneyParams

OWN = "reverie"
Folder = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$")]


class ComposeParams(WholeParams):
    """Compose a soundtrack from the colours, the motion and the brightness of a journey."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True, validate_by_alias=True
    )

    label: ClassVar[str] = "Compose a soundtrack"

    kind: Literal["compose"] = "compose"
    journey_id: UUID | None = Field(
        default=None, title="Journey", description="As it is now.", examples=["0199d3a0-0000-7000-8000-000000000007"]
    )
    recipe: Recipe | None = Field(
        default=None, title="Recipe", description="Of a journey, in place of what one says now."
    )
    with_: Folder = Field(
        default=OWN,
        alias="with",
        title="Composer",
        description="reverie, which needs no network; or the name of a folder in composers/ of the data folder, which "
        "holds a MusicGen.",
    )
    seed: Seed = 0
    key: Literal["auto", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] = Field(
        default="auto", title="Key", description="auto: by the hue of the journey."
    )
    mood: Literal["calm", "bright", "dark", "dreaming", "restless"] = Field(default="calm", title="Mood")
    prompt: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, title="Words", description="For a MusicGen; left out, they are made of mood and colours."
    )
    duration_s: Annotated[StrictFloat, Field(ge=1, le=MOST_S)] | None = Field(
        default=None, title="Length", description="In seconds; left out, as long as the journey."
    )
    path: str | None = Field(
        default=None, min_length=64, max_length=64, description="Reverie's own: the name of the way that it takes."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.journey_id is None and self.recipe is None:
            raise ValueError("give journey_id or recipe")
        if self.with_.startswith("."):
            raise ValueError("with is the name of a folder, and none begins with a dot")
        return self

    def resolved(self, facts: Mapping[str, Any]) -> Self:
        """Give itself, once it is certain that the journey can be looked at. Raises: BadParams, as a journey job."""
        super().resolved(facts)
        self._film().resolved(facts)
        return self

    def needs(self) -> Mapping[str, Need]:
        """Name the models, the directions that places go along, and the composer's folder."""
        if self.recipe is None or not self.recipe.keyframes:
            return {}
        known = self.recipe.is_timed_by_length  # then when keyframes come follows from how long the way is
        seen = {name: need for name, need in self._film().needs().items() if known or need.type != "film"}
        return {**seen, "composer": Need(type="composer", id=self.recipe.model_ids[0])}

    @property
    def whole(self) -> Recipe:
        """Its recipe. Raises: BadParams, where only the journey is named still."""
        if self.recipe is None:
            raise BadParams("the recipe is not known", pointer="#/recipe", remedy="Give it.")
        return self.recipe

    @property
    def long_s(self) -> float:
        """How long the music is to be."""
        return self.duration_s if self.duration_s is not None else self.whole.duration_s

    def _film(self) -> JourneyParams:
        """What is looked at: the pictures alone."""
        plain = {"soundtrack": None, "compose": None, "upscale": None, "form": "mp4"}
        return JourneyParams(recipe=self.whole.model_copy(update=plain), path=self.path)
