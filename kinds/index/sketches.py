"""Sketches: what a square of a photograph looks like at 16 px, and how near to one of them an invented picture lies.

A network that has learnt an archive by heart draws its squares again, a little blurred, bent or recoloured. What stays
then is where it is lighter and darker than around; so that is what a sketch holds: at 16 px a side the difference from
a blurred copy, divided by how strong differences are thereabouts. At so few pixels pictures of any resolution compare,
and a sketch is of the square that training saw, so that frames agree. docs/archaeology-originality.md has what else was
tried: features of a network, which take a blurred copy for another picture, and plain pixels, for which all skies are
alike. NumPy and Pillow alone are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from jobs.originality import COPY_FROM, SKETCH_VERSION

SIDE = 16  # pixels
WIDTH = 3 * SIDE * SIDE
CUT_PX = 64  # a side of the square that a photograph's sketch is made from
AROUND = 3.0  # pixels: the deviation of the blur that says what lies around
QUIET = 8.0  # differences of 0 to 255 that count as nothing: the grain of a clear sky
REPEATS = 0.9  # from this likeness on two photographs are of one moment, and count once
SURE = 0.75  # below this likeness nothing is a copy, however unlike each other the photographs are
FEWEST = 10  # photographs that a percentage can be told of
CALIBRATED = 4000  # photographs whose nearest others are looked for; of more the percentages would be the same
CHUNK = 2048  # sketches that are compared at a time

Codes = NDArray[np.int8]  # [N, 768]
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """The photograph nearest to a picture: how alike they are, 0 to 1, and than how many percent of the archive."""

    photo: UUID
    likeness: float
    percent: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How near the photographs of an archive are to each other.

    `steps[p - 1]` is the likeness from which on a picture is nearer to one photograph than `p` percent of the
    photographs are to their nearest other one, `p` from 1 to 100. The last two are at least `SURE`.
    """

    steps: Sequence[float]

    def percent(self, likeness: float) -> int:
        """Say than how many percent of the photographs a picture is nearer."""
        return int(np.searchsorted(self.steps, likeness, side="right"))


