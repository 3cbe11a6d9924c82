"""What all answers and bodies share. Schemas stand apart from tables: a column may be renamed, a field may not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

ID_EXAMPLE = "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
Id = Annotated[UUID, Field(description="A UUIDv7.", examples=[ID_EXAMPLE])]
At = Annotated[datetime, Field(description="RFC 3339, in UTC.", examples=["2026-11-24T13:21:12.482000Z"])]


class Answer(BaseModel):
    """The base of every answer: what a client may rely on, and no more."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Body(BaseModel):
    """The base of every JSON body: an unknown field is an error, and so is a number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Page(Answer, Generic[Item]):
    """One page of a list, in the order of an index; hand `next_cursor` back as `cursor` for the next one."""

    items: list[Item]
    next_cursor: str | None = Field(None, description="Opaque; null on the last page.", examples=[None])


class FieldError(Answer):
    """Which field is at fault, and why."""

    pointer: str = Field(description="RFC 6901, with a leading #.", examples=["#/steps"])
    detail: str = Field(examples=["Input should be greater than or equal to 1"])


class Problem(Answer):
    """Any error (RFC 9457): what was wrong, where, and what to do. Facts of the error stand beside these members."""

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_serialization_defaults_required=False)

    type: str = Field(examples=["/problems/bad_params"], description="/problems/<code>; the codes are in docs/api.md.")
    title: str = Field(examples=["A field does not fit"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["steps: 0 is less than 1"])
    remedy: str = Field("", examples=["Give 1 to 1,000,000 steps."])
    errors: list[FieldError] | None = None


class Notice(Answer):
    """A kind word: nothing is refused, but the owner should know."""

    code: str = Field(examples=["few_photos"])
    text: str = Field(examples=["86 photographs. The network will soon repeat itself; from about 500 on it dreams."])


class JobError(Answer):
    """Why a job failed."""

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_serialization_defaults_required=True)

    code: str = Field(examples=["worker_crashed"])
    title: str = ""
    detail: str = ""
    remedy: str = ""


Facts = dict[str, Any]
