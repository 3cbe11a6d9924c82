"""Whose pictures a kept array holds, so that it goes when one of them is withdrawn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

PHOTOS = "photos.json"  # beside the array


def note(folder: Path, *, dataset: str, photos: Iterable[str]) -> None:
    """Write down whose pictures the array in `folder` holds."""
    (folder / PHOTOS).write_text(json.dumps({"dataset": dataset, "photos": list(photos)}), encoding="utf-8")


def forget(cache: Path, *, withdrawn: Callable[[str, list[str]], bool]) -> int:
    """Delete the arrays that hold a photograph which was withdrawn; gives how many went.

    `withdrawn(dataset, photos)` says whether any is, and that nobody needs the array any more.
    """
    gone = 0
    for told in cache.glob(f"pictures/*/{PHOTOS}"):
        of = json.loads(told.read_text(encoding="utf-8"))
        if withdrawn(of["dataset"], of["photos"]):
            shutil.rmtree(told.parent, ignore_errors=True)
            gone += 1
    return gone
