"""Which picture is there already: the same bytes, or one that looks the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

# Of 64 bits of a perceptual hash. A copy saved again differs by 0 to 2; two pictures of a series by 6 and more.
NEAR = 2
ASPECT = 0.02  # relative difference of the ratio of the sides


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A usable picture that is there already: `ref` is {"photo": id} or {"position": of this archive}."""

    ref: Mapping[str, Any]
    name: str | None
    ratio: float | None  # width / height

    @property
    def called(self) -> str:
        """Name it in a sentence."""
        return self.name or "a picture that came before"


class Twins:
    """What has been seen so far, in order: of two twins the first is kept."""

    def __init__(self) -> None:
        self._by_sha256: dict[str, Seen] = {}
        self._by_phash: list[Seen] = []
        self._hashes = np.empty(64, dtype=np.uint64)

    def add(self, seen: Seen, *, sha256: str | None, phash: str | None) -> None:
        """Remember a usable picture."""
        if sha256:
            self._by_sha256.setdefault(sha256, seen)
        if phash:
            if len(self._by_phash) == len(self._hashes):
                self._hashes = np.resize(self._hashes, 2 * len(self._hashes))
            self._hashes[len(self._by_phash)] = int(phash, 16)
            self._by_phash.append(seen)

    def same(self, sha256: str) -> Seen | None:
        """Find the picture of the same bytes."""
        return self._by_sha256.get(sha256)

    def alike(self, phash: str, *, ratio: float) -> Seen | None:
        """Find the first picture that looks the same: a hash within 2 of 64 bits, and the same ratio of the sides."""
        hashes = self._hashes[: len(self._by_phash)]
        near = np.flatnonzero(np.bitwise_count(hashes ^ np.uint64(int(phash, 16))) <= NEAR)
        for i in near.tolist():
            other = self._by_phash[i].ratio
            if other is None or abs(other / ratio - 1) <= ASPECT:
                return self._by_phash[i]
        return None
