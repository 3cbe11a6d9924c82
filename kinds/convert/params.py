"""What a convert job takes: a model file from outside, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from jobs.params import Need
from kinds.fields import ModelName, WholeParams

Licence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
MOST_TERMS = 2000
Terms = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_TERMS)]


class ConvertParams(WholeParams):
    """Read a StyleGAN2 of another program, or one of Reverie's own, and make a model of it. No code in it is run."""

    label: ClassVar[str] = "Bring a model"

    kind: Literal["convert"] = "convert"
    file_id: UUID = Field(
        title="File",
        description="The model file that POST /models received.",
        examples=["0199d3a0-0000-7000-8000-000000000004"],
    )
    filename: str | None = Field(
        None, max_length=255, title="File name", description="What the file was called.", examples=["ffhq.pkl"]
    )
    name: ModelName | None = Field(
        None, title="Name", description="The file's own name, when left out.", examples=["Faces, 1024 px"]
    )
    licence: Licence | None = Field(
        None,
        title="Licence",
        description="An SPDX expression. A model of Reverie's own keeps the one that it says.",
        examples=["CC-BY-NC-4.0"],
    )
    terms: Terms | None = Field(
        None, title="Terms", description="What its licence asks, in a sentence.", examples=["Not for commercial use."]
    )

    def needs(self) -> Mapping[str, Need]:
        """Name the file; its facts are `filename`, `size_bytes`, `sha256`, and `model_id` of what it has become."""
        return {"file": Need(type="model_file", id=self.file_id)}
