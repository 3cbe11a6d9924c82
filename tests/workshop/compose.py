"""docker-compose.yml as an engine reads it: variables put in, anchors and merges resolved."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from workshop.stages import ROOT

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\}")


def compose(**variables: str) -> dict[str, Any]:
    """The file with `variables` as the environment in which `docker compose` runs.

    Raises: KeyError, with the file's own words, for a variable that it demands.
    """
    text = VARIABLE.sub(lambda found: _value(found, variables), (ROOT / "docker-compose.yml").read_text())
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if value := variables.get(found["name"]):
        return value
    if found["kind"] == "-":
        return found["word"]
    raise KeyError(f"{found['name']}: {found['word']}")
