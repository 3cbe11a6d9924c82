"""A body on its way to disk: streamed, counted, hashed, never held in memory."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from starlette.concurrency import run_in_threadpool

from api.problems import TooLarge
from api.splice import Rest, Straight, into, nothing
from jobs.errors import DiskFull

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

BUFFER_BYTES = 2**20  # worth a thread's turn
MOST_BYTES = 8 * 2**20  # that wait while the disk or the hash is behind


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A body that arrived whole."""

    path: Path
    size_bytes: int
    sha256: str


class Tail:
    """The end of a file that grows: threads write and hash a MiB or more while the next ones come.

    As the block ends, what waits is written; if it ends in an error, what is being written is waited for all the same,
    so that no thread is at a file that is closed. It is made durable when the object store takes it.
    """

    def __init__(self, file: FileIO, *, full: Callable[[], DiskFull], sha256: Hash | None = None) -> None:
        self.size_bytes = file.tell()
        self._file = file
        self._full = full  # what to say when the disk is
        self._sha256 = sha256
        self._waiting: list[bytes] = []  # not joined: a copy costs as much as writing it
        self._waiting_bytes = 0
        self._writing: asyncio.Future[Any] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        if error is None:
            await self._flush()
            await self._written()
        elif self._writing is not None:
            await asyncio.wait([self._writing])

    async def fill(self, chunks: AsyncIterator[bytes], *, limit_bytes: int, straight: Straight = nothing) -> None:
        """Take a body, piece by piece, and its rest within the kernel once `straight` gives it.

        Raises: TooLarge, DiskFull, and what `chunks` raises, such as ClientDisconnect.
        """
        async for chunk in chunks:
            self._check(len(chunk), limit_bytes)
            self.size_bytes += len(chunk)
            await self.write(chunk)
            rest = straight()
            if rest is not None:
                self._check(rest.left_bytes, limit_bytes)
                await self._splice(rest)
                return

    def _check(self, more_bytes: int, limit_bytes: int) -> None:
        if self.size_bytes + more_bytes > limit_bytes:
            raise too_large(limit_bytes)

    async def _splice(self, rest: Rest) -> None:
        await self._flush()
        await self._written()

        def arrived(nbytes: int) -> None:
            self.size_bytes += nbytes

        with room(self._full):
            await into(self._file, rest, sha256=self._sha256, arrived=arrived)

    async def write(self, chunk: bytes) -> None:
        """Take a piece of the body. Raises: DiskFull, which may be about an earlier piece."""
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        busy = self._writing is not None and not self._writing.done()
        if self._waiting_bytes >= (MOST_BYTES if busy else BUFFER_BYTES):
            await self._flush()

    async def _flush(self) -> None:
        await self._written()
        full, self._waiting, self._waiting_bytes = self._waiting, [], 0
        in_thread = partial(asyncio.get_running_loop().run_in_executor, None)
        hashing = [in_thread(_digest, self._sha256, full)] if self._sha256 is not None else []
        self._writing = asyncio.gather(in_thread(self._append, full), *hashing)

    async def _written(self) -> None:
        if self._writing is not None:
            await asyncio.shield(self._writing)

    def _append(self, chunks: list[bytes]) -> None:
        begins = self._file.tell()
        with room(self._full):
            for chunk in chunks:
                view = memoryview(chunk)
                while view:
                    view = view[self._file.write(view) :]
        if sys.platform == "linux":
            # Begins to bring it to the disk, without a wait: else all of a large file waits for the fsync at its end.
            os.posix_fadvise(self._file.fileno(), begins, self._file.tell() - begins, os.POSIX_FADV_DONTNEED)


def _digest(sha256: Hash, chunks: list[bytes]) -> None:
    for chunk in chunks:
        sha256.update(chunk)


async def land(chunks: AsyncIterator[bytes], path: Path, *, limit_bytes: int, straight: Straight = nothing) -> Received:
    """Bring a whole body to `path`: streamed, counted and hashed; whatever goes wrong, nothing of it stays behind.

    Raises: TooLarge, DiskFull, and what `chunks` raises, such as ClientDisconnect.
    """
    sha256 = hashlib.sha256()

    def full() -> DiskFull:
        return disk_full(path.stat().st_size)

    try:
        with room(full):
            file = await run_in_threadpool(_made, path)
        with file:
            async with Tail(file, full=full, sha256=sha256) as tail:
                await tail.fill(chunks, limit_bytes=limit_bytes, straight=straight)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(path=path, size_bytes=tail.size_bytes, sha256=sha256.hexdigest())


def _made(path: Path) -> FileIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("x+b", buffering=0)


@contextlib.contextmanager
def room(full: Callable[[], DiskFull]) -> Iterator[None]:
    """Say of a disk without room that it is full."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise full() from error
        raise


def too_large(limit_bytes: int) -> TooLarge:
    """Say that a body is above the limit."""
    limit = f"{limit_bytes / 2**30:.3g} GB" if limit_bytes >= 2**30 else f"{limit_bytes / 2**20:.3g} MB"
    return TooLarge(
        f"this is larger than the {limit} that this server takes at once",
        remedy="Split it in two, or raise REVERIE_MAX_UPLOAD_BYTES.",
        limit_bytes=limit_bytes,
    )


def disk_full(
    needed_bytes: int, *, remedy: str = "Free some space where the data lies, and send it again."
) -> DiskFull:
    """Say that a body does not fit on the disk."""
    return DiskFull(
        "the disk has no room for this upload; what was there before is untouched",
        remedy=remedy,
        needed_bytes=needed_bytes,
    )
