"""How much of what a network makes up is kept, and that the picture, reduced again, is the original.

A mix of two results (as Wang et al. 2018, "ESRGAN", Sec. 3.4, interpolates two networks), then back-projection (Irani
and Peleg 1991, "Improving Resolution by Image Registration"): what the reduced result differs by from the original is
enlarged and added to it. So the original says what is coarse, and the network only what is finer than it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enlarge import lanczos

ROUNDS = 2  # of back-projection: from 4.7 of 255 to 0.4 on average; a third one changes little (docs/upscaling.md)
# Rows of the original around those of a window: Lanczos sees three to either side, once to mix and twice in a round.
MARGIN = lanczos.LOBES * (1 + 2 * ROUNDS)
WINDOW = 32  # rows of the original that are mixed at once, counted from its top, so that all ways give the same bits
Picture = NDArray[np.uint8]  # [H, W, 3]
Floats = NDArray[np.float32]  # [H, W, 3], of 0 to 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """How a network's result becomes the picture: `detail` of it, 0 to 1, the rest Lanczos; `faithful`: reduced
    again it is the original.

    Raises: ValueError.
    """

    detail: float = 1.0
    faithful: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.detail <= 1:
            raise ValueError(f"detail is {self.detail}; give 0 (none that is made up) to 1 (all of it)")

    @property
    def changes(self) -> bool:
        """Whether it does anything to the result."""
        return self.faithful or self.detail < 1

    def first(self, start: int, *, factor: int) -> int:
        """Say from which row on a network's result is needed, for the rows from `start` on."""
        return max(0, _window(start, factor) - MARGIN) * factor if self.changes else start

    def mixed(self, bands: Iterator[Floats], picture: Picture, *, factor: int, start: int) -> Iterator[Floats]:
        """Mix a network's result of `picture`, which comes in bands from row `first(start)` on.

        Yields: bands from row `start` on, one at least for each that comes, some of no rows.
        """
        if not self.changes:
            yield from bands
            return
        rows = _Rows(self.first(start, factor=factor))
        at = _window(start, factor)
        height = len(picture)
        for band in bands:
            rows.add(band)
            yield band[:0]
            while at < height and rows.end >= factor * min(height, at + WINDOW + MARGIN):
                low, high = max(0, at - MARGIN), min(height, at + WINDOW + MARGIN)
                made = self._made(rows.cut(factor * low, factor * high), picture[low:high])
                end = min(height, at + WINDOW)
                yield made[max(start, factor * at) - factor * low : factor * (end - low)]
                at = end

    def _made(self, made: Floats, of: Picture) -> Floats:
        """Mix some rows of a result; the outermost of them come to something else than they are in the whole."""
        (large, wide), (height, width) = made.shape[:2], of.shape[:2]
        original = of.astype(np.float32)
        if self.detail < 1:
            plain = lanczos.floats(original, width=wide, height=large)
            made = plain + np.float32(self.detail) * (made - plain)
        for _ in range(ROUNDS if self.faithful else 0):
            missing = original - lanczos.floats(made, width=width, height=height)
            made = made + lanczos.floats(missing, width=wide, height=large)
        return made


NETWORK = Mix()  # its result as it is


class _Rows:
    """Rows of a result that are needed still."""

    def __init__(self, first: int) -> None:
        self._first, self.end = first, first
        self._bands: list[Floats] = []

    def add(self, band: Floats) -> None:
        self._bands.append(band)
        self.end += len(band)

    def cut(self, low: int, high: int) -> Floats:
        """Give some of them, and drop what lies above."""
        held = np.concatenate(self._bands)[low - self._first :]
        self._first, self._bands = low, [held]
        return held[: high - low]


def _window(start: int, factor: int) -> int:
    """The first row of the original in the window of a row of the result."""
    return start // factor // WINDOW * WINDOW
