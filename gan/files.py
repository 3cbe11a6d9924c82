"""Writing files so that a crash, a kill or a full disk leaves the old state or the new one, never half of one."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def fsync_folder(folder: Path) -> None:
    """Make names that were made or moved in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_atomically(path: Path, content: bytes) -> None:
    """Write `path` under another name, then move it there."""
    temporary = path.with_name(f"{path.name}.part")
    try:
        _write_through(temporary, content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder of files that appears whole; one of the same name is replaced, and kept should writing fail.

    Raises: OSError, as when the disk is full; then nothing half-written is left."""
    temporary, old = (folder.with_name(f".{folder.name}.{end}") for end in ("part", "old"))
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        for name, content in files.items():
            _write_through(temporary / name, content)
        fsync_folder(temporary)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    temporary.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    fsync_folder(folder.parent)
    return folder
