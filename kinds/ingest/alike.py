"""Which pictures look alike among many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinds.ingest.limits import FARTHEST
from kinds.ingest.twins import ASPECT

CELLS = 2_000_000  # pairs that are compared at a time
Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """Groups of pictures that look alike, for each number of bits from 0 to 12: the first picture of each one's group.

    Pairs are forgotten as soon as they have joined two groups: of thousands that all look alike there are millions.
    """

    heads: NDArray[np.int64]  # [13, N]

    @classmethod
    def among(cls, phashes: Sequence[str], ratios: Sequence[float]) -> Alike:
        """Compare each picture with each other one: hashes within 12 of 64 bits, and the same ratio of the sides."""
        hashes = np.array([int(phash, 16) for phash in phashes], dtype=np.uint64)
        wide = np.array(ratios, dtype=np.float64)
        heads = np.tile(np.arange(len(hashes)), (FARTHEST + 1, 1))
        rows = max(1, CELLS // max(1, len(hashes)))
        for start in range(0, len(hashes), rows):
            bits = np.bitwise_count(hashes[start : start + rows, None] ^ hashes[None, start:])  # [rows, rest]
            row, column = np.nonzero(bits <= FARTHEST)
            first, second, differ = row + start, column + start, bits[row, column]
            near = (first < second) & (np.abs(wide[second] / wide[first] - 1) <= ASPECT)
            first, second, differ = first[near], second[near], differ[near]
            for most in range(FARTHEST + 1 if len(first) else 0):
                within = differ <= most
                _join(heads[most], first[within], second[within])
        return cls(heads=heads)

    def groups(self, bits: int) -> list[list[int]]:
        """Put together what is at most `bits` from another in its group, in the order of the first of each group."""
        heads = self.heads[bits]
        found: dict[int, list[int]] = {}
        for number in np.flatnonzero(np.bincount(heads, minlength=len(heads))[heads] > 1).tolist():
            found.setdefault(int(heads[number]), []).append(number)
        return list(found.values())


def _join(heads: Numbers, first: Numbers, second: Numbers) -> None:
    """Make one group of those of each pair; `heads` `[N]` names the first of each one's group, before and after."""
    while len(first):
        one, other = heads[first], heads[second]
        apart = one != other
        first, second, one, other = first[apart], second[apart], one[apart], other[apart]
        np.minimum.at(heads, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(nearer := heads[heads], heads):
            heads[:] = nearer
