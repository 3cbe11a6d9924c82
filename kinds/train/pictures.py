"""The pictures of a training: the dataset's views, cut and scaled to one array of uint8, kept for the next training."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan.dataset import write_pictures
from jobs.errors import JobFailed
from jobs.events import Progress
from jobs.place import Place
from kinds.cores import cores
from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.limits import Limits
from kinds.ingest.square import View
from kinds.train.kept import is_noted, note

KEPT_S = 14 * 86_400.0  # arrays that no training has used for so long go when a new one is made
LOOK_S = 0.2  # between two looks at how far the building is
AHEAD = 8  # pictures a thread that are decoded before their turn
FORMAT = 1  # of the cutting; another one makes all arrays anew


class Stopped(Exception):
    """The owner asked for the end before the pictures were ready."""


def prepared(place: Place, *, resolution: int, classes: Sequence[int] | None = None) -> Iterator[Progress | Path]:
    """Yield Progress while the array is made, then its folder (see `gan.dataset`); at once if the cache holds it.

    `classes` gives the networks' number for each label of the dataset, where they are to tell them apart.
    Raises: Stopped; JobFailed, if a photograph is gone; OSError, as when the disk is full.
    """
    lines = place.inputs["dataset"].read_text(encoding="utf-8").splitlines()
    views: list[View] = [json.loads(line) for line in lines]
    labels = None if classes is None else [classes[view["label"]] for view in views]
    folder = place.cache / "pictures" / _key(views, labels, resolution=resolution)
    if not (folder / "pictures.json").exists():
        _forget_old(folder.parent)
        yield from _made(views, labels, place, folder, resolution=resolution)
    if not is_noted(folder):  # an earlier release made it
        note(folder, dataset=place.facts["dataset"]["id"], photos=dict.fromkeys(view["photo"] for view in views))
    os.utime(folder)
    yield folder


def _key(views: list[View], labels: Sequence[int] | None, *, resolution: int) -> str:
    cut = [[view["key"], view["box"]] for view in views]
    told = [FORMAT, resolution, cut] if labels is None else [FORMAT, resolution, cut, labels]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _made(
    views: list[View], labels: Sequence[int] | None, place: Place, folder: Path, *, resolution: int
) -> Iterator[Progress]:
    """Build beside the cache, then move there; of two trainings that build the same, either serves both."""
    part = place.scratch / "pictures"
    counter = _Counter(place)
    with ThreadPoolExecutor(1) as builder:
        numbers = _photo_numbers(views)
        building = builder.submit(
            write_pictures,
            part,
            counter.counted(_cut_all(views, resolution=resolution)),
            resolution=resolution,
            photos=numbers,
            labels=labels,
        )
        while not building.done():
            yield Progress(done=counter.done, total=len(views), unit="photo", phase="preparing")
            wait([building], timeout=LOOK_S)
        building.result()
    note(part, dataset=place.facts["dataset"]["id"], photos=dict.fromkeys(view["photo"] for view in views))
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.rename(folder)
    except OSError:  # made meanwhile by another, or the cache lies on another disk
        if not (folder / "pictures.json").exists():
            shutil.copytree(part, folder, dirs_exist_ok=True)


class _Counter:
    """Counts what goes through, and ends it when the owner asks."""

    def __init__(self, place: Place) -> None:
        self.done = 0
        self._stop = place.stop

    def counted(self, pictures: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        for picture in pictures:
            if self._stop():
                raise Stopped
            yield picture
            self.done += 1


def _photo_numbers(views: list[View]) -> list[int]:
    """Number the photos as they come, so that the views of one photo bear one number."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(view["photo"], len(numbers)) for view in views]


def _cut_all(views: list[View], *, resolution: int) -> Iterator[NDArray[np.uint8]]:
    """Cut the views in processes of their own: some are cut from files as they came from outside."""
    count = min(cores(), len(views)) or 1
    with Decoders(count, max_pixels=Limits().max_pixels) as decoders:
        waiting: deque[Future[bytes]] = deque()
        for view in views:
            waiting.append(decoders.square(view, resolution=resolution))
            if len(waiting) > AHEAD * count:
                yield _pixels(waiting.popleft(), resolution=resolution)
        while waiting:
            yield _pixels(waiting.popleft(), resolution=resolution)


def _pixels(cut: Future[bytes], *, resolution: int) -> NDArray[np.uint8]:
    """Give one view as uint8 `[3, R, R]`."""
    try:
        pixels = np.frombuffer(cut.result(), dtype=np.uint8).reshape(resolution, resolution, 3)
    except FileNotFoundError as error:
        raise JobFailed(
            "A photograph of this archive was withdrawn while the training began.",
            code="photo_withdrawn",
            remedy="Try again: the training then begins without it.",
        ) from error
    except Undecoded as error:
        raise JobFailed(
            f"A photograph of this archive can no longer be read. {error}",
            code="photo_unreadable",
            remedy="The disk may be failing: restore the data folder from a copy of it, or leave the photograph out.",
        ) from error
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _forget_old(cache: Path) -> None:
    if cache.is_dir():
        for folder in cache.iterdir():
            if folder.stat().st_mtime < time.time() - KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)
