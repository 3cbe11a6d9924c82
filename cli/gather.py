"""Photographs on the server's own disk, packed one after the other into tars as large as one job should read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from kinds.ingest.magic import kind_of

MOST_FILES = 50_000  # in one tar; a job reads at most 100,000
MOST_BYTES = 16 * 2**30
PIECE_BYTES = 2**20
PACKED = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "zstd"})  # what a job reads as it is
_BLOCK = tarfile.BLOCKSIZE
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Missed = Callable[[Path, str], None]  # told of what cannot be read, and why


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file to bring: where it lies, what it is to be called, and how large it is."""

    path: Path
    name: str
    size_bytes: int


def files(place: Path, *, but: Path, missed: Missed) -> Iterator[Found]:
    """Find the files of a folder and those below, in the order of their names; or the one file that `place` is.

    Hidden ones are passed by, and so is every link: what it leads to within the folder is found where it lies, and what
    lies elsewhere was not asked for. So are devices and pipes, and the folder `but`, in which the copies lie.
    """
    if not place.is_dir():
        yield from _file(place, place.name, missed)
        return
    own = _identity(but)
    listings = [iter(_listed(place, missed))]  # from the top down: a folder may lie deeper than calls may nest
    above = place.parent
    while listings:
        entry = next(listings[-1], None)
        if entry is None:
            listings.pop()
        elif entry.is_dir(follow_symlinks=False):
            if own is None or _identity(Path(entry.path)) != own:
                listings.append(iter(_listed(Path(entry.path), missed)))
        elif entry.is_file(follow_symlinks=False):
            path = Path(entry.path)
            yield from _file(path, str(path.relative_to(above)), missed)


def is_packed(path: Path) -> bool:
    """Say whether a file is an archive already, which is brought as it is. Raises: OSError."""
    with path.open("rb") as file:
        return kind_of(file.read(PIECE_BYTES)) in PACKED


class Tar:
    """A tar that is written file by file and hashed meanwhile; it holds nothing in memory but one piece."""

    def __init__(
        self, target: FileIO, *, stop: Callable[[], bool] = lambda: False, most_files: int = MOST_FILES
    ) -> None:
        self._target = target
        self._most_files = most_files
        self._stop = stop
        self._hash = hashlib.sha256()
        self.files = 0
        self.size_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether the next file belongs into another one."""
        return self.files >= self._most_files or self.size_bytes >= MOST_BYTES

    def add(self, found: Found) -> None:
        """Write one file.

        Raises: OSError, with nothing of the file written, if it cannot be read to its end; NoRoom; Stopped.
        """
        start, hashed = self.size_bytes, self._hash.copy()
        try:
            with _opened(found.path) as source:
                told = os.fstat(source.fileno())
                entry = tarfile.TarInfo(found.name)
                entry.size, entry.mtime = told.st_size, max(0, int(told.st_mtime))
                self._write(entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
                for piece in _pieces(source, told.st_size):
                    if self._stop():
                        raise Stopped
                    self._write(piece)
                self._write(bytes(-told.st_size % _BLOCK))
        except OSError:
            self._target.seek(start)
            self._target.truncate()
            self.size_bytes, self._hash = start, hashed
            raise
        self.files += 1

    def end(self) -> str:
        """Write the end of the tar, and give the SHA-256 of all of it in hex."""
        self._write(bytes(2 * _BLOCK))
        return self._hash.hexdigest()

    def _write(self, piece: bytes) -> None:
        write(self._target, piece)
        self._hash.update(piece)
        self.size_bytes += len(piece)


class Stopped(Exception):
    """Somebody asked for the end in the middle of a file."""


class NoRoom(OSError):
    """The disk that is written to is full, not one that is read."""


def write(target: FileIO, piece: bytes) -> None:
    """Write all of a piece. Raises: NoRoom."""
    view = memoryview(piece)
    try:
        while view:
            view = view[target.write(view) :]
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(error.errno, error.strerror) from error
        raise


def reason(error: OSError) -> str:
    """Say in words why a file cannot be read."""
    return {errno.EACCES: "it may not be read", errno.ENOENT: "it is gone", errno.ELOOP: "it is a link now"}.get(
        error.errno or 0, error.strerror or str(error)
    )


def _listed(folder: Path, missed: Missed) -> Iterable[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((one for one in entries if not one.name.startswith(".")), key=lambda one: one.name)
    except OSError as error:
        missed(folder, reason(error))
        return ()


def _file(path: Path, name: str, missed: Missed) -> Iterator[Found]:
    try:
        told = path.stat()
    except OSError as error:
        missed(path, reason(error))
        return
    if stat.S_ISREG(told.st_mode):
        yield Found(path=path, name=name, size_bytes=told.st_size)


def _opened(path: Path) -> FileIO:
    """Open a plain file; one that has become a pipe meanwhile is not waited for."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file", str(path))
    return FileIO(handle, "rb")


def _pieces(source: FileIO, size_bytes: int) -> Iterator[bytes]:
    """Read as much as the tar says of a file that may grow; OSError, if it has become shorter."""
    left = size_bytes
    while left:
        piece = source.read(min(left, PIECE_BYTES))
        if not piece:
            raise OSError(errno.EIO, "it became shorter while it was read")
        left -= len(piece)
        yield piece
    if not size_bytes and source.read(1):  # as those of /proc, which have no end that could be told before
        raise OSError(errno.EIO, "it does not say how long it is")


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        told = folder.stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino
