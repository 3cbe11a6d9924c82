"""Files of the index: what a look at photographs has found, a row each, mapped into memory by who asks.

Two files hold the same photographs in the same order. One has 1,280 features, as whole numbers 0 to 255 of which a
`scale` makes a vector of length 1, of the whole picture, and as many of its middle square reduced to `SMALL_PX`: what
is small, square, blurred or noisy is so compared with what the photograph would be. The other has what its `BOXES`
show: 128 numbers each, -127 to 127. A file begins with a line that says what it is, and of which version of the
network: rows of two versions never meet. NumPy alone is needed here; `kinds.index.looking` is where rows come from.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kinds.cores import cores
from kinds.index.heaps import Floats, Heaps

VERSION = 1  # of the network, of what it is shown and of the windows; 0 is what was kept before there were parts
WIDTH = 1280
PART_WIDTH = 128
SMALL_PX = 32  # a side of the square that `small` comes from
GRID = 7  # cells of the network's map, a side
WINDOWS = (3, 5)  # cells a side of the windows on it, which lie at each place


def _boxes() -> Floats:
    corners = [(size, *divmod(at, GRID - size + 1)) for size in WINDOWS for at in range((GRID - size + 1) ** 2)]
    edges = [(column, row, column + size, row + size) for size, row, column in corners]
    boxes: Floats = (np.array(edges) / GRID).astype(np.float32)
    return boxes


BOXES = _boxes()  # [P, 4]: left, top, right, bottom in shares of the upright whole photograph
ROW = np.dtype(
    [
        ("photo", "V16"),
        ("scale", "<f4"),
        ("whole", "u1", (WIDTH,)),
        ("small_scale", "<f4"),
        ("small", "u1", (WIDTH,)),
    ]
)
PARTS = np.dtype(
    [("photo", "V16"), ("parts", "i1", (len(BOXES), PART_WIDTH)), ("scale", "<f4", (len(BOXES),))],
)
STANDING = np.dtype([("photo", "V16"), ("heap", "<i4"), ("place", "<i4"), ("nearest", "<i4")])
MILLIONTHS = 1_000_000
CHUNK = 128  # rows that are compared at a time: they stay in the cache
HEADER_BYTES = 128  # so that rows begin where a cache line does

Rows = NDArray[np.void]  # [N] of ROW
Parts = NDArray[np.void]  # [N] of PARTS


class Damaged(ValueError):
    """A file that is none of ours, of another version, or not whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a look has found in the same photographs: as wholes, and by part."""

    rows: Rows
    parts: Parts

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write the two files anew."""
        rows, parts = folder / f"{name}.features", folder / f"{name}.parts"
        return _write(rows, self.rows, ROW), _write(parts, self.parts, PARTS)

    def only(self, photos: Collection[UUID]) -> Found:
        """Give what was found in these photographs alone."""
        return Found(rows=only(self.rows, photos), parts=only(self.parts, photos))


def packed(photos: Sequence[UUID], whole: Floats, small: Floats) -> Rows:
    """Make rows of features float32 `[N, 1280]`, none below 0: of whole pictures, and of their reduced squares."""
    rows = np.zeros(len(photos), ROW)
    rows["photo"] = _ids(photos)
    for name, scale, features in (("whole", "scale", whole), ("small", "small_scale", small)):
        codes = np.rint(features * (255 / features.max(axis=1, keepdims=True).clip(1e-12)))
        rows[name] = codes
        rows[scale] = 1 / np.linalg.norm(codes, axis=1).clip(1e-12)
    return rows


def packed_parts(photos: Sequence[UUID], parts: Floats) -> Parts:
    """Make rows of what windows show, float32 `[N, P, 128]`; how long the vectors are does not matter."""
    rows = np.zeros(len(photos), PARTS)
    rows["photo"] = _ids(photos)
    codes = np.rint(parts * (127 / np.abs(parts).max(axis=2, keepdims=True).clip(1e-12)))
    rows["parts"] = codes
    rows["scale"] = 1 / np.linalg.norm(codes, axis=2).clip(1e-12)
    return rows


def read_rows(path: Path) -> Rows:
    """Map a file of features into memory. Raises: Damaged; FileNotFoundError."""
    return _read(path, ROW)


def read_parts(path: Path) -> Parts:
    """Map a file of parts into memory. Raises: Damaged; FileNotFoundError."""
    return _read(path, PARTS)


def read_found(rows: Path, parts: Path) -> Found:
    """Map the two files of a look into memory. Raises: Damaged, also if they are not of the same photographs."""
    found = Found(rows=read_rows(rows), parts=read_parts(parts))
    if not np.array_equal(found.rows["photo"], found.parts["photo"]):
        raise Damaged(f"{rows.name} and {parts.name} are not of the same photographs")
    return found


def _write(path: Path, rows: NDArray[np.void], layout: np.dtype[np.void]) -> Path:
    with path.open("xb") as file:
        file.write(_header(layout, len(rows)))
        file.write(np.ascontiguousarray(rows, layout).tobytes())
    return path


