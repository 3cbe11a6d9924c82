"""How long a way is to the eye: features of pictures along it, so that a film can go through them at one speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latent.looker import Looker, distances

COARSE, FINE = 12, 16  # steps of the first pass, at even distances along the spline, and of the second one
TABLE = 64  # steps of what is kept
TOGETHER = 16  # pictures that are looked at at once

Floats = NDArray[np.float64]
Glances = Callable[[int, list[float]], NDArray[np.uint8]]  # a stretch, places on it from 0 to 1 -> uint8 [N, r, r, 3]


def measured(glances: Glances, looker: Looker, stretches: int, *, device: torch.device) -> Iterator[list[float]]:
    """Measure stretches, each in two passes: the second one looks where the first one found equal lengths.

    Yields: of each stretch how long it is up to `TABLE` + 1 places at even distances along the spline, from 0 on. A
    length is the distance between the features of pictures that follow one another (`latent.looker`).
    """
    for stretch in range(stretches):
        even = np.linspace(0, 1, COARSE + 1)
        first = _lengths(glances(stretch, even.tolist()), looker, device)
        us = inverse(even, first, FINE)
        second = _lengths(glances(stretch, us.tolist()), looker, device)
        yield np.interp(np.linspace(0, 1, TABLE + 1), us, second).tolist()


def inverse(us: Floats, lengths: Floats, steps: int) -> Floats:
    """Give `steps` + 1 places at equal lengths, of a way of which `lengths` are known at `us`; both rise from 0."""
    if lengths[-1] <= 0:
        return np.linspace(0, 1, steps + 1)
    # A little is added, so that of places between which nothing changes there is still a first and a last one.
    rising = lengths / lengths[-1] + 1e-6 * us
    return np.interp(np.linspace(0, rising[-1], steps + 1), rising, us)


def apart(pictures: NDArray[np.uint8], looker: Looker, device: torch.device) -> Floats:
    """Give the distances of pictures uint8 `[N, r, r, 3]` from one to the next, `[N - 1]`."""
    found: list[float] = []
    last: Sequence[Tensor] = ()
    for at in range(0, len(pictures), TOGETHER):
        x = torch.from_numpy(pictures[at : at + TOGETHER]).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.no_grad():
            maps = looker.look(x)
        joined = [torch.cat([before, now]) for before, now in zip(last, maps, strict=True)] if last else maps
        found += distances([m[1:] for m in joined], [m[:-1] for m in joined]).sqrt().tolist()
        last = [m[-1:] for m in maps]
    return np.array(found)


def _lengths(pictures: NDArray[np.uint8], looker: Looker, device: torch.device) -> Floats:
    return np.concatenate([[0.0], np.cumsum(apart(pictures, looker, device))])
