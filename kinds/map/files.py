"""Files of a map: where each picture lies, and what a look at samples has found. NumPy only.

A map is a NumPy array of rows: the id of a photograph or sample, whether it was invented, and its place on the plane.
50,000 are 1.3 MB. Places keep their meaning from map to map: what was laid out once is found again where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

WIDTH = 1280
VERSION = 1  # of the network that looks at samples, and of how it is shown them; others are looked at again
POINT = np.dtype([("id", "V16"), ("invented", "u1"), ("x", "<f4"), ("y", "<f4")])
SEEN = np.dtype([("id", "V16"), ("scale", "<f4"), ("whole", "u1", (WIDTH,))])

Floats = NDArray[np.float32]
Points = NDArray[np.void]  # [N] of POINT
Seen = NDArray[np.void]  # [N] of SEEN


class Damaged(ValueError):
    """A file that is none of ours, or not whole."""


def points_of(ids: Sequence[UUID], invented: NDArray[np.bool_], places: Floats) -> Points:
    """Make the rows of a map of places float32 `[N, 2]`."""
    rows = np.zeros(len(ids), POINT)
    rows["id"] = column_of(ids)
    rows["invented"] = invented
    rows["x"], rows["y"] = places[:, 0], places[:, 1]
    return rows


def seen_of(samples: Sequence[UUID], features: Floats) -> Seen:
    """Keep features float32 `[N, 1280]`, none below 0, as whole numbers of which `scale` makes vectors of length 1."""
    rows = np.zeros(len(samples), SEEN)
    rows["id"] = column_of(samples)
    rows["whole"] = np.rint(features / features.max(axis=1, keepdims=True).clip(1e-12) * 255)
    rows["scale"] = 1 / np.linalg.norm(rows["whole"].astype(np.float32), axis=1).clip(1e-12)
    return rows


def write(path: Path, rows: NDArray[np.void]) -> Path:
    """Write rows to a new file."""
    with path.open("xb") as file:
        np.save(file, rows, allow_pickle=False)
    return path


def read_map(path: Path) -> Points:
    """Read a map. Raises: Damaged; FileNotFoundError."""
    rows = _read(path, POINT)
    if not (np.isfinite(rows["x"]).all() and np.isfinite(rows["y"]).all()):
        raise Damaged(f"{path.name} has places that are none")
    return rows


def read_seen(path: Path) -> Seen:
    """Map what a look at samples has found into memory. Raises: Damaged; FileNotFoundError."""
    return _read(path, SEEN, mapped=True)


def _read(path: Path, kind: np.dtype[np.void], *, mapped: bool = False) -> NDArray[np.void]:
    try:
        rows: NDArray[np.void] = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except FileNotFoundError:
        raise
    except (ValueError, EOFError, OSError) as error:
        raise Damaged(f"{path.name} is cut short or damaged") from error
    if getattr(rows, "dtype", None) != kind or rows.ndim != 1:  # an archive of arrays has no dtype
        raise Damaged(f"{path.name} is no such file")
    return rows


def column_of(ids: Sequence[UUID]) -> NDArray[np.void]:
    """Give ids as a file holds them."""
    return np.frombuffer(b"".join(id.bytes for id in ids), "V16")


def ids_of(column: NDArray[np.void]) -> list[UUID]:
    """Name the pictures of a column of ids."""
    packed = column.tobytes()
    return [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]
