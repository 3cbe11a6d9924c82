"""The recipe of a journey: keyframes in a model's memory, and how the film goes from one to the next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobs.errors import BadParams
from jobs.fields import Seed, StrictBool, StrictFloat, StrictInt
from jobs.point import Point, RecipeOf

MOST_S = 1800.0  # of a film
MOST_KEYFRAMES = 200
LEAST_S = 0.01  # from one keyframe to the next: less than a frame of any film
MOST_SIDE = 2048  # px, of a film that is not enlarged
RATES = (24, 25, 30, 48, 50, 60)
FORMS = ("mp4", "webm", "gif", "frames")

Ease = Literal["smooth", "linear", "in", "out"]
Time = Annotated[StrictFloat, Field(ge=0, le=MOST_S)]
FileName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Keyframe(_Form):
    """A place that the film goes through, and when."""

    at_s: Time = Field(examples=[0.0])
    model_id: UUID = Field(description="A model, or a moment of a training.")
    point: Point
    hold_s: Time = Field(default=0.0, description="How long the film stays there.")
    psi: Annotated[StrictFloat, Field(ge=0, le=1)] | None = Field(
        default=None, description="Truncation there; null: the point's own."
    )
    ease: Ease = Field(
        default="smooth",
        description="How it goes on. smooth: the speed flows over into that of the next stretch; linear: one "
        "speed; in: from a standstill; out: to a standstill.",
    )
    sample_id: UUID | None = Field(default=None, description="The sample that the place was taken from; Reverie's own.")
    photo_ids: Annotated[tuple[UUID, ...], Field(max_length=64)] = Field(
        default=(),
        description="Photographs that the place was found for: were one withdrawn, this keyframe would go. Reverie's "
        "own.",
    )

    @property
    def strength(self) -> float:
        """The truncation there."""
        return self.point.psi if self.psi is None else self.psi

    @property
    def end_s(self) -> float:
        """When the film goes on."""
        return self.at_s + self.hold_s


class Soundtrack(_Form):
    """The music of a film."""

    id: UUID
    from_s: Time = Field(default=0.0, description="Where in the music the film begins.")
    snap: Literal["none", "beats", "bars"] = Field(default="none", description="What keyframes are moved to.")
    breathe: Annotated[StrictFloat, Field(ge=0, le=1)] = Field(
        default=0.0, description="How much the motion follows the loudness. Keyframes stay where they are."
    )
    loudness_lufs: Annotated[StrictFloat, Field(ge=-40, le=-6)] = -14.0


class Compose(_Form):
    """Music that is made for the film."""

    with_: FileName = Field(
        default="reverie", alias="with", description="reverie, or the name of a local model folder."
    )
    seed: Seed = 0
    key: Literal["auto", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] = "auto"
    mood: Literal["calm", "bright", "dark", "dreaming", "restless"] = "calm"
    prompt: Annotated[str, Field(max_length=1000)] | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True)


class Upscale(_Form):
    """How each frame is enlarged."""

    factor: Literal[2, 4]
    with_: FileName = Field(default="real-esrgan", alias="with", description="real-esrgan, lanczos, or a file's name.")
    detail: Annotated[StrictFloat, Field(ge=0.05, le=1)] | None = Field(
        default=None, description="How much of what a network makes up is kept; as of an `upscale` job."
    )
    faithful: StrictBool | None = Field(
        default=None, description="Whether a frame, reduced again, is what was drawn; as of an `upscale` job."
    )

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True)


class Recipe(_Form):
    """A journey, whole: the same film anywhere where its models are."""

    format: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=200)] = "A journey"
    duration_s: Annotated[StrictFloat, Field(ge=0.5, le=MOST_S)] = 60.0
    fps: Literal[24, 25, 30, 48, 50, 60] = 30
    size: Annotated[StrictInt, Field(ge=32, le=MOST_SIDE)] | None = Field(
        default=None, description="Of the long side, in px; null: as the model draws."
    )
    loop: StrictBool = Field(default=True, description="The last keyframe goes over into the first.")
    keyframes: Annotated[tuple[Keyframe, ...], Field(max_length=MOST_KEYFRAMES)] = Field(
        default=(), description="In order of time; a film needs 2 to 200, a draft none."
    )
    speed: Literal["even", "constant", "plain"] = Field(
        default="even",
        description="even: what the eye sees moves at one speed between two keyframes; constant: at one speed through "
        "the whole film, so keyframes come when the way has led there, unless they are locked to beats or bars.",
    )
    noise: Literal["still", "alive"] = Field(default="still", description="The fine grain.")
    soundtrack: Soundtrack | None = None
    compose: Compose | None = None
    upscale: Upscale | None = None
    form: Literal["mp4", "webm", "gif", "frames"] = "mp4"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for number, (one, other) in enumerate(zip(self.keyframes, self.keyframes[1:], strict=False), 1):
            if other.at_s <= one.end_s:
                raise ValueError(
                    f"keyframe {number + 1} is at {other.at_s:g} s, and keyframe {number} lasts until {one.end_s:g} s; "
                    "give them in order of time"
                )
        if self.keyframes and self.keyframes[-1].end_s > self.duration_s:
            raise ValueError(
                f"the last keyframe lasts until {self.keyframes[-1].end_s:g} s, and the film {self.duration_s:g} s; "
                "make it longer, or move the keyframe"
            )
        if (
            self.loop
            and len(self.keyframes) > 1
            and self.keyframes[-1].end_s - self.keyframes[0].at_s >= self.duration_s
        ):
            raise ValueError("nothing is left of the time to come back to the first keyframe; make the film longer")
        return self

    def check_apart(self) -> None:
        """Raises: BadParams, for keyframes between which a film has no time to go. What is kept was looked at so."""
        keyframes, least_s = self.keyframes, LEAST_S - 1e-9
        for number, (one, other) in enumerate(pairwise(keyframes), 1):
            if other.at_s - one.end_s < least_s:
                raise BadParams(
                    f"keyframe {number + 1} comes less than {LEAST_S:g} s after keyframe {number}",
                    pointer=f"#/recipe/keyframes/{number}/at_s",
                    remedy="Move it on, or take one of both out.",
                )
        if self.loop and len(keyframes) > 1 and keyframes[0].at_s + self.duration_s - keyframes[-1].end_s < least_s:
            raise BadParams(
                f"less than {LEAST_S:g} s are left to come back to the first keyframe",
                pointer="#/recipe/duration_s",
                remedy="Make the film longer, or move the last keyframe.",
            )

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return max(1, round(self.duration_s * self.fps))

    @property
    def is_timed_by_length(self) -> bool:
        """Whether its keyframes come when the way has led there: the music says it where they are locked to it."""
        return self.speed == "constant" and (self.soundtrack is None or self.soundtrack.snap == "none")

    @property
    def moments_s(self) -> tuple[float, ...]:
        """When its film comes to keyframes, in order."""
        times = (one.at_s % self.duration_s if self.loop else one.at_s for one in self.keyframes)
        return tuple(sorted(times))

    @property
    def model_ids(self) -> tuple[UUID, ...]:
        """Its models, each once, in the order of its keyframes."""
        return tuple(dict.fromkeys(keyframe.model_id for keyframe in self.keyframes))

    @property
    def photo_ids(self) -> frozenset[UUID]:
        """The photographs that its places were found for."""
        return frozenset(photo for keyframe in self.keyframes for photo in keyframe.photo_ids)

    @property
    def directions(self) -> frozenset[UUID]:
        """The directions that its places go along."""
        return frozenset[UUID]().union(*(keyframe.point.directions for keyframe in self.keyframes))

    @property
    def samples(self) -> frozenset[UUID]:
        """The samples that its places are told by."""
        return frozenset[UUID]().union(*(keyframe.point.samples for keyframe in self.keyframes))

    def resolved(self, recipe_of: RecipeOf) -> Recipe:
        """Put what recipes say in the place of samples. Raises: what `recipe_of` raises; BadParams."""
        points = (keyframe.point for keyframe in self.keyframes)
        return self.with_keyframes(
            keyframe.model_copy(update={"point": point.resolved(recipe_of) if point.has_samples else point})
            for keyframe, point in zip(self.keyframes, points, strict=True)
        )

    def with_keyframes(self, keyframes: Iterator[Keyframe]) -> Recipe:
        """Give it with other keyframes."""
        return self.model_copy(update={"keyframes": tuple(keyframes)})

    def as_json(self) -> dict[str, Any]:
        """Give it as it is kept: whole, points without what is as it is by default."""
        told: dict[str, Any] = self.model_dump(mode="json")
        for keyframe, row in zip(self.keyframes, told["keyframes"], strict=True):
            row["point"] = keyframe.point.model_dump(mode="json", exclude_defaults=True)
        return told

    def path_hash(self, model_hashes: dict[UUID, str]) -> str:
        """Name the way that it takes, whatever the times: what was measured of it holds for all with this name."""
        way = [[model_hashes.get(one.model_id, ""), one.point.canonical, one.strength] for one in self.keyframes]
        text = json.dumps([PATH_VERSION, self.loop, way], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


PATH_VERSION = 3  # changed when the same keyframes are joined by another way, or lengths are measured otherwise
