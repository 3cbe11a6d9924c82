"""Objects as files on one disk."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from jobs.errors import Conflict, DiskFull, NotFound, Rejected
from store.folder import sweep_files
from store.objects import KINDS, Stored, checked_key, digest, key_of

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)
SYNCS = 8  # folders at a time: the disk brings several to rest in one go
_PARTS = ".parts"


class LocalObjects:
    """An object store in a folder; see `store.objects.Objects`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts = root / _PARTS
        with _room(root):
            self._parts.mkdir(parents=True, exist_ok=True)

    def put_file(
        self,
        path: Path,
        *,
        kind: str,
        id: UUID,
        attempt: int = 0,
        consume: bool = False,
        share: bool = False,
        sha256: str | None = None,
    ) -> Stored:
        """Store a file under its hash: temporary file, fsync, link without overwriting, fsync of the folder.

        With `consume` or `share` the file itself becomes the object where it lies on the same disk, without a copy;
        with `consume` it is gone from its place. `sha256` saves reading it where its hash is known.
        Raises: DiskFull; nothing half-written is left then, and `path` is untouched. Rejected, for anything but a file.
        """
        if path.is_symlink() or not path.is_file():
            raise Rejected(f"{path.name!r} is no plain file.")
        with _room(path):
            part = self._parts / secrets.token_hex(16)
            try:
                taken = (consume or share) and _linked(path, part)
                hashed, size = (sha256, path.stat().st_size) if taken and sha256 else self._read(path, part, taken)
                key = key_of(kind, id, attempt, hashed, suffix=path.suffix)
                self._settle(part, self._root / key)
            finally:
                part.unlink(missing_ok=True)
            if consume:
                path.unlink()
            return Stored(key=key, sha256=hashed, size_bytes=size)

    def put_folder(self, folder: Path, *, kind: str, id: UUID, attempt: int = 0) -> dict[str, Stored]:
        """Store each file of a flat folder, by name. Raises: DiskFull; Rejected, for anything but plain files."""
        paths = sorted(folder.iterdir())
        return {path.name: self.put_file(path, kind=kind, id=id, attempt=attempt) for path in paths}

    def share(self, wanted: Mapping[UUID, Sequence[str]], *, kind: str, attempt: int = 0) -> dict[UUID, list[str]]:
        """Give objects another key each, of another owner: by a hard link, or a copy where the disk knows no links.

        `wanted`: keys by the id of their new owner. An owner of which one is gone is left out. Raises: DiskFull.
        """
        shared: dict[UUID, list[str]] = {}
        touched: dict[Path, None] = {}  # in the end, each once: most of what this takes is waiting for the disk
        for id, keys in wanted.items():
            with contextlib.suppress(NotFound):
                shared[id] = self._share(keys, touched, kind=kind, id=id, attempt=attempt)
        with ThreadPoolExecutor(SYNCS) as pool:
            list(pool.map(_sync, touched))
        return shared

    def _share(self, keys: Sequence[str], touched: dict[Path, None], *, kind: str, id: UUID, attempt: int) -> list[str]:
        """Link the files of one owner; the folders that have a new entry are `touched`, from the outermost inwards."""
        named: list[str] = []
        for key in keys:
            path = self.path(key)
            named.append(key_of(kind, id, attempt, path.stem, suffix=path.suffix))
            target = self._root / named[-1]
            try:
                os.utime(path)  # both names have one time, and what is old and unnamed is swept
                with _room(target):
                    touched |= dict.fromkeys(reversed(_link_in(path, target) or [target.parent]))
            except FileNotFoundError as error:
                raise NotFound(f"The file {key} is gone.") from error
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                self.put_file(path, kind=kind, id=id, attempt=attempt, sha256=path.stem)
        return named

    def open(self, key: str) -> BinaryIO:
        """Open an object to read. Raises: NotFound."""
        return self.path(key).open("rb")

    def path(self, key: str) -> Path:
        """Give an object's file, which must not be written. Raises: NotFound."""
        path = self._root / checked_key(key)
        if not path.is_file():
            raise NotFound(f"The file {key} is gone.")
        return path

    def folder(self, files: Mapping[str, str], into: Path) -> Path:
        """Lay objects out under these names in the new folder `into`: hard links where the disk is the same.

        Raises: NotFound, Rejected for a name that is a path, DiskFull.
        """
        with _room(into):
            into.mkdir(parents=True)
            for name, key in files.items():
                if name in ("", ".", "..") or "/" in name or "\0" in name:
                    raise Rejected(f"{name!r} is no file name.")
                if not _linked(self.path(key), into / name):
                    shutil.copyfile(self.path(key), into / name)
        return into

    def delete(self, key: str) -> None:
        """Delete an object and the folders that are empty then, or do nothing if there is none."""
        path = self._root / checked_key(key)
        path.unlink(missing_ok=True)
        for folder in (path.parent, path.parent.parent):
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone already
                return

    def older_than(self, seconds: float) -> Iterator[str]:
        """Name the objects that were stored longer ago than this."""
        before = time.time() - seconds
        for kind in KINDS:
            for path in (self._root / kind).glob("*/*/*"):
                with contextlib.suppress(FileNotFoundError):  # deleted while we look
                    if path.stat().st_mtime < before:
                        yield path.relative_to(self._root).as_posix()

    def sweep_parts(self, seconds: float) -> int:
        """Delete what a crash left half-written longer ago than this; return how many."""
        return sweep_files(self._parts, older_than_s=seconds)

    def check(self) -> None:
        """Raise unless a file can be written and read back now."""
        with _room(self._root):
            part = self._parts / secrets.token_hex(16)
            try:
                part.write_bytes(b"reverie")
                if part.read_bytes() != b"reverie":
                    raise OSError(errno.EIO, "read back otherwise than written", str(part))
            finally:
                part.unlink(missing_ok=True)

    def free_bytes(self) -> int:
        """Tell the room that is left on the disk."""
        return shutil.disk_usage(self._root).free

    def _read(self, path: Path, part: Path, taken: bool) -> tuple[str, int]:
        """Hash `path`, copying it to `part` unless that is the file itself already."""
        if taken:
            return digest(part)
        with part.open("xb") as file:
            return digest(path, each=file.write)

    def _settle(self, part: Path, target: Path) -> None:
        """Make `part` durable under its name. A file that is there already stays, and must have the same bytes."""
        _sync(part)
        os.utime(part)  # a file taken over may be old, and what is old and unnamed is swept
        fresh = _link_in(part, target)
        if not fresh and digest(target) != digest(part):
            raise Conflict(f"{target.name} is there already with other bytes: the disk may be failing.")
        os.utime(target)
        for folder in fresh or [target.parent]:
            _sync(folder)


