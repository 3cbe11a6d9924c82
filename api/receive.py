"""A body on its way to disk: streamed, counted, hashed, never held in memory."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from api.problems import TooLarge
from jobs.errors import DiskFull

BUFFER_BYTES = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A body that arrived whole."""

    path: Path
    size_bytes: int
    sha256: str


class Landing:
    """Where one body lands: a file that grows by whole buffers, written and hashed off the event loop."""

    def __init__(self, path: Path, *, limit_bytes: int) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._size_bytes = 0
        self._file: BufferedWriter | None = None

    async def write(self, chunk: bytes) -> None:
        """Take a piece of the body.

        Raises: TooLarge, above the limit; DiskFull.
        """
        self._size_bytes += len(chunk)
        if self._size_bytes > self._limit_bytes:
            raise too_large(self._limit_bytes)
        self._buffer += chunk
        if len(self._buffer) >= BUFFER_BYTES:
            await self._flush()

    async def finish(self) -> Received:
        """Write what waits, and close; it is made durable when the object store takes it."""
        await self._flush()
        if self._file is not None:
            self._file.close()
        return Received(path=self._path, size_bytes=self._size_bytes, sha256=self._hash.hexdigest())

    def drop(self) -> None:
        """Remove what has landed."""
        if self._file is not None:
            self._file.close()
        self._path.unlink(missing_ok=True)

    async def _flush(self) -> None:
        full, self._buffer = self._buffer, bytearray()
        await run_in_threadpool(self._store, full)

    def _store(self, full: bytearray) -> None:
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("xb", buffering=0)  # type: ignore[assignment]  # unbuffered: a FileIO
            view = memoryview(full)
            while view:
                view = view[self._file.write(view) :]  # type: ignore[union-attr]  # opened just above
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise disk_full(self._size_bytes) from error
            raise
        self._hash.update(full)


async def land(chunks: AsyncIterator[bytes], path: Path, *, limit_bytes: int) -> Received:
    """Bring a whole body to `path`; whatever goes wrong, nothing of it stays behind.

    Raises: TooLarge, DiskFull, and what `chunks` raises, such as ClientDisconnect.
    """
    landing = Landing(path, limit_bytes=limit_bytes)
    try:
        async for chunk in chunks:
            await landing.write(chunk)
        return await landing.finish()
    except BaseException:
        landing.drop()
        raise


def too_large(limit_bytes: int) -> TooLarge:
    """Say that a body is above the limit."""
    limit = f"{limit_bytes / 2**30:.3g} GB" if limit_bytes >= 2**30 else f"{limit_bytes / 2**20:.3g} MB"
    return TooLarge(
        f"this is larger than the {limit} that this server takes at once",
        remedy="Split it in two, or raise REVERIE_MAX_UPLOAD_BYTES.",
        limit_bytes=limit_bytes,
    )


def disk_full(needed_bytes: int) -> DiskFull:
    """Say that a body does not fit on the disk."""
    return DiskFull(
        "the disk has no room for this upload; what was there before is untouched",
        remedy="Free some space where the data lies, and send it again.",
        needed_bytes=needed_bytes,
    )
