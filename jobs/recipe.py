"""Recipes: by what of them two pictures are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

DEEPEST = 12  # of lists and objects within one another; a recipe has a handful
# What says where a picture came from, and not what it is drawn from.
_TOLD = frozenset({"format", "model_id", "licence", "label_name", "projection"})


def recipe_hash(recipe: Mapping[str, Any]) -> str | None:
    """Give the SHA-256 of what a picture is drawn from: the same where the same picture is drawn, on any machine.

    None for what is nested deeper than any recipe. A number is the same however it is written: 1, or 1.0.
    """
    try:
        drawn = {name: _plain(value, DEEPEST) for name, value in recipe.items() if name not in _TOLD}
    except _TooDeep:
        return None
    return hashlib.sha256(json.dumps(drawn, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class _TooDeep(Exception):
    pass


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        raise _TooDeep
    match value:
        case Mapping():
            return {str(name): _plain(part, depth - 1) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part, depth - 1) for part in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