def _read(path: Path, layout: np.dtype[np.void]) -> NDArray[np.void]:
    size_bytes = path.stat().st_size
    count = (size_bytes - HEADER_BYTES) // layout.itemsize
    with path.open("rb") as file:
        whole = count > 0 and size_bytes == HEADER_BYTES + count * layout.itemsize
        if not whole or file.read(HEADER_BYTES) != _header(layout, count):
            raise Damaged(f"{path.name} is cut short, damaged, of another version, or holds no features")
        rows: NDArray[np.void] = np.memmap(file, layout, "r", offset=HEADER_BYTES, shape=(count,))
    return rows


def _header(layout: np.dtype[np.void], count: int) -> bytes:
    """Give the line that a file of so many rows begins with; it is equally long for any number."""
    kind = "features" if layout is ROW else "parts"
    told = {"reverie": kind, "version": VERSION, "row_bytes": layout.itemsize, "rows": count}
    return json.dumps(told).encode().ljust(HEADER_BYTES - 1) + b"\n"


def photos_of(rows: Rows | Parts) -> list[UUID]:
    """Name the photographs, a row each."""
    return _named(rows["photo"])


def _ids(photos: Sequence[UUID]) -> NDArray[np.void]:
    ids: NDArray[np.void] = np.frombuffer(b"".join(photo.bytes for photo in photos), "V16")
    return ids


def _named(column: NDArray[np.void]) -> list[UUID]:
    ids = column.tobytes()
    return [UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16)]


def only(rows: Rows, photos: Collection[UUID]) -> Rows:
    """Give the rows of these photographs alone, of either kind of file."""
    return rows[[photo in photos for photo in photos_of(rows)]]


def unit(rows: Rows) -> Floats:
    """Give vectors of length 1, float32 `[N, 1280]`."""
    vectors: Floats = rows["whole"].astype(np.float32) * rows["scale"][:, None]
    return vectors


def unit_small(rows: Rows) -> Floats:
    """Give vectors of length 1 of the reduced squares, float32 `[N, 1280]`."""
    vectors: Floats = rows["small"].astype(np.float32) * rows["small_scale"][:, None]
    return vectors


def unit_parts(parts: Parts) -> Floats:
    """Give vectors of length 1 of what each window shows, float32 `[N, P, 128]`."""
    vectors: Floats = parts["parts"].astype(np.float32) * parts["scale"][..., None]
    return vectors


def likenesses(rows: Rows, to: Floats) -> Floats:
    """Compare each row with a vector of length 1, `[1280]`: the cosine, `[N]`, from 0 to 1."""
    found, whole = np.empty(len(rows), np.float32), rows["whole"]
    some = np.empty((CHUNK, WIDTH), np.float32)
    for at in range(0, len(rows), CHUNK):
        part = some[: len(whole[at : at + CHUNK])]
        np.copyto(part, whole[at : at + CHUNK])
        found[at : at + CHUNK] = part @ to
    alike: Floats = (found * rows["scale"]).clip(0, 1)
    return alike


def found(parts: Sequence[Rows], photo: UUID) -> Floats:
    """Find a photograph's vector of length 1, `[1280]`. Raises: Damaged, if it is in none of these files."""
    wanted = np.frombuffer(photo.bytes, np.uint64)
    for rows in parts:
        ids = np.ascontiguousarray(rows["photo"]).view(np.uint64).reshape(-1, 2)
        at = np.flatnonzero((ids == wanted).all(axis=1))
        if len(at):
            vector: Floats = unit(rows[at[:1]])[0]
            return vector
    raise Damaged(f"{photo} is in none of these files")


def ranked(
    parts: Sequence[Rows], to: Floats, *, least: float, most: int, but: UUID
) -> tuple[int, list[tuple[UUID, float]]]:
    """Count the photographs that are at least so like a vector, without `but`; name the first `most`, nearest first."""
    with ThreadPoolExecutor(cores()) as pool:  # most of the time goes by waiting for rows from memory
        alike = np.concatenate(list(pool.map(partial(likenesses, to=to), parts)))
    ids = np.concatenate([rows["photo"] for rows in parts])
    order = np.flatnonzero(alike >= least)
    order = order[np.argsort(-alike[order], kind="stable")]
    order = order[ids[order] != np.void(but.bytes)]
    first = order[:most]
    photos = _named(ids[first])
    return len(order), list(zip(photos, alike[first].tolist(), strict=True))


def write_standing(path: Path, photos: Sequence[UUID], found: Heaps) -> Path:
    """Write where each photograph stands, the likeness in millionths."""
    rows = np.zeros(len(photos), STANDING)
    rows["photo"] = _ids(photos)
    rows["heap"], rows["place"] = found.heap, found.place
    rows["nearest"] = np.rint(found.nearest * MILLIONTHS)
    np.save(path, rows, allow_pickle=False)
    return path


def read_standing(path: Path) -> list[dict[str, Any]]:
    """Read where each photograph stands, as `store.features.Features.sort` takes it."""
    rows = np.load(path, allow_pickle=False)
    names = ("heap", "place", "nearest")
    columns = (rows[name].tolist() for name in names)
    return [
        {"photo_id": photo, **dict(zip(names, values, strict=True))}
        for photo, *values in zip(photos_of(rows), *columns, strict=True)
    ]
