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
from numpy.typing import NDArray
from PIL import Image

from gan import device
from gan.errors import FeaturesMissing
from gan.metrics import SIDE, Extractor, extractor, features
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.cores import cores
from kinds.index.cost import FOCUS_S, LOOK_S, work_s
from kinds.index.faces import Faces
from kinds.index.files import Damaged, Rows, packed, photos_of, read_rows, unit, write_rows, write_standing
from kinds.index.focus import LOOK_SIDE, focus
from kinds.index.heaps import heaps
from kinds.index.tracing import looked

KEPT_EVERY = 256  # photographs; of a job that is killed no more than these are looked at twice
BATCH = 32
AHEAD = 64  # photographs that are decoded before their turn

Pixels = NDArray[np.uint8]  # [3, 224, 224]
Looked = tuple[UUID, Pixels | None]
Batch = list[Looked]


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
    yield from looked(place)
    yield Progress(done=len(lines), total=len(lines), unit="photo", phase="sorting", metrics=look.work(sorted=True))


@dataclass(slots=True)
class Look:
    """One pass over the photographs that are new; `rows` holds what is known of all."""

    place: Place
    photos: int
    new: Sequence[dict[str, Any]]
    unfocused: Sequence[dict[str, Any]]
    rows: list[Rows]
    focused: int = 0
    done: int = 0
    unread: int = 0
    waiting: list[Rows] = field(default_factory=list)  # to be kept

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
            network = extractor(device.configure())
        except FeaturesMissing as error:
            raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
        yield self._progress("looking", self.done, len(self.new))
        for batch in _batches(_pictures(self.new)):
            self._found(network, [(photo, pixels) for photo, pixels in batch if pixels is not None])
            self.done += len(batch)
            self._passed_over(batch, self.new[self.done - len(batch) : self.done])
            if sum(map(len, self.waiting)) >= KEPT_EVERY:
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

    def _found(self, network: Extractor, some: Sequence[tuple[UUID, Pixels]]) -> None:
        if some:
            found = features(network, np.stack([pixels for _, pixels in some]))
            self.waiting.append(packed([photo for photo, _ in some], found))

    def _passed_over(self, batch: Batch, lines: Sequence[dict[str, Any]]) -> None:
        """Count what could not be read; what was withdrawn meanwhile is no longer there."""
        for (_, pixels), line in zip(batch, lines, strict=True):
            self.unread += pixels is None and Path(line["image"]).is_file()

    def _kept(self) -> Artifact:
        rows = np.concatenate(self.waiting)
        self.waiting.clear()
        self.rows.append(rows)
        file = write_rows(self.place.scratch / f"{self.done:07d}.npy", rows)
        return Artifact(type=Made.FEATURES, files={"features": file})


def _slices(lines: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
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
    rows = np.concatenate(all_rows)
    photos = photos_of(rows)
    order = sorted(range(len(rows)), key=photos.__getitem__)  # however often it was killed, the heaps are the same
    rows, photos = rows[order], [photos[row] for row in order]
    found = heaps(unit(rows), np.array([str(photo) in usable for photo in photos]))
    return write_standing(file, photos, found)


def _pictures(lines: Sequence[dict[str, Any]]) -> Iterator[Looked]:
    with ThreadPoolExecutor(cores()) as pool:
        coming: deque[tuple[UUID, Future[Pixels | None]]] = deque()
        for line in lines:
            coming.append((UUID(line["photo"]), pool.submit(_picture, Path(line["image"]))))
            if len(coming) > AHEAD:
                photo, pixels = coming.popleft()
                yield photo, pixels.result()
        for photo, pixels in coming:
            yield photo, pixels.result()


def _picture(file: Path) -> Pixels | None:
    """Read a whole picture, squeezed to a square as the network takes it: uint8 `[3, 224, 224]`; None if it is gone."""
    try:
        with Image.open(file) as picture:
            square = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    except (OSError, ValueError):  # withdrawn meanwhile, or damaged on the disk
        return None
    return np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))


def _batches(
    pictures: Iterator[Looked],
) -> Iterator[Batch]:
    batch = []
    for one in pictures:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
