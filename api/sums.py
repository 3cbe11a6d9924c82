"""The hashes of uploads in pieces, carried on from piece to piece, so that no file is read again at its end."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

MOST = 64  # that are remembered; of any other upload the hash is taken once it is whole


class Sums:
    """Of each upload, the SHA-256 of what is here and how much that is. Used on the event loop alone."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[int, Hash]] = {}

    def take(self, upload_id: UUID, size_bytes: int) -> Hash | None:
        """Take the hash of the first `size_bytes` out, to go on with; None, if it is not known, as after a start."""
        known_bytes, sha256 = self._known.pop(upload_id, (0, hashlib.sha256()))
        return sha256 if known_bytes == size_bytes else None

    def keep(self, upload_id: UUID, size_bytes: int, sha256: Hash) -> None:
        """Keep a hash for the next piece, and forget the oldest of too many."""
        self._known[upload_id] = size_bytes, sha256
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
