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
Labels = Sequence[int] | None


def _check(n: int, photos: Sequence[int], labels: Labels, *, folder: Path) -> None:
    if not n == len(photos) > 0:
        raise DatasetError(f"{folder} has {n} pictures of {len(photos)} photo numbers; prepare it with one a picture")
    if labels is not None and (len(labels) != n or not all(0 <= label < MOST_LABELS for label in labels)):
        advice = f"give each a whole number from 0 to {MOST_LABELS - 1}"
        raise DatasetError(f"{n} pictures have {len(labels)} labels; {advice}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def write_pictures(
    folder: Path, pictures: Iterable[Uint8], *, resolution: int, photos: Sequence[int], labels: Labels = None
) -> None:
    """Write a dataset folder; `pictures` yields an array uint8 `[3, R, R]` for each of `photos`, and needs to fit
    memory one by one. The folder is complete once `pictures.json` is there, which comes last.
    Raises: DatasetError, if the pictures are fewer or more than their photos or not of the size, or labels unfit."""
    if photos:  # an archive of which nothing is left is written too, and who opens it is told
        _check(len(photos), photos, labels, folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    shape, written, temporary = (3, resolution, resolution), 0, folder / "pictures.npy.part"
    with temporary.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(np.empty((0, *shape), np.uint8))
        np.lib.format.write_array_header_1_0(file, header | {"shape": (len(photos), *shape)})
        for picture in pictures:
            if picture.shape != shape or picture.dtype != np.uint8:
                raise DatasetError(f"picture {written} is {picture.dtype} {picture.shape}; give uint8 {shape}")
            file.write(np.ascontiguousarray(picture).tobytes())
            written += 1
        if written != len(photos):
            raise DatasetError(f"{written} pictures came, {len(photos)} were announced")
        file.flush()
        os.fsync(file.fileno())
    facts = {"format": FORMAT, "resolution": resolution, "hash": _sha256(temporary)}
    own = {"photos": [*map(int, photos)], "labels": None if labels is None else [*map(int, labels)]}
    temporary.replace(folder / "pictures.npy")
    fsync_folder(folder)
    write_atomically(folder / "pictures.json", json.dumps({**facts, **own}).encode())


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
        Raises: DatasetError, if files are missing, of a newer format, or other than `pictures.json` says."""
        npy = folder / "pictures.npy"
        try:
            facts = json.loads((folder / "pictures.json").read_bytes())
            stamp = _stamp(npy)
            rows = np.load(npy, mmap_mode="r", allow_pickle=False)
            number, r, known = facts["format"], int(facts["resolution"]), str(facts["hash"])
            photos, labels = tuple(map(int, facts["photos"])), facts.get("labels")
            labels = None if labels is None else tuple(map(int, labels))
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise DatasetError(f"{folder} holds no readable pictures.npy and pictures.json: {error}") from error
        if number != FORMAT:
            raise DatasetError(f"{folder} has format {number}, this release reads {FORMAT}; use a newer release")
        if rows.dtype != np.uint8 or rows.shape[1:] != (3, r, r):
            raise DatasetError(f"{npy} is {rows.dtype} {rows.shape}; expected uint8 [N, 3, {r}, {r}]")
        _check(len(rows), photos, labels, folder=folder)
        if stamp[0] <= HASH_LIMIT_BYTES and _sha256(npy) != known:
            raise DatasetError(f"{npy} is not the file that pictures.json was written for; prepare the dataset again")
        if labels is not None:
            known = hashlib.sha256(json.dumps([known, labels]).encode()).hexdigest()
        return cls(folder, rows, r, known, photos, stamp, labels)

    @property
    def c_dim(self) -> int:
        """Number of labels, the highest and one; 0 where there are none."""
        return 0 if self.labels is None else max(self.labels) + 1

    def __len__(self) -> int:
        return len(self.rows)

    def check_unchanged(self) -> None:
        """Raise DatasetError if the file was changed or replaced since it was opened."""
        npy = self.folder / "pictures.npy"
        try:
            if _stamp(npy) == self.stamp:
                return
        except OSError as error:
            raise DatasetError(f"{npy} went away during the training: {error}") from error
        advice = "keep datasets as they are and start again from the last resume point"
        raise DatasetError(f"{npy} was changed during the training; {advice}")


class Order:
    """Which picture is seen when: a new permutation each epoch, drawn from the counter; mirrored at random or not."""

    def __init__(self, pictures: Pictures, *, seed: int, mirror: bool) -> None:
        self.pictures, self.seed, self.mirror, self._epoch = pictures, seed, mirror, -1
        self._rows, self._flips = np.empty(0, np.int64), np.empty(0, np.bool_)

    def rows(self, positions: Iterable[int]) -> list[tuple[int, bool]]:
        """The row of the n-th picture seen for each n of `positions`, and whether it is mirrored."""
        found, count, place = [], len(self.pictures), 0
        for position in positions:
            epoch, place = divmod(position, count)
            if epoch != self._epoch:
                self._epoch, self._rows = epoch, counted(self.seed, Stream.ORDER, step=epoch).permutation(count)
                self._flips = counted(self.seed, Stream.MIRROR, step=epoch).random(count) < 0.5
            found.append((int(self._rows[place]), bool(self.mirror and self._flips[place])))
        self._read_ahead(self._rows[place + 1 : place + 1 + AHEAD * len(found)])
        return found

    def _read_ahead(self, coming: NDArray[np.int64]) -> None:
        """Ask the system for what comes next in this epoch, so that no step waits for a disk."""
        rows = self.pictures.rows
        mapped: object = rows.base
        if isinstance(rows, np.memmap) and isinstance(mapped, mmap.mmap):
            for row in coming:
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
        for i in (i for i, (_, flip) in enumerate(rows) if flip):
            turned[i] = turned[i].flip(2)  # three times as quick as NumPy's
        return batch
