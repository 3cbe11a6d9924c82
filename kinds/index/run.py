"""Look at photographs: features of each that has none, where each is looked at, and which of all are alike."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import torch
from PIL import Image

from gan import device
from gan.errors import FeaturesMissing
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.cores import cores
from kinds.index import tracing
from kinds.index.cost import FOCUS_S, LOOK_S, work_s
from kinds.index.faces import Faces
from kinds.index.files import (
    WIDTH,
    Damaged,
    Found,
    Rows,
    packed,
    packed_parts,
    photos_of,
    read_rows,
    unit,
    write_standing,
)
from kinds.index.focus import LOOK_SIDE, focus
from kinds.index.heaps import heaps
from kinds.index.looking import Looker

KEPT_EVERY = 256  # photographs; of a job that is killed no more than these are looked at twice
BATCH = 16  # that a core reads and looks at, at a time

Lines = Sequence[dict[str, Any]]


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Look at each photograph without features, then sort all of them into heaps of what is alike.

    `place.inputs["photos"]` lists the photographs as lines of JSON: `photo`, its id; `image`, its thumbnail; `clean`,
    its clean picture, where it is to be framed by where it is looked at and that is not known; `usable`, whether
    training sees it; `looked`, whether it has features. `place.facts["photos"]["files"]` are their files.
    Yields: FOCUS and FEATURES artifacts, a Progress after each batch, one HEAPS artifact, a Notice of what could not be
    read.
    Raises: JobFailed, if the weights of the feature network are not here; OSError, as when the disk is full.
    """
    lines = [json.loads(line) for line in place.inputs["photos"].read_text(encoding="utf-8").splitlines()]
    new = [line for line in lines if not line["looked"]]
    unfocused = [line for line in lines if line["clean"]]
    look = Look(
        place=place, photos=len(lines), new=new, unfocused=unfocused, rows=_known(place.facts["photos"]["files"])
    )
    if unfocused:  # somebody asked for it, and waits
        yield from look.at_faces()
    if new:
        yield from look.at_all()
    yield Progress(done=0, total=len(lines), unit="photo", phase="sorting", metrics=look.work())
    if place.stop():
        return
    if look.unread:
        text = f"{look.unread:,} of the photographs could not be read, and were passed over."
        yield Notice(code="not_looked_at", text=text)
    file = _sorted(look.rows, {line["photo"] for line in lines if line["usable"]}, place.scratch / "heaps.npy")
    if file is not None:
        yield Artifact(type=Made.HEAPS, files={"heaps": file})
    if (yield from tracing.looked(place)):
        yield Progress(done=len(lines), total=len(lines), unit="photo", phase="sorting", metrics=look.work(sorted=True))


@dataclass(slots=True)
class Look:
    """One pass over the photographs that are new; `rows` holds what is known of all."""

    place: Place
    photos: int
    new: Lines
    unfocused: Lines
    rows: list[Rows]
    focused: int = 0
    done: int = 0
    unread: int = 0
    waiting: list[Found] = field(default_factory=list)  # to be kept

    def at_faces(self) -> Iterator[JobEvent]:
        """Find where photographs are looked at, for their squares."""
        device.configure()
        faces = Faces()
        for some in _slices(self.unfocused):
            yield self._progress("framing", self.focused, len(self.unfocused))
            if self.place.stop():
                return
            with ThreadPoolExecutor(1) as reader:
                pictures = zip(some, reader.map(_clean, some), strict=True)
                found = {line["photo"]: focus(picture, faces) for line, picture in pictures if picture is not None}
            self.focused += len(some)
            if found:
                yield Artifact(type=Made.FOCUS, files={}, facts={"focus": found})
        yield self._progress("framing", self.focused, len(self.unfocused))

    def at_all(self) -> Iterator[JobEvent]:
        """Look at each, and hand out what was found now and then."""
        try:
            looker = Looker(device.configure())
        except FeaturesMissing as error:
            raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
        yield self._progress("looking", self.done, len(self.new))
        for lines, found in looked(looker, self.new):
            self.done += len(lines)
            if found is not None:
                self.waiting.append(found)
            self._passed_over(lines, found)
            if sum(len(one.rows) for one in self.waiting) >= KEPT_EVERY:
                yield self._kept()
            yield self._progress("looking", self.done, len(self.new))
            if self.place.stop():
                break
        if self.waiting:
            yield self._kept()

    def work(self, *, sorted: bool = False) -> dict[str, float]:
        """Say how much is done, of how much, in nominal seconds."""
        all_s = work_s(photos=self.photos, unlooked=len(self.new), unfocused=len(self.unfocused))
        return {"work": all_s if sorted else self.done * LOOK_S + self.focused * FOCUS_S, "work_total": all_s}

    def _progress(self, phase: str, done: int, total: int) -> Progress:
        return Progress(done=done, total=total, unit="photo", phase=phase, metrics=self.work())

    def _passed_over(self, lines: Lines, found: Found | None) -> None:
        """Count what could not be read; what was withdrawn meanwhile is no longer there."""
        read = set(photos_of(found.rows)) if found else set()
        self.unread += sum(UUID(line["photo"]) not in read and Path(line["image"]).is_file() for line in lines)

    def _kept(self) -> Artifact:
        rows = np.concatenate([one.rows for one in self.waiting])
        parts = np.concatenate([one.parts for one in self.waiting])
        self.waiting.clear()
        self.rows.append(rows)
        features, windows = Found(rows=rows, parts=parts).write(self.place.scratch, f"{self.done:07d}")
        return Artifact(type=Made.FEATURES, files={"features": features, "parts": windows})


