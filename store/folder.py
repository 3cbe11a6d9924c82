"""The data folder: whose it is, of which format, and what a crash leaves in it."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

from jobs.errors import DataFolderError

FORMAT = 1
_OURS = {"lock", "run", "logs", "objects", "scratch", "cache", "uploads", "lost+found"}


def prepare(folder: Path) -> None:
    """Make the data folder, or check that it is one that this program can use.

    Raises: DataFolderError, for one of a newer format, one that holds something else, or one that cannot be written.
    """
    mark = folder / "reverie.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            _refuse_strangers(folder)
            _write(mark)
        _check(mark)
        for part in ("scratch", "cache", "uploads"):
            (folder / part).mkdir(exist_ok=True)
    except OSError as error:
        raise DataFolderError(
            f"The data folder {folder} cannot be used: {error.strerror or error}.",
            remedy="Choose a folder that you may write, with --data or REVERIE_DATA.",
        ) from error


def sweep_files(folder: Path, *, older_than_s: float) -> int:
    """Delete the files of a flat folder that nobody has written to for so long; return how many."""
    before, swept = time.time() - older_than_s, 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # its owner was faster
            if path.stat().st_mtime < before:
                path.unlink()
                swept += 1
    return swept


def _refuse_strangers(folder: Path) -> None:
    strangers = sorted(
        path.name for path in folder.iterdir() if path.name not in _OURS and not path.name.startswith((".", "reverie."))
    )
    if strangers:
        raise DataFolderError(
            f"The folder {folder} holds something else already, such as {strangers[0]!r}.",
            remedy="Choose an empty folder, or one that Reverie made, with --data or REVERIE_DATA.",
        )


def _check(mark: Path) -> None:
    try:
        said = json.loads(mark.read_text(encoding="utf-8"))
        program, number = said["program"], said["format"]
        if program != "reverie" or type(number) is not int:
            raise ValueError(program)
    except (ValueError, KeyError, TypeError) as error:
        raise DataFolderError(
            f"{mark} is not what Reverie wrote there.",
            remedy="Restore it from a backup, or choose another folder with --data or REVERIE_DATA.",
        ) from error
    if number > FORMAT:
        raise DataFolderError(
            f"The data folder {mark.parent} has format {number}; this Reverie knows formats up to {FORMAT}.",
            remedy="Start the newer Reverie that made it, or choose another folder; nothing was changed.",
            format=number,
        )


def _write(mark: Path) -> None:
    """Write the mark whole or not at all; of two that start at once, both write the same."""
    part = mark.with_name(f".reverie.json.{os.getpid()}")
    with part.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "program": "reverie"}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(mark)
