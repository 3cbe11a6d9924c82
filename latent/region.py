"""A region of a plane: the points within a distance of one, each found by a seed."""

from __future__ import annotations

import math

from gan.randomness import counted
from jobs.errors import BadParams
from jobs.point import FARTHEST, Point

STREAM = 4097  # beside that of the plane (`latent.plane`); with it a seed has the same place in every job
DIGITS = 6  # of a coordinate: as many as an address has


def within(point: Point, radius: float, seed: int) -> Point:
    """Give the point that a seed finds within `radius` of `point` on its plane, evenly over the disc.

        (x, y) + radius * sqrt(u) * (cos 2 pi v, sin 2 pi v),    u, v uniform, drawn from the seed

    Random grain is its own too, unless the point names the seed of its grain. Radius 0 gives the point itself.
    Raises: BadParams, where the plane ends.
    """
    u, v = counted(seed, STREAM).random(2)
    far, angle = radius * math.sqrt(u), 2 * math.pi * v
    moved = {"x": round(point.x + far * math.cos(angle), DIGITS), "y": round(point.y + far * math.sin(angle), DIGITS)}
    if max(abs(at) for at in moved.values()) > FARTHEST:
        raise BadParams(
            f"the region reaches beyond {FARTHEST:,.0f} units, where the plane ends",
            pointer="#/region",
            remedy="Make it smaller, or begin anew at a find.",
        )
    noise = point.noise
    if noise.mode == "random" and noise.seed is None:
        noise = noise.model_copy(update={"seed": seed})
    return point.model_copy(update={**(moved if radius else {}), "noise": noise})
