"""The catalogue: well-known models, who published them where, and what that asks of whoever uses them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from jobs.errors import Rejected
from kinds.convert.params import MOST_TERMS, Licence, Terms
from kinds.fields import ModelName

BUNDLED = Path(__file__).with_name("catalogue.toml")
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
Address = Annotated[
    str,
    StringConstraints(pattern=r"^https?://\S+$", max_length=2000),
    AfterValidator(lambda text: str(AnyHttpUrl(text))),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Published(BaseModel):
    """One model that somebody published. What its publisher does not say is left out, never guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Slug
    name: ModelName
    draws: str = Field(min_length=1, max_length=200, description="What its pictures show.")
    resolution: int = Field(ge=4, le=4096)
    labels: int | None = Field(None, ge=1, description="Kinds of pictures that it draws when asked for one.")
    filename: str = Field(min_length=1, max_length=255)
    url: Address | None = Field(None, description="Of the file itself; none where it can only be fetched by hand.")
    page: Address = Field(description="Where it is published.")
    size_bytes: int | None = Field(None, gt=0)
    about_bytes: int | None = Field(None, gt=0, description="Its size as it is told, where it is not known exactly.")
    sha256: Sha256 | None = None
    publisher: str = Field(min_length=1, max_length=200)
    licence: Licence = Field("NOASSERTION", description="An SPDX expression.")
    terms: Terms = ""
    data: str = Field("", max_length=1000, description="What it has learnt from, where that has terms of its own.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.asks) > MOST_TERMS:
            raise ValueError(f"terms and data have more than {MOST_TERMS} characters together")
        return self

    @property
    def asks(self) -> str:
        """All that is to be kept to, as the model's terms."""
        return " ".join(filter(None, [self.terms, self.data]))


def read_catalogue(path: Path = BUNDLED) -> dict[str, Published]:
    """Read a catalogue: entries by their ids, in the file's order.

    Raises: Rejected, with the place of what is wrong; OSError.
    """
    try:
        entries = _Entries.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).models
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected(
            f"the catalogue {path} cannot be read: {_first(error)}",
            remedy="docs/base-models.md shows what an entry holds.",
        ) from error
    return {entry.id: entry for entry in entries}


class _Entries(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    models: list[Published]

    @field_validator("models")
    @classmethod
    def _ids_differ(cls, models: list[Published]) -> list[Published]:
        ids = [model.id for model in models]
        twice = next((id for id in ids if ids.count(id) > 1), None)
        if twice is not None:
            raise ValueError(f"the id {twice} comes twice")
        return models


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
