"""The photographs that a model has learnt from, small and square, from decoding processes beside this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan.randomness import Stream, counted
from kinds.cores import cores
from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.limits import Limits

MOST = 600  # chosen by chance, where there are more
AHEAD = 16  # that are asked for before their turn

Line = Mapping[str, Any]
Pixels = NDArray[np.uint8]  # [r, r, 3]


def chosen(lines: Sequence[Line]) -> list[Line]:
    """Choose at most `MOST`, the same ones each time."""
    rows = np.sort(counted(0, Stream.CHOICE).permutation(len(lines))[:MOST])
    return [lines[row] for row in rows]


def squares(lines: Sequence[Line], *, resolution: int) -> Iterator[tuple[Line, Pixels | None]]:
    """Cut each; None of one that is gone, or cannot be read any more."""
    with Decoders(cores(), max_pixels=Limits().max_pixels) as decoders:
        asked: deque[tuple[Line, Future[bytes]]] = deque()
        for line in lines:
            asked.append((line, decoders.square(line["view"], resolution=resolution)))
            if len(asked) > AHEAD:
                yield _answered(*asked.popleft(), resolution=resolution)
        while asked:
            yield _answered(*asked.popleft(), resolution=resolution)


def _answered(line: Line, cut: Future[bytes], *, resolution: int) -> tuple[Line, Pixels | None]:
    try:
        return line, np.frombuffer(cut.result(), dtype=np.uint8).reshape(resolution, resolution, 3)
    except (FileNotFoundError, Undecoded):
        return line, None
