"""What a compose job takes: a journey, and how its music is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from jobs.fields import Seed, StrictFloat
from jobs.journey import MOST_S
from jobs.params import Need
from kinds.journey.named import OfJourney
from kinds.journey.params import JourneyParams

OWN = "reverie"
Folder = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$")]


class ComposeParams(OfJourney):
    """Compose a soundtrack from the colours, the motion and the brightness of a journey."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True, validate_by_alias=True
    )

    label: ClassVar[str] = "Compose a soundtrack"

    kind: Literal["compose"] = "compose"
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

    @model_validator(mode="after")
    def _no_hidden_folder(self) -> Self:
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
    def long_s(self) -> float:
        """How long the music is to be."""
        return self.duration_s if self.duration_s is not None else self.whole.duration_s

    def _film(self) -> JourneyParams:
        """What is looked at: the pictures alone."""
        plain = {"soundtrack": None, "compose": None, "upscale": None, "form": "mp4"}
        return JourneyParams(recipe=self.whole.model_copy(update=plain), path=self.path)
