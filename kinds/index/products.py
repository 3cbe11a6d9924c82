"""Products of stored rows with vectors, compiled: NumPy would first write each row out, four times as large."""
# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def products(rows: NDArray[np.void], field: str, to: Floats) -> Floats:
    """Multiply the numbers `[N, F]` that a field of rows holds, 0 to 255, with two vectors `[2, F]`: `[N, 2]`.

    Other threads go on meanwhile.
    """
    found = np.empty((len(rows), 2), np.float32)
    raw = rows.view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    fields: Mapping[str, Any] = rows.dtype.fields or {}
    _products(raw, fields[field][1], np.ascontiguousarray(to[0]), np.ascontiguousarray(to[1]), found)
    return found


@njit(cache=True, fastmath=True, nogil=True)
def _products(raw: Bytes, begin: int, one: Floats, other: Floats, found: Floats) -> None:
    for number in range(len(raw)):
        row = raw[number, begin : begin + len(one)]
        to_one, to_other = np.float32(0), np.float32(0)
        for at in range(len(one)):
            value = np.float32(row[at])
            to_one += value * one[at]
            to_other += value * other[at]
        found[number, 0], found[number, 1] = to_one, to_other
