"""Recipes: what is written beside an invented picture, from which it can be drawn again, and the files of both."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, PngImagePlugin

from jobs.point import Point
from kinds.looks import looks

RECIPE = "reverie"  # keyword of the PNG's text chunk
RECIPE_FORMAT = 1
THUMB_SIDE = 320  # pixels, at most


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoded:
    """A picture as a PNG with its recipe, as a WebP to look at, and the facts of its row."""

    image: bytes
    thumb: bytes
    facts: Mapping[str, Any]


def recipe_of(model: Mapping[str, Any], how: Mapping[str, Any], *, class_label: int | None) -> dict[str, Any]:
    """Give the recipe of a picture that `model` drew: its `id` and `hash`, its `licence` and `labels` if it has any.

    `how` is what else is needed to draw it again: a seed, a point, truncation and noise.
    """
    recipe: dict[str, Any] = {"format": RECIPE_FORMAT, "model": model["hash"], "model_id": model["id"], **how}
    if model.get("licence"):
        recipe["licence"] = dict(model["licence"])
    if class_label is not None:
        recipe["class_label"] = class_label
        if names := model.get("labels"):
            recipe["label_name"] = names[class_label]
    return recipe


def how_of(point: Point) -> dict[str, Any]:
    """Say how a point that stands by itself is drawn. Of a plain seed it is also what a generate job says of it."""
    how: dict[str, Any] = {"truncation_psi": point.psi, "noise_mode": point.noise.mode}
    how["point"] = point.model_dump(mode="json", exclude_defaults=True)
    seed = point.anchor.seed
    own_grain = point.noise.mode != "random" or point.noise_seed == seed
    if seed is not None and own_grain and point.model_copy(update={"class_label": None}).is_its_anchor:
        how["seed"] = seed
    return how


def png(picture: Image.Image, recipe: Mapping[str, Any]) -> bytes:
    """Encode a picture as PNG with its recipe in a text chunk."""
    text = PngImagePlugin.PngInfo()
    text.add_itxt(RECIPE, json.dumps(recipe, sort_keys=True))
    return _saved(picture, "PNG", pnginfo=text)


def encoded(picture: Image.Image, recipe: Mapping[str, Any]) -> Encoded:
    """Encode a picture to keep."""
    thumb = picture.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    facts = {"recipe": dict(recipe), "width": picture.width, "height": picture.height, **looks(picture)}
    return Encoded(image=png(picture, recipe), thumb=_saved(thumb, "WEBP", quality=85), facts=facts)


def _saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
