"""The photographs nearest to a picture, as wholes and by part. Every photograph is compared: nothing is shortlisted.

Likeness is the cosine of features, 0 to 1: for wholes the larger one of two sizes (`kinds.index.files`), and the
nearest of them are ordered anew by how like the picture one of their windows is, which finds a crop; for a part of
the picture, cut out and looked at by itself, that with each window of each photograph. The picture is looked at as it
is and mirrored, and the larger counts. Of photographs that repeat one another the nearest is named alone.

Which way was chosen by what 50,000 photographs take: see docs/archaeology-search.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from jobs.originals import Box
from kinds.cores import cores
from kinds.index.files import BOXES, HEADER_BYTES, PARTS, ROW, Parts, Rows, read_found
from kinds.index.heaps import REPEATS, Floats
from kinds.index.looking import Looker
from kinds.index.products import products

CHUNK = 64  # photographs that are compared at a time: they stay in the cache
AGAIN = 64  # of the nearest photographs are ordered anew
WHOLE: Box = (0, 0, 1, 1)
AHEAD = 8  # times as many as are wanted are looked up at first: some are gone, or repeat one another

Ints = NDArray[np.int64]
There = Callable[[Collection[UUID]], Collection[UUID]]


class Stopped(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Mapped:
    """The two files of a look, mapped into memory; however many there are, none stays open."""

    rows: Rows
    parts: Parts
    size_bytes: int

    @classmethod
    def read(cls, rows: Path, parts: Path) -> Mapped:
        """Map two files. Raises: Damaged; FileNotFoundError."""
        read_found(rows, parts)  # are they whole, and of the same photographs?
        wholes, by_part = _mapped(rows, ROW), _mapped(parts, PARTS)
        return cls(rows=wholes, parts=by_part, size_bytes=wholes.nbytes + by_part.nbytes)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Query:
    """A picture that was looked at, as it is and mirrored: vectors of length 1."""

    whole: Floats  # [2, 1280]
    small: Floats  # [2, 1280]
    window: Floats  # [2, 128]: all of it as a region, for the windows of photographs

    @classmethod
    def of(cls, looker: Looker, picture: Image.Image) -> Query:
        """Look at a picture and at its mirror image."""
        seen = looker.looked([picture, ImageOps.mirror(picture)])
        (window,) = regions(looker, picture, [WHOLE])
        return cls(whole=_unit(seen.whole), small=_unit(seen.small), window=window)


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A photograph near a picture; `mirrored`, if it is nearer to the mirrored one."""

    photo: UUID
    likeness: float
    mirrored: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fragment(Near):
    """A part of a photograph that is like a part of a picture."""

    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """All files of the index of a dataset, whose rows are counted through."""

    files: Sequence[Mapped]
    ends: Ints

    @classmethod
    def of(cls, files: Sequence[Mapped]) -> Archive:
        """Take files in their order."""
        return cls(files, np.array([*accumulate(map(len, files))], np.int64))

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def place(self, row: int) -> tuple[Mapped, int]:
        """Find the file that a row is in, and which of that file's it is."""
        number = int(np.searchsorted(self.ends, row, side="right"))
        return self.files[number], row - int(self.ends[number - 1] if number else 0)

    def photo(self, row: int) -> UUID:
        """Name the photograph of a row."""
        one, at = self.place(row)
        return UUID(bytes=one.rows["photo"][at].tobytes())


def everything(photos: Collection[UUID]) -> Collection[UUID]:
    """Leave no photograph out."""
    return photos


def never() -> bool:
    """Wait to the end."""
    return False


def nearest(
    archive: Archive, query: Query, *, most: int, there: There = everything, stop: Callable[[], bool] = never
) -> list[Near]:
    """Find the photographs nearest to a picture as wholes, the nearest first; `there` says which may be named.

    Raises: Stopped, soon after `stop` turns true.
    """
    alike = _in_threads(lambda one: _whole(one.rows, query), archive.files, stop)  # [N, 2]
    best = alike.max(axis=1, initial=0)
    (rows,) = _chosen(archive, [_ordered(archive, best, query.window)], most=most, there=there)
    return [
        Near(photo=archive.photo(row), likeness=_share(best[row]), mirrored=bool(alike[row, 1] > alike[row, 0]))
        for row in rows
    ]


def regions(looker: Looker, picture: Image.Image, boxes: Sequence[Box]) -> Floats:
    """Look at parts of a picture, as it is and mirrored: vectors of length 1, `[boxes, 2, 128]`."""
    mirrored = [(1 - right, top, 1 - left, bottom) for left, top, right, bottom in boxes]
    both = looker.regions(picture, boxes), looker.regions(ImageOps.mirror(picture), mirrored)
    return np.stack(both, axis=1)


def nearest_parts(
    archive: Archive,
    regions: Floats,
    *,
    most: int,
    there: There = everything,
    stop: Callable[[], bool] = never,
) -> list[list[Fragment]]:
    """Find for each part of a picture, `[boxes, 2, 128]`, the fragments of photographs that are most like it, the
    nearest first.

    All parts take one pass over the photographs. Raises: Stopped, soon after `stop` turns true.
    """
    count = len(regions)
    to = np.ascontiguousarray(regions.reshape(2 * count, -1).T)  # [128, parts, as they are and mirrored]
    alike = _in_threads(lambda one: _fragments(one, to), archive.files, stop)
    both = alike.reshape(len(archive), count, 2).max(axis=2)  # [N, parts]
    chosen = _chosen(archive, list(np.ascontiguousarray(both.T)), most=most, there=there)
    return [[_fragment(archive, row, way) for row in rows] for rows, way in zip(chosen, regions, strict=True)]


