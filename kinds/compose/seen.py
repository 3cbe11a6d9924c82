"""A journey looked at as its composer does: coarse pictures along the way become a score."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jobs.route import Route
from kinds.compose.looks import looks
from latent.journey import Flight
from sound.score import Score, score_of

Look = tuple[float, NDArray[np.uint8]]  # when, and a picture


def looked(flight: Flight, route: Route) -> Iterator[list[Look]]:
    """Look at one stretch after another: times in seconds, rising, and pictures."""
    for number, (stretch, us) in enumerate(zip(route.stretches, looks(route), strict=True)):
        pictures = flight.glances(number, us)
        times_s = [stretch.begins_s + u * stretch.lasts_s for u in us]
        yield list(zip(times_s, pictures, strict=True))


def scored(seen: list[Look], route: Route, *, duration_s: float | None = None) -> Score:
    """Make a score of what was seen; it comes to keyframes when the film does."""
    at_s = [when for when, _ in seen]
    return score_of(
        (picture for _, picture in seen),
        at_s,
        duration_s=duration_s or route.recipe.duration_s,
        moments_s=route.recipe.moments_s,
    )
