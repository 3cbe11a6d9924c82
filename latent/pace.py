"""How long a way is to the eye: how fast features of pictures change along it, so that a film can go at one speed.

Speeds are measured, not distances of places far apart: those are shorter than the way between them, the more so the
more happens on it. And they are measured of pictures as the network gives them, since from frame to frame of a slow
film the rounding to 8 bits changes more than the picture does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latent.looker import Looker, distances

PLACES = 7  # of a stretch: at each of them two pictures are drawn
STEP = 1 / 64  # of a stretch: how far those two are apart
TABLE = 64  # steps of what is kept
FINE = 8  # parts of such a step, of the sum
TOGETHER = 2 * PLACES  # pictures that are looked at at once

Floats = NDArray[np.float64]
Views = Callable[[int, list[float]], Iterator[Tensor]]  # a stretch, places on it from 0 to 1 -> each [1, 3, r, r], ±1


def measured(views: Views, looker: Looker, stretches: int) -> Iterator[list[float]]:
    """Measure stretches. Yields: of each how long it is up to `TABLE` + 1 places at even distances, from 0 on.

    A length is the sum of speeds, each the distance between the features of two pictures close by (`latent.looker`).
    """
    middles = np.linspace(STEP / 2, 1 - STEP / 2, PLACES)
    pairs = np.stack([middles - STEP / 2, middles + STEP / 2], axis=1)
    places = np.linspace(0, 1, TABLE * FINE + 1)
    for stretch in range(stretches):
        steps = apart(views(stretch, pairs.ravel().tolist()), looker)[::2]
        speeds = np.interp(places, middles, steps / STEP)
        parts = (speeds[1:] + speeds[:-1]) / 2 / len(places[1:])
        yield np.concatenate([[0.0], np.cumsum(parts)])[::FINE].tolist()


def apart(pictures: Iterator[Tensor], looker: Looker) -> Floats:
    """Give the distances of pictures, each `[1, 3, r, r]` in [-1, 1], from one to the next, `[N - 1]`."""
    found: list[float] = []
    last: Sequence[Tensor] = ()
    for some in _together(pictures):
        with torch.no_grad():
            maps = looker.look(some)
        joined = [torch.cat([before, now]) for before, now in zip(last, maps, strict=True)] if last else maps
        found += distances([m[1:] for m in joined], [m[:-1] for m in joined]).sqrt().tolist()
        last = [m[-1:] for m in maps]
    return np.array(found)


def _together(pictures: Iterator[Tensor]) -> Iterator[Tensor]:
    some: list[Tensor] = []
    for picture in pictures:
        some.append(picture.float().clamp(-1, 1))
        if len(some) == TOGETHER:
            yield torch.cat(some)
            some = []
    if some:
        yield torch.cat(some)
