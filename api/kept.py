"""Answers that stand until their dataset changes, kept packed in memory: worked out once, and bounded."""

from __future__ import annotations

import gzip
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

MOST_BYTES = 16 * 2**20
LEVEL = 3  # a 50,000-line list packs in 5 ms; at 9 it takes five times as long and is a twentieth smaller


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in gzip, and the revision of the dataset that it speaks of."""

    revision: int
    body: bytes


class Kept:
    """The answers asked for last. Used from any thread.

    An answer is given to the revision that it was put by alone: with the first question after a change, all that was
    said of the dataset before is forgotten.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self._answers: dict[tuple[UUID, Hashable], Packed] = {}  # those asked for last at the end
        self._lock = Lock()

    def get(self, dataset_id: UUID, question: Hashable, *, revision: int) -> bytes | None:
        """Give what is kept of this revision of a dataset; what is of another is forgotten."""
        with self._lock:
            of_others = [key for key, one in self._answers.items() if key[0] == dataset_id and one.revision != revision]
            for key in of_others:
                self._take(key)
            found = self._take((dataset_id, question))
            if found is not None:
                self._keep((dataset_id, question), found)
            return found.body if found is not None else None

    def put(self, dataset_id: UUID, question: Hashable, body: bytes, *, revision: int) -> None:
        """Keep an answer, and forget those that nobody has asked for in the longest time."""
        with self._lock:
            self._take((dataset_id, question))
            self._keep((dataset_id, question), Packed(revision, body))
            while self._size_bytes > self._most_bytes:
                self._take(next(iter(self._answers)))

    def _keep(self, key: tuple[UUID, Hashable], packed: Packed) -> None:
        self._answers[key] = packed
        self._size_bytes += len(packed.body)

    def _take(self, key: tuple[UUID, Hashable]) -> Packed | None:
        found = self._answers.pop(key, None)
        self._size_bytes -= len(found.body) if found is not None else 0
        return found


def pack(body: bytes) -> bytes:
    """Pack an answer; the same bytes for the same answer."""
    return gzip.compress(body, LEVEL, mtime=0)


def takes_packed(request: Request) -> bool:
    """Say whether a client reads gzip: it names it, and not with a weight of nought."""
    for coding in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "").rstrip("0") not in ("q=", "q=0.")
    return False


def packed_response(body: bytes, *, unpack: bool, headers: dict[str, str], media_type: str) -> Response:
    """Send a packed answer as it is, or unpacked to whoever does not read it."""
    if unpack:
        return Response(gzip.decompress(body), headers=headers, media_type=media_type)
    return Response(body, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