def _whole(rows: Rows, query: Query) -> Floats:
    """Compare wholes with a picture, as it is and mirrored: `[N, 2]`."""
    whole = products(rows, "whole", query.whole) * rows["scale"][:, None]
    small = products(rows, "small", query.small) * rows["small_scale"][:, None]
    found: Floats = np.maximum(np.maximum(whole, small), 0)
    return found


def _ordered(archive: Archive, best: Floats, window: Floats) -> Floats:
    """Give what to order by: to the likeness of the nearest is added that of the best of their windows.

    So they stay before all others. Of all photographs the windows are not asked: alone they take a blurred picture for
    another one.
    """
    order = best.copy()
    for row in _top(best, AGAIN).tolist():
        order[row] += max(0.0, float(_in_windows(archive, row, window).max()))
    return order


def _fragments(one: Mapped, to: Floats) -> Floats:
    """Compare all windows with vectors `[128, Q]`, and keep the best of each photograph: `[N, Q]`.

    A product for each photograph: it is too small for NumPy's own threads, which would wait for one another where a
    training is at work on the same cores.
    """
    parts, scale = one.parts["parts"], one.parts["scale"]
    count, windows, width = parts.shape
    found = np.empty((count, to.shape[1]), np.float32)
    some = np.empty((min(CHUNK, count), windows, width), np.float32)
    products = np.empty((len(some), windows, to.shape[1]), np.float32)
    for at in range(0, count, CHUNK):
        here = slice(at, at + CHUNK)
        part = some[: len(parts[here])]
        np.copyto(part, parts[here])
        alike = np.matmul(part, to, out=products[: len(part)])  # [chunk, P, Q]
        alike *= scale[here, :, None]
        alike.max(axis=1, out=found[here])
    return found


def _fragment(archive: Archive, row: int, to: Floats) -> Fragment:
    """Say which window of a photograph it is that is like a part, `[2, 128]`: as it is, and mirrored."""
    alike = _in_windows(archive, row, to)
    window, way = divmod(int(alike.argmax()), 2)
    left, top, right, bottom = BOXES[window].tolist()
    likeness = _share(alike[window, way])
    return Fragment(photo=archive.photo(row), likeness=likeness, mirrored=bool(way), box=(left, top, right, bottom))


def _in_windows(archive: Archive, row: int, to: Floats) -> Floats:
    """Compare the windows of a photograph with vectors `[Q, 128]`: `[P, Q]`."""
    one, at = archive.place(row)
    found: Floats = (one.parts["parts"][at].astype(np.float32) * one.parts["scale"][at, :, None]) @ to.T
    return found


def _chosen(archive: Archive, alike: Sequence[Floats], *, most: int, there: There) -> list[list[int]]:
    """For each question, given how alike all rows are, choose the best that are there and do not repeat a better one.

    All questions are looked up at once, and again with more rows where too few are left.
    """
    ahead = most * AHEAD
    while True:
        tops = [_top(one, ahead).tolist() for one in alike]
        photos = {row: archive.photo(row) for row in sorted({row for top in tops for row in top})}
        shown = set(there(photos.values()))
        found = [_apart(archive, [row for row in top if photos[row] in shown], most=most) for top in tops]
        if ahead >= len(archive) or all(len(rows) == most for rows in found):
            return found
        ahead *= AHEAD


def _top(alike: Floats, count: int) -> Ints:
    """Name the best rows, the best first; of equals the first."""
    rows = np.argpartition(-alike, count)[:count] if count < len(alike) else np.arange(len(alike))
    return rows[np.lexsort((rows, -alike[rows]))]


def _apart(archive: Archive, rows: Sequence[int], *, most: int) -> list[int]:
    """Keep the first rows, each unlike those before it: photographs of one moment are taken once."""
    kept: list[int] = []
    vectors: list[Floats] = []
    for row in rows:
        if len(kept) == most:
            break
        one, at = archive.place(row)
        vector = one.rows["whole"][at].astype(np.float32) * one.rows["scale"][at]
        if all(float(vector @ other) < REPEATS for other in vectors):
            kept.append(row)
            vectors.append(vector)
    return kept


def _in_threads(work: Callable[[Mapped], Floats], files: Sequence[Mapped], stop: Callable[[], bool]) -> Floats:
    """Compare file by file, in as many threads as there are cores: `[N, Q]`."""
    with ThreadPoolExecutor(cores()) as pool:
        coming = [pool.submit(work, one) for one in files]
        try:
            found = [coming[number].result() for number, _ in enumerate(_until(files, stop))]
        finally:
            for each in coming:
                each.cancel()
    return np.concatenate(found) if found else np.empty((0, 0), np.float32)


def _until(files: Sequence[Mapped], stop: Callable[[], bool]) -> Iterator[Mapped]:
    for one in files:
        if stop():
            raise Stopped
        yield one


def _mapped(path: Path, layout: np.dtype[np.void]) -> NDArray[np.void]:
    """Map a file so that what is not there of it is read when it is needed, and given up when memory is.

    NumPy's own maps keep a descriptor each, and an archive has hundreds of files.
    """
    try:
        content = torch.from_file(str(path), shared=False, size=path.stat().st_size, dtype=torch.uint8)
    except RuntimeError as error:
        raise FileNotFoundError(path) from error
    rows: NDArray[np.void] = content.numpy()[HEADER_BYTES:].view(layout)
    return rows


def _unit(vectors: Floats) -> Floats:
    """Make vectors of length 1; one that is nothing stays so."""
    found: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-12)
    return found.astype(np.float32)


def _share(likeness: float) -> float:
    return min(1.0, max(0.0, float(likeness)))
