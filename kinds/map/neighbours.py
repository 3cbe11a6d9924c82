"""The nearest neighbours of points, exactly: all are compared, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinds.map.files import Floats

CHUNK = 256  # rows that are compared with all others at a time


class Neighbours(NamedTuple):
    """The nearest of each point, nearest first: rows int32 `[N, k]`, and how far each is, float32 `[N, k]`."""

    rows: NDArray[np.int32]
    far: Floats


def nearest(points: Floats, among: Floats, *, many: int, itself: bool = False) -> Iterator[int | Neighbours]:
    """Find the `many` nearest of each point `[N, D]` among others `[M, D]`; with `itself` both are the same points.

    Then each point is its own nearest, at 0, whatever else lies where it does.
    Yields: how many points are done; last Neighbours.
    """
    rows = np.empty((len(points), many), np.int32)
    far = np.empty((len(points), many), np.float32)
    lengths = np.einsum("nd,nd->n", among, among)
    for at in range(0, len(points), CHUNK):
        some = points[at : at + CHUNK]
        squares = lengths - 2 * (some @ among.T) + np.einsum("nd,nd->n", some, some)[:, None]
        np.maximum(squares, 0, out=squares)
        if itself:
            squares[np.arange(len(some)), np.arange(at, at + len(some))] = -1
        found = np.argpartition(squares, many - 1, axis=1)[:, :many] if many < len(among) else _all(squares)
        found.sort(axis=1)  # of two that are as near the first comes first
        order = np.argsort(np.take_along_axis(squares, found, axis=1), axis=1, kind="stable")
        found = np.take_along_axis(found, order, axis=1)
        rows[at : at + CHUNK] = found
        far[at : at + CHUNK] = np.sqrt(np.take_along_axis(squares, found, axis=1).clip(0))
        yield min(at + CHUNK, len(points))
    yield Neighbours(rows, far)


def _all(squares: Floats) -> NDArray[np.int64]:
    return np.broadcast_to(np.arange(squares.shape[1]), squares.shape).copy()
