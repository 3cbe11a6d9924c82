"""Presets: named starting points of a kind's parameters, with words for people, in `kinds/<kind>/presets.toml`."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jobs.errors import BadParams


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """One preset: `label` and `sentence` are shown to people, `params` are what it fills in."""

    name: str
    label: str
    sentence: str
    params: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """Give the SHA-256 of what the preset fills in, by which a job's row names the version that it used."""
        return hashlib.sha256(json.dumps(dict(self.params), sort_keys=True).encode()).hexdigest()


@cache
def presets_of(kind: str) -> tuple[Preset, ...]:
    """Read the presets of a kind, in the order of its file; the first one stands when nothing is said."""
    text = files(f"kinds.{kind}").joinpath("presets.toml").read_text(encoding="utf-8")
    return tuple(
        Preset(name=name, label=table.pop("label"), sentence=table.pop("sentence"), params=table)
        for name, table in tomllib.loads(text).items()
    )


def preset(kind: str, name: str) -> Preset:
    """Find a preset by its name.

    Raises: BadParams, with the names that there are.
    """
    for found in presets_of(kind):
        if found.name == name:
            return found
    names = ", ".join(preset.name for preset in presets_of(kind))
    raise BadParams(
        f"there is no preset {name!r} for {kind}",
        pointer="#/preset",
        remedy=f"Choose one of {names}, or leave the preset out." if names else "Leave the preset out.",
    )
