"""Choosing few of many points so that they lie far apart: farthest-point sampling (Gonzalez 1985)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


@torch.no_grad()
def farthest(points: Tensor, count: int) -> Iterator[int]:
    """Choose `count` of points `[N, W]`: the one nearest to their mean, then always the one farthest from all chosen.

    So the first few of what is chosen lie as far apart as so few can, within a factor of two of the best choice; of
    equals the first is taken. Takes O(N * W) for each.

    Yields: indices of `points`, each once.
    Raises: ValueError, if `count` is not 1 to N, or a point is not finite.
    """
    n = len(points)
    if not 1 <= count <= n:
        raise ValueError(f"count is {count}; give 1 to {n}")
    if not torch.isfinite(points).all():
        raise ValueError("a point is not finite")
    centred = points - points.mean(dim=0)  # [N, W]; smaller numbers lose less below
    squares = centred.square().sum(dim=1)  # [N]
    nearest = torch.full_like(squares, torch.inf)  # [N]: squared distance to the nearest chosen one
    last = int(squares.argmin())
    for left in range(count - 1, -1, -1):
        yield last
        if left:
            nearest = torch.minimum(nearest, squares + squares[last] - 2 * (centred @ centred[last]))
            nearest[last] = -torch.inf  # never again, also where points repeat
            last = int(nearest.argmax())
