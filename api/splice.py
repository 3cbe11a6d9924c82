"""The rest of a large body from its socket into a file, within the kernel: no byte of it comes through this process.

A pipe lies between the two, since only what leads to or from a pipe can be spliced. What has come is hashed out of the
page cache, in pieces that stay in a core's own cache.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import select
from collections.abc import Callable, Iterator
from functools import partial
from io import FileIO
from typing import TYPE_CHECKING, Any, Protocol

from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

STRAIGHT = "reverie.straight"  # of the extensions of a request: what gives the rest of its body, or None
PIPE_BYTES = 2**20
MOST_BYTES = 8 * 2**20  # in a thread's turn
LINGER_MS = 20  # that a thread waits for more, rather than begin another turn
HASHED_BYTES = 2**18

CAN = hasattr(os, "splice")  # Linux


class Rest(Protocol):
    """What is to come of a body."""

    @property
    def left_bytes(self) -> int:
        """How much of it is to come."""

    def fileno(self) -> int:
        """Give the socket, from which nobody else reads meanwhile."""

    def taken(self, nbytes: int, /) -> None:
        """Note that so much was read from the socket."""


Straight = Callable[[], Rest | None]


def nothing() -> None:
    """Give no rest: all of the body is received."""


async def into(file: FileIO, rest: Rest, *, sha256: Hash | None, arrived: Callable[[int], None]) -> None:
    """Bring the rest of a body to the end of `file`, and hash it; `arrived` is told of each piece.

    A client that is slow holds no thread: the loop waits for what comes.
    Raises: ClientDisconnect, once what came before is in the file; OSError.
    """
    begun = file.tell()
    hashed = _Hashed(file, sha256, begun)
    with _ends(rest) as (source, pipe):
        try:
            while rest.left_bytes:
                await _readable(source)
                moving = asyncio.get_running_loop().run_in_executor(
                    None, partial(_move, source, pipe, file, min(MOST_BYTES, rest.left_bytes))
                )
                try:
                    moved, error = await asyncio.shield(moving)
                except asyncio.CancelledError:
                    await asyncio.wait([moving])  # no thread may be at a file that is closed
                    raise
                rest.taken(moved)
                arrived(moved)
                hashed.go_on(file.tell())
                if error is not None:
                    raise error
        finally:
            await hashed.rest()


@contextlib.contextmanager
def _ends(rest: Rest) -> Iterator[tuple[int, tuple[int, int]]]:
    """The socket under a number of its own, so that it stays open whatever the server does, and a pipe."""
    source, pipe = os.dup(rest.fileno()), os.pipe()
    try:
        with contextlib.suppress(OSError):  # above what one user may have: a smaller one does
            fcntl.fcntl(pipe[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        yield source, pipe
    finally:
        for end in (source, *pipe):
            os.close(end)


async def _readable(source: int) -> None:
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    loop.add_reader(source, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(source)


def _move(source: int, pipe: tuple[int, int], file: FileIO, most_bytes: int) -> tuple[int, Exception | None]:
    """Move what is there and what comes at once; give how much was read, and why there is no more, if there is none."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    begun, moved = file.tell(), 0
    try:
        while moved < most_bytes:
            try:
                piece = os.splice(source, pipe[1], min(PIPE_BYTES, most_bytes - moved))
            except BlockingIOError:
                if poll.poll(LINGER_MS):
                    continue
                return moved, None
            if piece == 0:
                return moved, ClientDisconnect()
            moved += piece
            _drain(pipe[0], file, piece)
        return moved, None
    except ConnectionError:
        return moved, ClientDisconnect()
    except OSError as error:
        return moved, error
    finally:
        # Begins to bring it to the disk, without a wait: else all of a large file waits for the fsync at its end.
        os.posix_fadvise(file.fileno(), begun, moved, os.POSIX_FADV_DONTNEED)


def _drain(pipe: int, file: FileIO, size_bytes: int) -> None:
    while size_bytes:
        try:
            size_bytes -= os.splice(pipe, file.fileno(), size_bytes)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            view = memoryview(os.read(pipe, size_bytes))  # a file system that takes no splice
            size_bytes -= len(view)
            while view:
                view = view[file.write(view) :]


class _Hashed:
    """Hashes a file as it grows, a thread at a time, behind those who write."""

    def __init__(self, file: FileIO, sha256: Hash | None, begun: int) -> None:
        self._file = file
        self._sha256 = sha256
        self._at = self._till = begun
        self._going: asyncio.Future[Any] | None = None

    def go_on(self, till: int) -> None:
        """Hash up to there, now or once the thread that does so is through."""
        self._till = till
        if self._sha256 is None or (self._going is not None and not self._going.done()):
            return
        digest = partial(_digest, self._sha256, self._file.fileno(), self._at, till)
        self._at, self._going = till, asyncio.get_running_loop().run_in_executor(None, digest)

    async def rest(self) -> None:
        """Wait until all is hashed that is there."""
        while self._going is not None:
            going, self._going = self._going, None
            try:
                await asyncio.shield(going)
            except asyncio.CancelledError:
                await asyncio.wait([going])
                raise
            if self._at < self._till:
                self.go_on(self._till)


def _digest(sha256: Hash, file: int, at: int, till: int) -> None:
    buffer = memoryview(bytearray(HASHED_BYTES))
    while at < till:
        read = os.preadv(file, [buffer[: till - at]], at)
        if read == 0:
            raise OSError(errno.EIO, "what was written is not there")
        sha256.update(buffer[:read])
        at += read
