"""Compare pictures with all photographs, and photographs with each other, some at a time: no archive is too large.

Likeness is that of `kinds.index.near`: the larger cosine of two sizes, and of a picture the larger one of it and of its
mirror image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kinds.echoes.cost import CALIBRATED
from kinds.echoes.drawing import Sights
from kinds.echoes.files import AHEAD, MILLION, NEAR, NONE, PICTURE, Ints, Rows, column_of, names_of
from kinds.index.files import Rows as Features
from kinds.index.heaps import REPEATS, Floats

CHUNK = 512  # photographs that are compared at a time
PICTURES = 128  # pictures whose nearest photographs are compared with each other at a time
FEWEST = 10  # photographs that a percentage can be told of


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Found:
    """What was found of photographs, rows of `NEAR`, and of pictures, rows of `PICTURE`."""

    near: Rows
    pictures: Rows


@dataclass(frozen=True, slots=True)
class Calibration:
    """How near photographs are to each other: likeness by percent, 1 to 100; None for fewer than ten of them."""

    steps: Sequence[float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """The photographs that are compared, in the order of their ids: of each the file, and the row in it."""

    files: Sequence[Features]
    names: Sequence[bytes]
    file: Ints  # [N]
    row: Ints  # [N]

    @classmethod
    def of(cls, files: Sequence[Features], photos: Sequence[UUID]) -> Archive:
        """Take of files what was found in these photographs; one that is in none of them is left out."""
        wanted = {photo.bytes for photo in photos}
        found = {
            name: (number, row)
            for number, rows in enumerate(files)
            for row, name in enumerate(names_of(rows["photo"]))
            if name in wanted
        }
        names = sorted(found)
        places = np.array([found[name] for name in names], np.int64).reshape(-1, 2)
        return cls(files, names, places[:, 0], places[:, 1])

    def __len__(self) -> int:
        return len(self.names)

    def chunks(self) -> Iterator[Ints]:
        """Name all photographs by their numbers, some at a time, as they lie in the files."""
        for number in range(len(self.files)):
            mine = np.flatnonzero(self.file == number)
            yield from (mine[at : at + CHUNK] for at in range(0, len(mine), CHUNK))

    def whole(self, numbers: Ints) -> Floats:
        """Give vectors of length 1 of whole photographs, `[n, 1280]`."""
        return self._vectors(numbers, "whole", "scale")

    def small(self, numbers: Ints) -> Floats:
        """Give vectors of length 1 of reduced squares, `[n, 1280]`."""
        return self._vectors(numbers, "small", "small_scale")

    def _vectors(self, numbers: Ints, codes: str, scale: str) -> Floats:
        first = self.files[0][codes].shape[1] if self.files else 0
        found = np.empty((len(numbers), first), np.float32)
        for file in np.unique(self.file[numbers]).tolist():
            mine = self.file[numbers] == file
            rows, at = self.files[file], self.row[numbers[mine]]
            found[mine] = rows[codes][at].astype(np.float32) * rows[scale][at, None]
        return found


def compared(archive: Archive, sights: Sights) -> Iterator[int | Found]:
    """Compare all photographs with all pictures. Yields: how many were compared; last Found."""
    count, pictures = len(archive), len(sights)
    near = np.zeros(count, NEAR)
    near["photo"] = column_of([UUID(bytes=name) for name in archive.names])
    best = np.full((pictures, AHEAD), NONE, np.int64)  # likeness and photograph in one number, so that none are equal
    wholes, smalls = (np.concatenate(list(both)).T for both in (sights.whole, sights.small))  # [1280, 2 Q]
    done = 0
    for numbers in archive.chunks():
        both = np.maximum(archive.whole(numbers) @ wholes, archive.small(numbers) @ smalls)
        as_it_is, mirrored = both[:, :pictures], both[:, pictures:]
        alike = _millionths(np.maximum(as_it_is, mirrored))  # [n, Q]
        seed, rows = alike.argmax(axis=1), np.arange(len(numbers))
        near["seed"][numbers], near["likeness"][numbers] = seed, alike[rows, seed]
        near["mirrored"][numbers] = mirrored[rows, seed] > as_it_is[rows, seed]
        best = _best(best, (alike * count + (count - 1 - numbers)[:, None]).T)
        done += len(numbers)
        yield done
    yield Found(near=near, pictures=_pictures(archive, best))


def calibrated(archive: Archive) -> Iterator[int | Calibration]:
    """Measure how near photographs are to each other, each moment once.

    The p-th number, p from 1 to 100, is the likeness from which on something is nearer to a photograph than p percent
    of the photographs are to the nearest one that does not repeat them.
    Yields: how many were compared; last a Calibration.
    """
    asked = np.arange(len(archive))[:: max(1, -(-len(archive) // CALIBRATED))]
    asked = asked[_once(archive.whole(asked))]
    if len(asked) < FEWEST:
        yield Calibration(None)
        return
    whole, small, nearest = archive.whole(asked).T, archive.small(asked).T, np.zeros(len(asked), np.float32)
    done = 0
    for numbers in archive.chunks():
        as_wholes = archive.whole(numbers) @ whole  # [n, A]
        alike = np.maximum(as_wholes, archive.small(numbers) @ small)
        alike[as_wholes >= REPEATS] = 0
        alike[numbers[:, None] == asked] = 0
        nearest = np.maximum(nearest, alike.max(axis=0))
        done += len(numbers)
        yield done
    steps = np.quantile(nearest.clip(0, 1), np.arange(1, 101) / 100, method="higher")
    yield Calibration([round(float(step), 6) for step in steps])


def _once(whole: Floats) -> Ints:
    """Name the rows that repeat no earlier one."""
    repeats = np.zeros(len(whole), bool)
    for at in range(0, len(whole), CHUNK):
        alike = whole[at : at + CHUNK] @ whole[: at + CHUNK].T
        earlier = np.arange(alike.shape[1]) < np.arange(at, at + len(alike))[:, None]
        repeats[at : at + CHUNK] = ((alike >= REPEATS) & earlier).any(axis=1)
    return np.flatnonzero(~repeats)


def _best(known: Ints, new: Ints) -> Ints:
    """Keep the largest numbers of each row, the largest first."""
    if new.shape[1] > AHEAD:
        new = np.partition(new, new.shape[1] - AHEAD, axis=1)[:, -AHEAD:]
    both = np.concatenate([known, new], axis=1)
    found: Ints = -np.sort(-both, axis=1)[:, :AHEAD]
    return found


def _pictures(archive: Archive, best: Ints) -> Rows:
    """Make rows of what is nearest to each picture, and say which of it repeats the first."""
    count = max(len(archive), 1)
    found = np.zeros(len(best), PICTURE)
    row = np.where(best < 0, NONE, count - 1 - best % count)
    found["row"], found["likeness"] = row, np.where(best < 0, 0, best // count)
    for at in range(0, len(best), PICTURES):
        some = row[at : at + PICTURES]
        numbers = np.unique(some[some != NONE])
        vectors = np.append(archive.whole(numbers), np.zeros((1, archive.whole(numbers).shape[1]), np.float32), axis=0)
        place = np.where(some == NONE, len(numbers), np.searchsorted(numbers, some))
        alike = np.einsum("qf,qkf->qk", vectors[place[:, 0]], vectors[place])
        alike[:, 0] = 0
        found["repeats"][at : at + PICTURES] = alike >= REPEATS
    return found


def _millionths(alike: Floats) -> Ints:
    found: NDArray[np.int64] = np.rint(alike.clip(0, 1).astype(np.float64) * MILLION).astype(np.int64)
    return found