def _link_in(part: Path, target: Path) -> list[Path]:
    """Link `part` to its name in a folder made for it, and name the folders that have a new entry; none if it is there.

    A sweep may take away a folder that is empty still, so what was made may have to be made again.
    """
    while True:
        fresh = [target.parent]
        while not fresh[-1].exists():
            fresh.append(fresh[-1].parent)
        try:
            _make_folder(target.parent)
            os.link(part, target)
        except FileExistsError:
            return []
        except FileNotFoundError:
            if not part.exists():
                raise
            continue
        return fresh


def _make_folder(folder: Path) -> None:
    """Make a folder, or find it; FileNotFoundError, if it is taken away meanwhile."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        # Python says so too of a folder that was there, and is gone when it looks whether it is one.
        if folder.is_file():
            raise NotADirectoryError(errno.ENOTDIR, "a file lies where a folder belongs", str(folder)) from error
        raise FileNotFoundError(errno.ENOENT, "taken away meanwhile", str(folder)) from error


def _linked(path: Path, target: Path) -> bool:
    """Link a file to another name; False where the disk is another, or knows no links."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


def _sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say a full disk, a used-up quota and a file limit alike."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(
            f"There is no room to store {path.name}.",
            remedy="Free some space where the data lies, then try again; what was there before is untouched.",
        ) from error
