"""The features of all that is laid out, in the order of their ids, and the few numbers that tell them apart best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kinds.index.files import Rows, photos_of
from kinds.map.files import WIDTH, Floats, Seen, ids_of

NUMBERS = 50  # that are left of the features of each
CHUNK = 1024  # rows that are vectors at a time


@dataclass(frozen=True, slots=True)
class All:
    """What is laid out: `whole` uint8 `[N, 1280]`, of which `scale` makes vectors of length 1."""

    ids: Sequence[UUID]
    invented: NDArray[np.bool_]
    whole: NDArray[np.uint8]
    scale: Floats

    def unit(self, rows: slice | NDArray[np.int64]) -> Floats:
        """Give vectors of length 1 of some, `[n, 1280]`."""
        vectors: Floats = self.whole[rows].astype(np.float32) * self.scale[rows][:, None]
        return vectors


def gathered(photos: Sequence[Rows], seen: Sequence[Seen], samples: set[UUID]) -> All:
    """Gather photographs, and of what was seen these samples, each once, photographs first, in the order of their ids.

    In whatever files they lie, however often a job was killed meanwhile: the order is the same, and so is the map.
    """
    found: dict[tuple[bool, UUID], tuple[NDArray[np.void], int]] = {}
    for rows in photos:
        found.update({(False, id): (rows, at) for at, id in enumerate(photos_of(rows))})
    for rows in seen:
        found.update({(True, id): (rows, at) for at, id in enumerate(ids_of(rows["id"])) if id in samples})
    keys = sorted(found)
    whole, scale = np.empty((len(keys), WIDTH), np.uint8), np.empty(len(keys), np.float32)
    for at, key in enumerate(keys):
        rows, row = found[key]
        whole[at], scale[at] = rows["whole"][row], rows["scale"][row]
    return All([id for _, id in keys], np.array([invented for invented, _ in keys], bool), whole, scale)


def few_numbers(of: All, *, most: int = NUMBERS) -> Iterator[int | Floats]:
    """Turn features to the few axes along which they differ most (PCA); the same bits for the same features.

    Yields: how many were read, of twice as many as there are; last float32 `[N, min(most, N, 1280)]`.
    """
    count = len(of.ids)
    middle, square = np.zeros(WIDTH), np.zeros((WIDTH, WIDTH))
    for at in range(0, count, CHUNK):
        some = of.unit(slice(at, at + CHUNK))
        middle += some.sum(axis=0, dtype=np.float64)
        square += some.T @ some
        yield min(at + CHUNK, count)
    middle /= max(count, 1)
    axes = np.linalg.eigh(square / max(count, 1) - np.outer(middle, middle))[1][:, ::-1][:, : min(most, count)]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])  # an axis has two ends: always this
    turn = axes.astype(np.float32)
    numbers = np.empty((count, turn.shape[1]), np.float32)
    for at in range(0, count, CHUNK):
        numbers[at : at + CHUNK] = (of.unit(slice(at, at + CHUNK)) - middle.astype(np.float32)) @ turn
        yield count + min(at + CHUNK, count)
    yield numbers
