"""A short way through places: nearest neighbours, then parts of it are turned round (2-opt, Croes 1958)."""

from __future__ import annotations

import torch
from torch import Tensor

ROUNDS = 50


@torch.no_grad()
def tour(places: Tensor, *, loop: bool) -> list[int]:
    """Order places `[N, W]` so that the way from each to the next is short; a closed way where `loop`.

    The first one stays first. Takes O(N^2) a round; no way that 2-opt finds can be made shorter by turning one part of
    it round. Raises: ValueError, if a place is not finite.
    """
    if not torch.isfinite(places).all():
        raise ValueError("a place is not finite")
    apart = torch.cdist(places.double(), places.double()).tolist()  # [N][N]
    count = len(places)
    way, left = [0], set(range(1, count))
    while left:
        last = apart[way[-1]]
        nearest = min(left, key=lambda place: (last[place], place))
        way.append(nearest)
        left.remove(nearest)
    for _ in range(ROUNDS):
        if not _turned(way, apart, loop=loop):
            break
    return way


def _turned(way: list[int], apart: list[list[float]], *, loop: bool) -> bool:
    """Turn the parts round whose turning makes the way shorter; say whether there was one."""
    count, shorter = len(way), False
    for first in range(1, count - 1):
        for last in range(first + 1, count):
            before, a, b = way[first - 1], way[first], way[last]
            after = way[last + 1] if last + 1 < count else way[0] if loop else None
            gain = apart[before][a] - apart[before][b]
            gain += 0.0 if after is None else apart[b][after] - apart[a][after]
            if gain > 1e-9:
                way[first : last + 1] = reversed(way[first : last + 1])
                shorter = True
    return shorter
