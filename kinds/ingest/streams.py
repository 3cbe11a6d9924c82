"""Streams out of an archive that cannot swell beyond a limit."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from kinds.ingest import limits
from kinds.ingest.zst import Unzstd

PIECE_BYTES = 2**18  # stays in the cache between hashing and writing


class TooLarge(ValueError):
    """More came out than the archive may hold."""


class Capped(io.RawIOBase):
    """A seekable stream that ends in TooLarge beyond `limit` bytes, or when asked for an absurd piece at once."""

    def __init__(self, stream: IO[bytes], *, limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._limit = limit

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes."""
        if size < 0 or size > limits.MAX_READ_BYTES:
            raise TooLarge(f"asks for {limits.megabytes(size)} at once, in a header" if size > 0 else "has no end")
        self._check(self._stream.tell() + size - limits.MAX_READ_BYTES)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move; a compressed stream unpacks all that lies between."""
        if whence == 0:
            self._check(offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Tell the position."""
        return self._stream.tell()

    def _check(self, position: int) -> None:
        if position > self._limit:
            raise TooLarge(f"unpacks to more than {limits.megabytes(self._limit)}")


@contextmanager
def decompressed(archive: Path, *, compression: str) -> Iterator[IO[bytes]]:
    """Open a file, unpacking gzip, bzip2, xz or zstd on the way."""
    with archive.open("rb") as raw:
        if compression == "gzip":
            with gzip.GzipFile(fileobj=raw) as unzipped:
                yield cast(IO[bytes], unzipped)
        elif compression == "bzip2":
            with bz2.BZ2File(raw) as unzipped:
                yield unzipped
        elif compression == "xz":
            with lzma.LZMAFile(raw) as unzipped:
                yield unzipped
        elif compression == "zstd":
            with Unzstd(archive) as unpacked, io.BufferedReader(unpacked) as whole:
                yield whole
        else:
            yield raw


def copied(stream: IO[bytes], to: Path, *, start: bytes, limit: int) -> tuple[str, int]:
    """Write `start` and the rest of `stream` to a file; give its SHA-256 and size in bytes.

    Raises: TooLarge, at more than `limit` bytes.
    """
    digest, size_bytes, piece = hashlib.sha256(), 0, start
    with to.open("wb") as file:
        while piece:
            size_bytes += len(piece)
            if size_bytes > limit:
                raise TooLarge(f"unpacks to more than {limits.megabytes(limit)}")
            digest.update(piece)
            file.write(piece)
            piece = stream.read(PIECE_BYTES)
        file.flush()
        if sys.platform == "linux":  # begins to bring it to the disk, without a wait
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest.hexdigest(), size_bytes


def let_go(file: Path) -> None:
    """Have the kernel forget what it holds of a file that is on the disk: the next file takes that memory."""
    if sys.platform == "linux":
        with file.open("rb") as read:
            os.posix_fadvise(read.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
