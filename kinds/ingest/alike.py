"""Which pictures look alike among many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinds.ingest.limits import FARTHEST
from kinds.ingest.twins import ASPECT

ROWS = 256  # hashes that are compared with all others at a time


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """The pairs among `count` pictures that look alike: first and second `[P]`, and the bits that they differ by."""

    count: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    bits: NDArray[np.uint8]

    @classmethod
    def among(cls, phashes: Sequence[str], ratios: Sequence[float]) -> Alike:
        """Compare each picture with each other one: hashes within 12 of 64 bits, and the same ratio of the sides."""
        hashes = np.array([int(phash, 16) for phash in phashes], dtype=np.uint64)
        wide = np.array(ratios, dtype=np.float64)
        pairs: list[tuple[NDArray[Any], ...]] = []
        for start in range(0, len(hashes), ROWS):
            bits = np.bitwise_count(hashes[start : start + ROWS, None] ^ hashes[None, start:])  # [rows, rest]
            row, column = np.nonzero(bits <= FARTHEST)
            first, second = row + start, column + start
            near = (first < second) & (np.abs(wide[second] / wide[first] - 1) <= ASPECT)
            pairs.append((first[near], second[near], bits[row[near], column[near]]))
        empty = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint8))
        first, second, differ = (np.concatenate(parts) for parts in zip(empty, *pairs, strict=True))
        return cls(count=len(hashes), first=first, second=second, bits=differ)

    def groups(self, bits: int) -> list[list[int]]:
        """Put together what is at most `bits` from another in its group, in the order of the first of each group."""
        near = self.bits <= bits
        head = {int(number): int(number) for number in np.unique([self.first[near], self.second[near]])}
        for one, other in zip(self.first[near].tolist(), self.second[near].tolist(), strict=True):
            a, b = _head(head, one), _head(head, other)
            head[max(a, b)] = min(a, b)
        found: dict[int, list[int]] = {}
        for number in head:
            found.setdefault(_head(head, number), []).append(number)
        return list(found.values())


def _head(head: dict[int, int], number: int) -> int:
    """Find the first of a group, and shorten the way to it."""
    while head[number] != number:
        head[number] = head[head[number]]
        number = head[number]
    return number
