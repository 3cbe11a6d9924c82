"""Field types for request bodies: JSON numbers and booleans as they are, never made from one another."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

StrictInt = Annotated[int, Strict()]
StrictFloat = Annotated[float, Strict()]
StrictBool = Annotated[bool, Strict()]
Seed = Annotated[int, Strict(), Field(ge=0, lt=2**32, examples=[0])]
