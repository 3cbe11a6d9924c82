"""Identifiers that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7)."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import datetime
from uuid import UUID

RANDOM_BITS = 74
POSITION_BITS = 32
_LAST_MS = 2**48 - 1


class _Clock:
    """Hands out (milliseconds, random) pairs that rise within one process, so rows made together keep their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def draw(self) -> int:
        """Give the next 122-bit value: the time above, random bits below, larger than any before."""
        drawn = (time.time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
        with self._lock:
            # A step of random size keeps the next id as hard to guess as RFC 9562 (6.2, method 2) asks.
            self._last = max(drawn, self._last + 1 + secrets.randbits(32))
            return self._last


_CLOCK = _Clock()


def _version_7(value: int) -> UUID:
    """Lay 48 bits of time and 74 bits below it around the six fixed bits."""
    time_ms, low = value >> RANDOM_BITS, value & (1 << RANDOM_BITS) - 1
    return UUID(int=time_ms << 80 | 0x7 << 76 | (low >> 62) << 64 | 0x2 << 62 | low & (1 << 62) - 1)


def new_id() -> UUID:
    """Make a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits; ids of one process rise."""
    return _version_7(_CLOCK.draw())


def first_id(at: datetime) -> UUID:
    """Give a bound of ids by time: those made at `at`, which is aware, or later are above it, all earlier ones below.

    An id carries the time of the first of its parents (`derived_id`).
    """
    return UUID(int=min(max(0, int(at.timestamp() * 1000)), _LAST_MS) << 80)


def derived_id(parent: UUID, what: str, position: int) -> UUID:
    """Name the part of `parent` that has this position: the same answer whenever it is asked.

    A run that is made again therefore names what it makes as before. The id carries the parent's time, then the
    position (0 to 2^32 - 1), then 42 bits of a hash: parts of one parent sort by position, where the parent lies.
    """
    if not 0 <= position < 1 << POSITION_BITS:
        raise ValueError(f"position {position} is outside 0..2^32-1")
    rest = RANDOM_BITS - POSITION_BITS
    digest = hashlib.sha256(f"{parent.hex}/{what}".encode()).digest()
    salt = int.from_bytes(digest[:8], "big") >> 64 - rest
    return _version_7(parent.int >> 80 << RANDOM_BITS | position << rest | salt)
