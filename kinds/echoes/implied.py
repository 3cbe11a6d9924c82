"""Which pictures a network draws often and no photograph is like: what an archive implies but never took."""

from __future__ import annotations

import numpy as np

from kinds.echoes.drawing import Sights
from kinds.echoes.files import IMPLIED, MILLION, Ints, Mask, Rows
from kinds.index.heaps import REPEATS, Floats

MOST = 24
NEIGHBOURS = 8  # how far the last of so many others is says how crowded it is around a picture
STRANGE = 0.25  # of the pictures: those that are least like any photograph
CHUNK = 512


def implied(sights: Sights, nearest: Ints) -> Rows:
    """Choose pictures by what was seen in them, and how like the nearest photograph each is, in millionths `[Q]`.

    Crowded is where at least half of the pictures stand no closer to their eighth neighbour. Of the crowded ones that
    are among the quarter least like any photograph, the least like one is chosen first, then always the one least like
    all that are chosen, until there are 24 or the next one would repeat another. Rows of `IMPLIED`.
    """
    if len(sights) <= NEIGHBOURS:
        return np.zeros(0, IMPLIED)
    alike = _alike(sights)
    crowded = np.partition(alike, len(alike) - NEIGHBOURS, axis=1)[:, -NEIGHBOURS]
    usual = np.median(crowded)
    strange = nearest <= np.quantile(nearest, STRANGE)
    chosen = _apart(alike, (crowded >= usual) & strange, nearest)
    found = np.zeros(len(chosen), IMPLIED)
    found["seed"], found["company"] = chosen, (alike[chosen] >= usual).sum(axis=1)
    return found


def _alike(sights: Sights) -> Floats:
    """Compare pictures with each other, `[Q, Q]`: one with itself is nothing."""
    count = len(sights)
    wholes, smalls = (np.concatenate(list(both)).T for both in (sights.whole, sights.small))  # [1280, 2 Q]
    found = np.empty((count, count), np.float32)
    for at in range(0, count, CHUNK):
        here = slice(at, at + CHUNK)
        both = np.maximum(sights.whole[0, here] @ wholes, sights.small[0, here] @ smalls)
        found[here] = np.maximum(both[:, :count], both[:, count:])
    same = np.maximum(found, found.T).clip(0, 1)  # of two, both ways
    rounded: Floats = np.rint(same * MILLION) / np.float32(MILLION)
    np.fill_diagonal(rounded, -1)
    return rounded


def _apart(alike: Floats, which: Mask, nearest: Ints) -> Ints:
    """Choose among some, so that they are as unlike each other as they can be."""
    rows = np.flatnonzero(which)
    chosen: list[int] = []
    likest = np.full(len(rows), -1.0, np.float32)  # to any that is chosen
    at = int(nearest[rows].argmin()) if len(rows) else -1
    while len(rows) and len(chosen) < MOST and likest[at] < REPEATS:
        chosen.append(int(rows[at]))
        likest = np.maximum(likest, alike[rows[at], rows])
        likest[at] = np.inf  # never again
        at = int(likest.argmin())
    return np.array(chosen, np.int64)
