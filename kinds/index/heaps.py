"""Which photographs go together: heaps of what looks alike, and how each photograph stands in its heap."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_HEAPS = 24  # what a person looks through
REPEATS = 0.85  # from this likeness to a more typical one on, a photograph repeats it
ROUNDS = 40
CHUNK = 512  # rows that are compared with all others at a time

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heaps:
    """A row for each of `N` photographs: its heap, from 0 on, its place there, and how alike the nearest is, in [0, 1].

    In a heap the most typical photograph has place 0; those that repeat a more typical one come after all others.
    `nearest` is the nearest other photograph that training sees.
    """

    heap: Ints
    place: Ints
    nearest: Floats


def heaps(unit: Floats, usable: Mask) -> Heaps:
    """Sort photographs `[N, F]`, vectors of length 1; what training does not see is sorted too, and moves no heap.

    The same photographs give the same heaps.
    """
    middles = _middles(unit[usable]) if usable.any() else unit[:0]
    if not len(middles):
        none = np.zeros(len(unit), np.int64)
        return Heaps(heap=none, place=np.arange(len(unit)), nearest=np.zeros(len(unit), np.float32))
    heap, typical = _assigned(unit, middles)
    place = np.zeros(len(unit), np.int64)
    for number in range(len(middles)):
        rows = np.flatnonzero(heap == number)
        rows = rows[np.lexsort((rows, -typical[rows]))]
        repeats = _to_earlier(unit[rows]) >= REPEATS
        place[rows[np.argsort(repeats, kind="stable")]] = np.arange(len(rows))
    return Heaps(heap=heap, place=place, nearest=_nearest(unit, usable))


def how_many(photos: int) -> int:
    """Choose a number of heaps: about √(n / 2), so that heaps grow with an archive as their number does."""
    return max(1, min(MOST_HEAPS, round(math.sqrt(photos / 2))))


def _middles(unit: Floats) -> Floats:
    """Find middles `[K, F]` by spherical k-means (Dhillon & Modha 2001), begun as k-means++ does."""
    rng = np.random.default_rng(0)
    chosen = [int(rng.integers(len(unit)))]
    far = 1 - unit @ unit[chosen[0]]
    while len(chosen) < how_many(len(unit)):
        weights = far.clip(0).astype(np.float64)
        if weights.sum() < 1e-6:
            break  # what is left looks the same as what was chosen
        chosen.append(int(rng.choice(len(unit), p=weights / weights.sum())))
        far = np.minimum(far, 1 - unit @ unit[chosen[-1]])
    middles = unit[chosen]
    before = None
    for _ in range(ROUNDS):
        heap, _likeness = _assigned(unit, middles)
        if before is not None and np.array_equal(heap, before):
            break
        before = heap
        middles = _means(unit, heap, middles)
    sizes = np.bincount(_assigned(unit, middles)[0], minlength=len(middles))
    return middles[np.lexsort((np.arange(len(middles)), -sizes))][: int((sizes > 0).sum())]  # the largest is heap 0


def _means(unit: Floats, heap: Ints, middles: Floats) -> Floats:
    """Move each middle to its heap's; that of an empty heap stays."""
    sums = np.zeros_like(middles)
    for number in np.unique(heap).tolist():
        sums[number] = unit[heap == number].sum(axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    moved: Floats = np.where(lengths > 0, sums / lengths.clip(1e-12), middles)
    return moved


def _assigned(unit: Floats, middles: Floats) -> tuple[Ints, Floats]:
    """Say for each row which middle is nearest, and how alike it is."""
    alike = unit @ middles.T  # [N, K]
    heap = alike.argmax(axis=1)
    return heap, alike[np.arange(len(unit)), heap].clip(0, 1)


def _nearest(unit: Floats, usable: Mask) -> Floats:
    """Say how alike the nearest other one among the usable is."""
    found = np.zeros(len(unit), np.float32)
    columns = np.flatnonzero(usable)
    others = unit[columns]
    place = np.full(len(unit), -1)
    place[columns] = np.arange(len(columns))
    for at in range(0, len(unit), CHUNK):
        alike = unit[at : at + CHUNK] @ others.T  # [chunk, usable]
        own = place[at : at + CHUNK]
        alike[np.flatnonzero(own >= 0), own[own >= 0]] = 0
        found[at : at + CHUNK] = alike.max(axis=1, initial=0)
    return found.clip(0, 1)


def _to_earlier(unit: Floats) -> Floats:
    """Say for each row how alike the nearest of the rows before it is; 0 for the first."""
    found = np.zeros(len(unit), np.float32)
    for at in range(0, len(unit), CHUNK):
        alike = unit[at : at + CHUNK] @ unit[: at + CHUNK].T
        before = np.arange(alike.shape[1])[None, :] < np.arange(at, at + len(alike))[:, None]
        found[at : at + CHUNK] = np.where(before, alike, 0).max(axis=1, initial=0)
    return found.clip(0, 1)
