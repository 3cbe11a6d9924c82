"""What a print says of its pictures and of the model, as one would say it, and as the page does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from store.rows import Model, Photo

NOT_SAID = "NOASSERTION"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_FREE = re.compile(r"(CC0|CC-BY-|Apache|MIT|BSD)", re.IGNORECASE)
_SHORT = 12  # letters of a model's hash


def month(when: datetime) -> str:
    """Say the month of a time, UTC."""
    return f"{_MONTHS[when.month - 1]} {when.year}"


def day(when: datetime) -> str:
    """Say the day of a time, UTC."""
    return f"{when.day} {month(when)}"


def caption(photo: Photo) -> str:
    """Give what is said of a photograph; of one of which nothing is said, the name of its file."""
    return photo.caption or PurePosixPath(photo.name).stem


def below(photo: Photo) -> str:
    """Say when a photograph was taken, and in which album it lies, as far as that is known."""
    parts = [month(photo.taken_at) if photo.taken_at else "", f"album {photo.album}" if photo.album else ""]
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def whence(recipe: Mapping[str, Any]) -> str:
    """Say where a picture was found: at a seed, near one, or elsewhere."""
    if type(seed := recipe.get("seed")) is int:
        return f"seed {seed}"
    point = recipe.get("point")
    anchor = point.get("anchor") if isinstance(point, Mapping) else None
    near = anchor.get("seed") if isinstance(anchor, Mapping) else None
    return f"near seed {near}" if type(near) is int else "a find"


def place(recipe: Mapping[str, Any]) -> str:
    """Say a recipe in short."""
    psi, label = recipe.get("truncation_psi"), recipe.get("label_name")
    parts = [whence(recipe)]
    if isinstance(psi, int | float):
        parts.append(f"truncation {psi:g}")
    if isinstance(label, str):
        parts.append(f"as {label}")
    return ", ".join(parts)


def recipe_in_short(recipe: Mapping[str, Any]) -> str:
    """Say all of a recipe that fits a line; the PNG's text chunk has the whole."""
    hash, noise = recipe.get("model"), recipe.get("noise_mode")
    parts = [f"model {hash[:_SHORT]}" if isinstance(hash, str) else "", place(recipe)]
    parts.append(f"noise {noise}" if isinstance(noise, str) else "")
    return f"Recipe: {', '.join(part for part in parts if part)}."


def licence(model: Model) -> str:
    """Say what a licence lets one do; what was learnt from a person's own photographs is that person's."""
    spdx = model.licence
    if not spdx or spdx == NOT_SAID:  # learnt here it is its owner's, unless nobody has said what its base asks
        own = model.step is not None and "Its base asks" not in model.terms
        return "Yours" if own else "Licence unknown"
    if "-NC" in spdx.upper():
        return "Non-commercial"
    if "-SA" in spdx.upper():
        return "Share alike"
    return "Free to use" if _FREE.match(spdx) else spdx


def facts(recipe: Mapping[str, Any], line: Sequence[Model], archive: str) -> list[tuple[str, str]]:
    """Tell how a picture was made: `line` is its model and what that descends from, `archive` what it learnt from."""
    if not line:
        return [("Model", "a model that is gone"), ("Place", place(recipe))]
    model, root = line[0], line[-1]
    name = model.name
    if model.step is not None and str(model.step) not in name:
        name = f"{name}, step {model.step:,}"
    spdx = "" if model.licence in ("", NOT_SAID) else model.licence
    told = ". ".join(part.rstrip(".") for part in (licence(model), spdx, model.terms) if part)
    learnt = archive + (f", beginning with {root.name}" if root is not model else "")
    return [("Model", name), ("Learnt from", learnt), ("Place", place(recipe)), ("Licence", f"{told}.")]
