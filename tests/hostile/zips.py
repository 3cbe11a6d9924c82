"""Zips written by hand, so that each field of a header may lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

STORED, DEFLATED = 0, 8
SIZES_BEHIND, LOCKED, UTF8 = 0x8, 0x1, 0x800  # flags
FROM_UNIX = 3 << 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file of a zip, and what its headers say where that is not the truth."""

    name: bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    mode: int = 0o100644
    says_method: int | None = None
    crc: int | None = None
    size: int | None = None
    extra: bytes = b""  # of the central header
    at: int | None = None  # where the local header is said to be
    raw: bytes | None = None  # in place of the packed content

    def packed(self) -> bytes:
        if self.raw is not None:
            return self.raw
        if self.method == DEFLATED:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            return packer.compress(self.content) + packer.flush()
        return self.content

    def header(self, packed: int) -> bytes:
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        size = len(self.content) if self.size is None else self.size
        method = self.method if self.says_method is None else self.says_method
        return struct.pack("<HHHHHLLL", 20, self.flags, method, 0, 0x21, crc, packed, size)


def write(entries: Sequence[Entry], *, comment: bytes = b"", count: int | None = None, front: bytes = b"") -> bytes:
    """Write a zip; `front` lies before it, and is counted in its offsets."""
    body, index = bytearray(front), bytearray()
    for entry in entries:
        packed = entry.packed()
        at = len(body) if entry.at is None else entry.at
        if entry.at is None:
            told = replace(entry, crc=0, size=0) if entry.flags & SIZES_BEHIND else entry
            header = told.header(0 if entry.flags & SIZES_BEHIND else len(packed))
            body += b"PK\3\4" + header + struct.pack("<HH", len(entry.name), 0) + entry.name + packed
            if entry.flags & SIZES_BEHIND:
                body += b"PK\7\x08" + struct.pack("<LLL", zlib.crc32(entry.content), len(packed), len(entry.content))
        lengths = struct.pack("<HHHHHLL", len(entry.name), len(entry.extra), 0, 0, 0, entry.mode << 16, at)
        index += b"PK\1\2" + struct.pack("<H", FROM_UNIX | 20) + entry.header(len(packed)) + lengths
        index += entry.name + entry.extra
    number = len(entries) if count is None else count
    end = struct.pack("<HHHHLLH", 0, 0, number & 0xFFFF, number & 0xFFFF, len(index), len(body), len(comment))
    return bytes(body + index) + b"PK\5\6" + end + comment


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip as any program writes it."""
    return write([Entry(name=name.encode(), content=content, flags=UTF8) for name, content in files])
