"""The lock of a data folder: one `reverie up` at a time, freed by the kernel however that ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jobs.errors import DataFolderError


class Lock:
    """A lock that is held."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def tell(self, address: str) -> None:
        """Let who comes second know where the first one answers."""
        with suppress(OSError):  # on a full disk the lock still holds
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)


@contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Hold the folder; who comes second reads from the lock who holds it.

    Raises: DataFolderError, if another holds it.
    """
    path = folder / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DataFolderError(
            f"The data folder {folder} cannot be used: {error.strerror}.",
            remedy="Choose a folder that you may write, with --data or REVERIE_DATA.",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held = _read(path)
        os.close(handle)
        raise DataFolderError(
            f"{folder} is in use: process {held.get('pid', '?')} serves it at {held.get('address', 'its address')}.",
            remedy="Open that address, stop that process, or choose another folder with --data.",
        ) from None
    try:
        yield Lock(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
