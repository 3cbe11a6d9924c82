"""TIFFs written by hand."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def tiff(entries: Sequence[tuple[int, int, int, int]], *, then: int = 0) -> bytes:
    """A TIFF of one directory at byte 8; each entry is tag, type, count, and the value or where it lies."""
    body = b"".join(struct.pack("<HHLL", tag, type, count, value) for tag, type, count, value in entries)
    return b"II*\0" + struct.pack("<L", 8) + struct.pack("<H", len(entries)) + body + struct.pack("<L", then)


def grey(width: int, height: int, *, strips: int, offsets: int, sizes: int) -> bytes:
    """A grey TIFF of 8 bits in strips; `offsets` and `sizes` are values, or lie at these bytes if there are several."""
    rows = height // strips
    return tiff(
        [
            *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)),
            *((273, 4, strips, offsets), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, strips, sizes), (284, 3, 1, 1)),
        ]
    )
