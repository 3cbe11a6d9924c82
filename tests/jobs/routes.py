"""Recipes for tests of ways, and a made-up generator whose pictures are points on a plane."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np

from jobs.journey import Recipe
from jobs.route import Route

MODEL, OTHER = uuid4(), uuid4()


def recipe(times: tuple[float, ...] = (0.0, 2.0, 4.0), **values: Any) -> Recipe:
    keyframes = [
        {"at_s": at_s, "model_id": MODEL, "point": {"anchor": {"seed": number}}, **values.get("of", {}).get(number, {})}
        for number, at_s in enumerate(times)
    ]
    told = {name: value for name, value in values.items() if name != "of"}
    return Recipe.model_validate({"duration_s": 6.0, "keyframes": keyframes, **told})


def seen(route: Route, picture: Callable[[np.ndarray[Any, Any]], Any], *, places: Any, fps: int = 60) -> Any:
    """What a made-up generator shows at each frame: `picture` of w, a weighted sum of `places`, one a keyframe."""
    count = round(route.recipe.duration_s * fps)
    heres = [route.at(number / fps) for number in range(count)]
    return [picture(sum(weight * places[number] for number, weight in here.weights.items())) for here in heres]


def lengths_of(route: Route, picture: Callable[[Any], Any], places: Any, steps: int = 400) -> list[list[float]]:
    """How long its stretches are, from many small steps."""
    found = []
    for stretch in range(route.stretch_count):
        points = [
            picture(sum(a * places[k] for k, a in route.along(stretch, n / steps).items())) for n in range(steps + 1)
        ]
        found.append([0.0, *np.cumsum([float(np.linalg.norm(b - a)) for a, b in pairwise(points)]).tolist()])
    return found


PLACES = [np.array(place) for place in ([0.0, 0.0], [3.0, 1.0], [1.0, 4.0])]


def bent(w: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A generator whose pictures change now quickly and now slowly."""
    return np.array([2 * np.sinh(w[0] / 2), w[1] + np.sin(3 * w[1]) / 4])
