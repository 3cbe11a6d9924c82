"""Pictures to train on: one array of uint8 on disk, mapped into memory, and the order in which they are seen.

A dataset folder holds `pictures.npy`, uint8 `[N, 3, R, R]`, and `pictures.json`:
`{"format": 1, "resolution": R, "hash": SHA-256 of the .npy, "photos": [photo number of each row], "labels": …}`, where
labels are null or one whole number from 0 for each row, for networks that draw what they are asked for.
"""

import hashlib
import json
import mmap
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gan.errors import DatasetError
from gan.files import fsync_folder, write_atomically
from gan.randomness import Stream, counted

FORMAT = 1
HASH_LIMIT_BYTES = 2**31  # larger arrays are checked by size and time of change; reading them would take minutes
MOST_LABELS = 10_000
AHEAD = 4  # batches that are asked for before their turn
Uint8 = NDArray[np.uint8]


def write_pictures(
    folder: Path,
    pictures: Iterable[Uint8],
    *,
    count: int,
    resolution: int,
    photos: Sequence[int],
    labels: Sequence[int] | None = None,
) -> None:
    """Write a dataset folder; `pictures` yields `count` arrays uint8 `[3, R, R]`, and needs to fit memory one by one.

    The folder is complete once `pictures.json` is there, which comes last.
    Raises: DatasetError, if the pictures are fewer or more than `count` or not of the size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if len(photos) != count:
        raise DatasetError(f"{count} pictures but {len(photos)} photo numbers; give one a picture")
    if labels is not None:
        _check_labels(labels, count)
    shape = (3, resolution, resolution)
    temporary = folder / "pictures.npy.part"
    digest = hashlib.sha256()
    written = 0
    with temporary.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(np.empty((0, *shape), np.uint8)) | {"shape": (count, *shape)}
        np.lib.format.write_array_header_1_0(file, header)
        for picture in pictures:
            if picture.shape != shape or picture.dtype != np.uint8:
                raise DatasetError(f"picture {written} is {picture.dtype} {picture.shape}; give uint8 {shape}")
            file.write(np.ascontiguousarray(picture).tobytes())
            written += 1
        if written != count:
            raise DatasetError(f"{written} pictures came, {count} were announced")
        file.flush()
        os.fsync(file.fileno())
    with temporary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    temporary.replace(folder / "pictures.npy")
    fsync_folder(folder)
    facts = {
        "format": FORMAT,
        "resolution": resolution,
        "hash": digest.hexdigest(),
        "photos": [int(photo) for photo in photos],
        "labels": None if labels is None else [int(label) for label in labels],
    }
    write_atomically(folder / "pictures.json", json.dumps(facts).encode())


def _check_labels(labels: Sequence[int], count: int) -> None:
    if len(labels) != count or not all(0 <= label < MOST_LABELS for label in labels):
        raise DatasetError(
            f"{count} pictures have {len(labels)} labels; give each a whole number from 0 to {MOST_LABELS - 1}"
        )


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


@dataclass(frozen=True)
class Pictures:
    """An open dataset folder. `rows` is uint8 `[N, 3, R, R]`, mapped from the file; `hash` is that of all it says."""

    folder: Path
    rows: Uint8
    resolution: int
    hash: str
    photos: tuple[int, ...]
    stamp: tuple[int, int, int] = field(repr=False)
    labels: tuple[int, ...] | None = None

    @classmethod
    def open(cls, folder: Path) -> "Pictures":
        """Map the pictures of `folder`.

        Raises: DatasetError, if files are missing, of a newer format, or other than `pictures.json` says.
        """
        npy = folder / "pictures.npy"
        try:
            facts = json.loads((folder / "pictures.json").read_bytes())
            stamp = _stamp(npy)
            rows = np.load(npy, mmap_mode="r", allow_pickle=False)
            number, resolution, known = facts["format"], int(facts["resolution"]), str(facts["hash"])
            photos = tuple(int(photo) for photo in facts["photos"])
            labels = None if facts.get("labels") is None else tuple(int(label) for label in facts["labels"])
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise DatasetError(f"{folder} holds no readable pictures.npy and pictures.json: {error}") from error
        if number != FORMAT:
            raise DatasetError(f"{folder} has format {number}, this release reads {FORMAT}; use a newer release")
        if rows.ndim != 4 or rows.dtype != np.uint8 or rows.shape[1:] != (3, resolution, resolution):
            raise DatasetError(f"{npy} is {rows.dtype} {rows.shape}; expected uint8 [N, 3, {resolution}, {resolution}]")
        if len(rows) == 0 or len(photos) != len(rows):
            raise DatasetError(f"{folder} has {len(rows)} pictures and {len(photos)} photo numbers; prepare it again")
        if stamp[0] <= HASH_LIMIT_BYTES and _sha256(npy) != known:
            raise DatasetError(f"{npy} is not the file that pictures.json was written for; prepare the dataset again")
        if labels is not None:
            _check_labels(labels, len(rows))
            known = hashlib.sha256(json.dumps([known, labels]).encode()).hexdigest()
        return cls(folder, rows, resolution, known, photos, stamp, labels)

    @property
    def c_dim(self) -> int:
        """Number of labels, the highest and one; 0 where there are none."""
        return 0 if self.labels is None else max(self.labels) + 1

    def __len__(self) -> int:
        return len(self.rows)

    def check_unchanged(self) -> None:
        """Raise DatasetError if the file was changed or replaced since it was opened."""
        try:
            now = _stamp(self.folder / "pictures.npy")
        except OSError as error:
            raise DatasetError(f"{self.folder}/pictures.npy went away during the training: {error}") from error
        if now != self.stamp:
            raise DatasetError(
                f"{self.folder}/pictures.npy was changed during the training; keep datasets as they are and "
                "start again from the last resume point"
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Order:
    """Which picture is seen when: a new permutation each epoch, drawn from the counter; mirrored at random or not."""

    def __init__(self, pictures: Pictures, *, seed: int, mirror: bool) -> None:
        self.pictures, self.seed, self.mirror = pictures, seed, mirror
        self._epoch = -1
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._flips: NDArray[np.bool_] = np.empty(0, np.bool_)

    def _turn_to(self, epoch: int) -> None:
        if epoch != self._epoch:
            count = len(self.pictures)
            self._rows = counted(self.seed, Stream.ORDER, step=epoch).permutation(count)
            self._flips = counted(self.seed, Stream.MIRROR, step=epoch).random(count) < 0.5
            self._epoch = epoch

    def rows(self, positions: Iterable[int]) -> list[tuple[int, bool]]:
        """The row of the n-th picture seen for each n of `positions`, and whether it is mirrored."""
        found = []
        for position in positions:
            epoch, place = divmod(position, len(self.pictures))
            self._turn_to(epoch)
            found.append((int(self._rows[place]), bool(self.mirror and self._flips[place])))
        if found:
            self._read_ahead(place + 1, len(found))
        return found

    def _read_ahead(self, place: int, count: int) -> None:
        """Ask the system for what comes next in this epoch, so that no step waits for a disk."""
        rows = self.pictures.rows
        mapped: object = rows.base
        if isinstance(rows, np.memmap) and isinstance(mapped, mmap.mmap):
            for row in self._rows[place : place + AHEAD * count]:
                start = rows.offset + int(row) * rows[0].nbytes
                mapped.madvise(mmap.MADV_WILLNEED, start - start % mmap.PAGESIZE, rows[0].nbytes)

    def labels(self, positions: Iterable[int]) -> list[int]:
        """Labels of the same pictures as `batch` gives for `positions`, where the dataset has some."""
        return [] if self.pictures.labels is None else [self.pictures.labels[row] for row, _ in self.rows(positions)]

    def batch(self, positions: Iterable[int]) -> Uint8:
        """The n-th pictures seen for each n of `positions`, uint8 `[N, 3, R, R]`; they come again, epoch by epoch."""
        rows = self.rows(positions)
        batch = np.stack([self.pictures.rows[row] for row, _ in rows])
        turned = torch.from_numpy(batch)
        for i, (_, flip) in enumerate(rows):
            if flip:
                turned[i] = turned[i].flip(2)  # three times as quick as NumPy's
        return batch