def _slices(lines: Lines) -> Iterator[Lines]:
    return (lines[at : at + BATCH] for at in range(0, len(lines), BATCH))


def _clean(line: dict[str, Any]) -> Image.Image | None:
    """Read a clean picture no larger than is looked at; None if it is gone."""
    try:
        with Image.open(line["clean"]) as picture:
            picture.draft("RGB", (LOOK_SIDE, LOOK_SIDE))
            return picture.convert("RGB")
    except (OSError, ValueError):  # withdrawn meanwhile, or damaged on the disk
        return None


def _known(files: Sequence[str]) -> list[Rows]:
    """Map the files of earlier looks; one that was let go meanwhile is none."""
    found = []
    for file in files:
        with suppress(FileNotFoundError, Damaged):
            found.append(read_rows(Path(file)))
    return found


def _sorted(all_rows: Sequence[Rows], usable: set[str], file: Path) -> Path | None:
    if not all_rows:
        return None
    places = sorted(
        (photo, part, row) for part, rows in enumerate(all_rows) for row, photo in enumerate(photos_of(rows))
    )
    photos = [photo for photo, _, _ in places]  # in their order, however often it was killed: the heaps are the same
    part, row = (np.array(column) for column in zip(*((part, row) for _, part, row in places), strict=True))
    vectors = np.empty((len(photos), WIDTH), np.float32)
    for number, rows in enumerate(all_rows):
        mine = part == number
        vectors[mine] = unit(rows)[row[mine]]
    found = heaps(vectors, np.array([str(photo) in usable for photo in photos]))
    return write_standing(file, photos, found)


def looked(looker: Looker, lines: Lines) -> Iterator[tuple[Lines, Found | None]]:
    """Look at photographs, some at a time and in their order; None where none of those could be read.

    Each core reads and looks by itself: reading comes between, and nothing is handed from one to the other. So a
    photograph's features have the same bits however many cores there are.
    """
    with ThreadPoolExecutor(cores(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        coming: deque[tuple[Lines, Future[Found | None]]] = deque()
        for some in _slices(lines):
            coming.append((some, pool.submit(_found, looker, some)))
            if len(coming) > cores():
                first, found = coming.popleft()
                yield first, found.result()
        for first, found in coming:
            yield first, found.result()


def _found(looker: Looker, lines: Lines) -> Found | None:
    pictures = {UUID(line["photo"]): picture for line in lines if (picture := _picture(Path(line["image"])))}
    if not pictures:
        return None
    seen = looker.looked(list(pictures.values()))
    photos = list(pictures)
    return Found(rows=packed(photos, seen.whole, seen.small), parts=packed_parts(photos, seen.parts))


def _picture(file: Path) -> Image.Image | None:
    """Read a picture; None if it is gone."""
    try:
        with Image.open(file) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError):  # withdrawn meanwhile, or damaged on the disk
        return None
