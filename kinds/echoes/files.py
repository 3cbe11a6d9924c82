"""Files of echoes: what one moment of a training remembers. NumPy only.

A file holds three arrays, one after the other. `NEAR` has a row for each photograph, in the order of their ids: how
like it the most similar picture is, which that is, and whether it is like it mirrored. `PICTURE` has a row for each
picture, in the order of their seeds from 0 on: the rows of its nearest photographs, the nearest first, how alike they
are, and which of them repeat the first. So an answer stays right where a photograph is withdrawn: the next one takes
its place. `IMPLIED` names the pictures that lie where others are, and no photograph.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

AHEAD = 8  # photographs that are kept of each picture
NONE = -1  # no row
MILLION = 1_000_000
NEAR = np.dtype([("photo", "V16"), ("likeness", "<u4"), ("seed", "<u4"), ("mirrored", "u1")])
PICTURE = np.dtype([("row", "<i4", (AHEAD,)), ("likeness", "<u4", (AHEAD,)), ("repeats", "u1", (AHEAD,))])
IMPLIED = np.dtype([("seed", "<u4"), ("company", "<u4")])

Rows = NDArray[np.void]
Ints = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]


class Damaged(ValueError):
    """A file that is none of ours, or not whole."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Remembered:
    """What one moment remembers."""

    near: Rows  # [N] of NEAR
    pictures: Rows  # [Q] of PICTURE
    implied: Rows  # [I] of IMPLIED

    def write(self, path: Path) -> Path:
        """Write it to a new file."""
        with path.open("xb") as file:
            for rows, layout in ((self.near, NEAR), (self.pictures, PICTURE), (self.implied, IMPLIED)):
                np.save(file, np.ascontiguousarray(rows, layout), allow_pickle=False)
        return path

    def without(self, gone: Collection[UUID]) -> Remembered:
        """Leave photographs out; what was nearest after them moves up."""
        names = {photo.bytes for photo in gone}
        return self.only(np.array([name not in names for name in names_of(self.near["photo"])], bool))

    def only(self, kept: Mask) -> Remembered:
        """Keep the photographs of these rows, `[N]`."""
        if kept.all():
            return self
        rows = np.append(np.where(kept, np.cumsum(kept) - 1, NONE), NONE)  # the last stands for no row
        pictures = self.pictures.copy()
        row = rows[self.pictures["row"]]
        order = np.argsort(row == NONE, axis=1, kind="stable")
        for name, values in (("row", row), ("likeness", pictures["likeness"]), ("repeats", pictures["repeats"])):
            pictures[name] = np.take_along_axis(values, order, axis=1)
        none = pictures["row"] == NONE
        pictures["likeness"][none] = 0
        pictures["repeats"][none] = 0
        return Remembered(near=self.near[kept], pictures=pictures, implied=self.implied)

    def counted(self) -> Ints:
        """Count for each photograph the pictures that it, or what it repeats, is nearest to: `[N]`."""
        rows, repeats = self.pictures["row"], self.pictures["repeats"].astype(bool)
        repeats[:, 0] = True
        found: Ints = np.bincount(rows[repeats & (rows != NONE)], minlength=len(self.near))
        return found


def read(path: Path) -> Remembered:
    """Read a file. Raises: Damaged; FileNotFoundError."""
    found = []
    try:
        with path.open("rb") as file:
            for layout in (NEAR, PICTURE, IMPLIED):
                rows = np.load(file, allow_pickle=False)
                if getattr(rows, "dtype", None) != layout or rows.ndim != 1:
                    raise Damaged(f"{path.name} is no such file")
                found.append(rows)
            if file.read(1):
                raise Damaged(f"{path.name} is longer than it should be")
    except FileNotFoundError:
        raise
    except (ValueError, EOFError, OSError) as error:
        raise Damaged(f"{path.name} is cut short or damaged") from error
    near, pictures, implied = found
    rows = pictures["row"]
    if len(pictures) and not (int(rows.min()) >= NONE and int(rows.max()) < len(near)):
        raise Damaged(f"{path.name} names photographs that it does not hold")
    if len(implied) and int(implied["seed"].max()) >= len(pictures):
        raise Damaged(f"{path.name} names pictures that it does not hold")
    return Remembered(near=near, pictures=pictures, implied=implied)


def column_of(photos: Sequence[UUID]) -> Rows:
    """Give ids as a file holds them."""
    return np.frombuffer(b"".join(photo.bytes for photo in photos), "V16")


def photos_of(rows: Rows) -> list[UUID]:
    """Name the photographs, a row each."""
    return [UUID(bytes=name) for name in names_of(rows["photo"])]


def names_of(column: Rows) -> list[bytes]:
    """Name the photographs of a column by the bytes of their ids: 50,000 UUIDs take their time."""
    packed = column.tobytes()
    return [packed[at : at + 16] for at in range(0, len(packed), 16)]


def percent(steps: Sequence[float] | None, likeness: float) -> int | None:
    """Say than how many percent of the photographs something is nearer; None, where there are too few to tell."""
    return int(np.searchsorted(steps, likeness, side="right")) if steps else None