@dataclass(frozen=True, slots=True, eq=False)
class Originals:
    """The sketches of an archive: a row for each square, and the photograph that it is cut from."""

    photos: Sequence[UUID]
    codes: Codes

    @classmethod
    def of(cls, rows: Sequence[tuple[UUID, bytes]]) -> Self:
        """Take sketches as they are kept."""
        codes = np.frombuffer(b"".join(body for _, body in rows), np.int8).reshape(-1, WIDTH)
        return cls([photo for photo, _ in rows], codes)

    def nearest(self, codes: Codes) -> list[tuple[UUID, float]]:
        """Find the photograph nearest to each sketch, as it is or mirrored, and how alike they are. Needs a row."""
        row, likeness = _best(self.codes, codes)
        return [(self.photos[at], round(float(value), 6)) for at, value in zip(row, likeness, strict=True)]

    def traced(self, codes: Codes, by: Calibration) -> list[Trace]:
        """Find the photograph nearest to each sketch, and what that means in this archive."""
        found = self.nearest(codes) if len(codes) else []
        return [Trace(photo=photo, likeness=value, percent=by.percent(value)) for photo, value in found]

    def calibrated(self) -> Calibration | None:
        """Measure how near photographs are to each other, each moment once; None for fewer than ten of them.

        Photographs of one moment would say that all pictures are copies of each other, and nothing would be one.
        """
        number = {photo: at for at, photo in enumerate(dict.fromkeys(self.photos))}
        owners = np.array([number[photo] for photo in self.photos], np.int64)
        kept = _once(self.codes, owners)
        codes, owners = self.codes[kept], owners[kept]
        apart = np.unique(owners)
        if len(apart) < FEWEST:
            return None
        asked = apart[:: -(-len(apart) // CALIBRATED)]
        rows = np.flatnonzero(np.isin(owners, asked))
        alike = np.concatenate([_to_others(codes, owners, some) for some in _slices(rows)])
        nearest = np.array([alike[owners[rows] == owner].max() for owner in asked]) if len(rows) > len(asked) else alike
        steps = np.quantile(nearest, np.arange(1, 101) / 100, method="higher")
        steps[COPY_FROM - 1 :] = steps[COPY_FROM - 1 :].clip(SURE)
        return Calibration([round(float(step), 6) for step in steps])


def sketch(picture: Image.Image) -> Codes:
    """Sketch a whole picture, squeezed to a square: `[768]`; of one that is all of one colour, nothing but 0."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    x = np.asarray(small).astype(np.float32)
    apart = x - _blurred(x)
    strength = np.sqrt(_blurred((apart**2).mean(2, keepdims=True)).clip(0))
    even = (apart / (strength + QUIET)).ravel()
    even -= even.mean()
    most = float(np.abs(even).max())
    codes: Codes = np.rint(even * (127 / most)).astype(np.int8) if most > 1e-3 else np.zeros(WIDTH, np.int8)
    return codes


def archive_id(views: Sequence[UUID]) -> UUID:
    """Name a calibration by the squares that it is made from: the same ones give the same name."""
    told = sha256(b"".join(sorted(view.bytes for view in views))).hexdigest()
    return uuid5(NAMESPACE_URL, f"https://reverie.local/originals/{SKETCH_VERSION}/{told}")


def _blur() -> Floats:
    """Make a Gaussian blur of a row, mirrored at its ends, as a matrix."""
    at = np.arange(-4 * SIDE, 4 * SIDE)
    weights = np.exp(-0.5 * (at / AROUND) ** 2)
    matrix = np.zeros((SIDE, SIDE), np.float64)
    for row in range(SIDE):
        folded = (row + at) % (2 * SIDE)
        np.add.at(matrix[row], np.where(folded < SIDE, folded, 2 * SIDE - 1 - folded), weights)
    blur: Floats = (matrix / matrix.sum(1, keepdims=True)).astype(np.float32)
    return blur


_BLUR = _blur()


def _blurred(x: Floats) -> Floats:
    """Blur a picture `[16, 16, C]`."""
    found: Floats = np.einsum("ij,kl,jlc->ikc", _BLUR, _BLUR, x, optimize=True)
    return found


def _unit(codes: Codes) -> Floats:
    """Give vectors of length 1; one that is nothing stays so."""
    vectors = codes.astype(np.float32)
    found: Floats = vectors / _lengths(vectors)
    return found


def _lengths(vectors: Floats) -> Floats:
    found: Floats = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)).clip(1e-6)[:, None]
    return found


def _both(codes: Codes) -> Floats:
    """Give sketches as they are and mirrored, `[2 * N, 768]`."""
    turned = codes.reshape(-1, SIDE, SIDE, 3)[:, :, ::-1].reshape(-1, WIDTH)
    return _unit(np.concatenate([codes, turned]))


def _alike(codes: Codes, both: Floats) -> Floats:
    """Compare sketches `[N, 768]` with others as they are and mirrored: `[N, Q]`."""
    vectors = codes.astype(np.float32)
    found = (vectors @ both.T) / _lengths(vectors)
    half = found.shape[1] // 2
    best: Floats = np.maximum(found[:, :half], found[:, half:])
    return best


def _best(codes: Codes, asked: Codes) -> tuple[NDArray[np.int64], Floats]:
    """Find the row that is most like each of the sketches `asked`; of equals the first."""
    both = _both(asked)
    row, best = np.zeros(len(asked), np.int64), np.full(len(asked), -1, np.float32)
    for first in range(0, len(codes), CHUNK):
        alike = _alike(codes[first : first + CHUNK], both)
        here = alike.argmax(0)
        value = alike[here, np.arange(len(asked))]
        better = value > best
        row[better], best[better] = first + here[better], value[better]
    return row, best.clip(0, 1)


def _to_others(codes: Codes, owners: NDArray[np.int64], rows: NDArray[np.int64]) -> Floats:
    """Say how alike the nearest square of another photograph is to each of these rows."""
    both, best = _both(codes[rows]), np.zeros(len(rows), np.float32)
    for first in range(0, len(codes), CHUNK):
        alike = _alike(codes[first : first + CHUNK], both)
        alike[owners[first : first + CHUNK, None] == owners[rows]] = 0
        best = np.maximum(best, alike.max(0))
    found: Floats = best.clip(0, 1)
    return found


def _once(codes: Codes, owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Name the rows that stay when each moment is taken once: those that repeat no earlier photograph's."""
    repeats = np.zeros(len(codes), bool)
    for rows in _slices(np.arange(len(codes))):
        both = _both(codes[rows])
        for first in range(0, int(rows[-1]) + 1, CHUNK):
            alike = _alike(codes[first : first + CHUNK], both)
            earlier = owners[first : first + CHUNK, None] < owners[rows]
            repeats[rows] |= ((alike >= REPEATS) & earlier).any(0)
    return np.flatnonzero(~repeats)


def _slices(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (rows[first:last] for first, last in pairwise([*range(0, len(rows), 512), len(rows)]) if last > first)
