"""Whose pictures a kept array holds, so that it goes when one of them is withdrawn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

PHOTOS = "photos.json"  # beside the array


def note(folder: Path, *, dataset: str, photos: Iterable[str]) -> None:
    """Write down whose pictures the array in `folder` holds."""
    part = folder / f"{PHOTOS}.part"
    part.write_text(json.dumps({"dataset": dataset, "photos": list(photos)}), encoding="utf-8")
    part.replace(folder / PHOTOS)


def is_noted(folder: Path) -> bool:
    """Whether it is written down whose pictures the array holds."""
    return (folder / PHOTOS).exists()


def forget(cache: Path, *, withdrawn: Callable[[str, list[str]], bool]) -> int:
    """Delete the arrays that hold a photograph which was withdrawn; gives how many went.

    `withdrawn(dataset, photos)` says whether any is, and that nobody needs the array any more. An array of which nobody
    knows what it holds goes too: a training that uses one writes it down first.
    """
    gone = 0
    for folder in cache.glob("pictures/*"):
        try:
            of = json.loads((folder / PHOTOS).read_text(encoding="utf-8"))
            due = withdrawn(of["dataset"], of["photos"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            due = True
        if due:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
