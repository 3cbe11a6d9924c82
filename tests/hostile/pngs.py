"""PNGs written by hand."""

from __future__ import annotations

import struct
import zlib


def chunk(name: bytes, content: bytes, *, crc: int | None = None) -> bytes:
    crc = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)


def png(width: int, height: int, *, packed: bytes, depth: int = 8, colours: int = 2, before: bytes = b"") -> bytes:
    """A PNG that says what it is told to, with `packed` as its pixels and chunks `before` them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
