"""Archives that were looked at, made of numbers: for tests of what searches them."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import numpy as np

from kinds.index.files import BOXES, PART_WIDTH, WIDTH, Found, packed, packed_parts
from kinds.index.heaps import Floats
from kinds.index.near import Archive, Mapped, Query

rng = np.random.default_rng


def wholes(count: int, *, seed: int = 0) -> Floats:
    """Features `[count, 1280]`, none below 0, no two alike."""
    return rng(seed).gamma(0.2, size=(count, WIDTH)).astype(np.float32)


def fragments(count: int, *, seed: int = 0) -> Floats:
    """What windows show, `[count, P, 128]`, no two alike."""
    return rng(seed).standard_normal((count, len(BOXES), PART_WIDTH)).astype(np.float32)


def photo(number: int) -> UUID:
    """The photograph of a row."""
    return UUID(int=number + 1)


def archive(folder: Path, whole: Floats, small: Floats, parts: Floats, *, files: Sequence[int] = ()) -> Archive:
    """Write an archive, in files that begin at these rows beside 0, and map it."""
    edges, mapped = [0, *files, len(whole)], []
    photos = [photo(number) for number in range(len(whole))]
    for number, (begin, end) in enumerate(pairwise(edges)):
        some = slice(begin, end)
        rows = packed(photos[some], whole[some], small[some])
        found = Found(rows=rows, parts=packed_parts(photos[some], parts[some]))
        mapped.append(Mapped.read(*found.write(folder, str(number))))
    return Archive.of(mapped)


def regions(count: int, *, seed: int = 0) -> Floats:
    """What parts of a picture show, as it is and mirrored: vectors of length 1, `[count, 2, 128]`."""
    return unit(rng(seed).standard_normal((count, 2, PART_WIDTH)).astype(np.float32))


def unit(vectors: Floats) -> Floats:
    """Make vectors of length 1."""
    found: Floats = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return found


def query(whole: Floats, small: Floats, *, window: Floats | None = None) -> Query:
    """A picture that shows exactly this, as it is `[0]` and mirrored `[1]`; without a window it is in none."""
    nowhere = np.zeros((2, PART_WIDTH), np.float32)
    return Query(whole=unit(whole), small=unit(small), window=nowhere if window is None else unit(window))
