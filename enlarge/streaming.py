"""The network over bands of rows, each layer of which keeps the few rows that the next band needs.

A pixel of the result depends on all within some 350 pixels of it. Tiles with a margin leave a part of that out, and a
margin that leaves no trace costs as much again as the tile (docs/upscaling.md). So a picture is not cut into tiles: a
band of rows goes in at the top, and each convolution hands on the rows whose neighbours below have come. What comes out
is what the whole network would give, without a seam; memory grows with the width of a picture and not with its height,
and no pixel is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from enlarge.layers import Layer
from enlarge.rrdb import BETA, DENSE, Architecture

ROWS_OF_TAIL = 8  # rows of a map that are doubled at once: doubled twice they are sixteen times as many pixels
Tell = Callable[[int], None]


def streamed(
    bands: Iterator[Tensor],
    layers: Mapping[str, Layer],
    shape: Architecture,
    *,
    height: int,
    dtype: torch.dtype,
    tell: Tell,
) -> Iterator[Tensor]:
    """Enlarge a picture that comes in bands float32 `[1, 3, h, W]` in [0, 1], `height` rows in all.

    Yields: bands float32 `[1, 3, h, scale·W]`, in sum scale·height rows, some of none. `tell` hears of the
    rows that each of the `3·blocks` dense blocks is given, and may raise to end it.
    """
    rows = height // shape.folded
    trunk = _Trunk(layers, shape, height=rows, dtype=dtype, tell=tell)
    tail = _Tail(layers, shape, height=rows)
    for band in bands:
        yield band.new_empty(1, band.shape[1], 0, band.shape[3] * shape.scale)  # so that who asks hears of each band
        for y in trunk(F.pixel_unshuffle(band, shape.folded)):
            for part in y.split(ROWS_OF_TAIL, dim=2):
                made = tail(_seen(part, dtype))
                if made.shape[2]:
                    yield made.float()


class _Convolution:
    """One convolution over bands `[1, I, h, W]`: what comes out is one row behind."""

    def __init__(self, layer: Layer, *, height: int) -> None:
        self._layer, self._left = layer, height
        self._held: Tensor | None = None  # the last two rows that came; a row of zeros stands above the first

    def __call__(self, band: Tensor) -> Tensor:
        above = torch.zeros_like(band[:, :, :1]) if self._held is None else self._held
        self._left -= band.shape[2]
        below = [torch.zeros_like(band[:, :, :1])] if self._left == 0 else []
        tall = _joined([above, band, *below])
        if tall.shape[2] < 3:
            self._held = tall
            return tall[:, :, :0]
        self._held = tall[:, :, -2:].clone(memory_format=torch.channels_last)
        return self._layer(tall)


class _Late:
    """Rows that wait until others, made of them, are there."""

    def __init__(self) -> None:
        self._rows: Tensor | None = None

    def put(self, band: Tensor) -> None:
        """Let rows wait."""
        self._rows = band if self._rows is None else _joined([self._rows, band])

    def take(self, count: int) -> Tensor:
        """Take the first of them."""
        if self._rows is None:
            raise ValueError("nothing waits")
        taken, rest = self._rows[:, :, :count], self._rows[:, :, count:]
        self._rows = rest.clone(memory_format=torch.channels_last)
        return taken


class _Dense:
    """A dense block over bands float32 `[1, C, h, W]`: what comes out is five rows behind."""

    def __init__(self, layers: list[Layer], shape: Architecture, *, height: int, dtype: torch.dtype) -> None:
        self._layers, self._shape, self._height, self._dtype = layers, shape, height, dtype
        self._ends = [0] * (DENSE + 1)  # of each map: rows that are there
        self._base = -1  # the first row that is kept; row -1 is one of zeros
        self._kept: Tensor | None = None
        self._x = _Late()

    def __call__(self, x: Tensor) -> Tensor:
        base, start, wide = self._base, self._ends[0], self._shape.channels
        self._ends[0] += x.shape[2]
        last = int(self._ends[0] == self._height)  # then a row of zeros stands below
        seen = self._begun(x, rows=self._ends[0] - base + last)
        seen[:, :wide, start - base : self._ends[0] - base] = x
        if last:
            seen[:, :, -1] = 0
        self._x.put(x)
        y = x[:, :, :0]
        for k, layer in enumerate(self._layers, 1):
            low, high = self._ends[k], max(self._ends[k - 1] - (1 - last), self._ends[k])
            if high == low:
                continue
            width = wide + (k - 1) * self._shape.growth
            y = layer(seen[:, :width, low - 1 - base : high + 1 - base])
            if k < DENSE:
                seen[:, width : width + self._shape.growth, low - base : high - base] = y
            self._ends[k] = high
        made = self._ends[DENSE] - base - 1
        self._base = self._ends[DENSE] - 1
        self._kept = seen[:, :, self._base - base : self._ends[0] - base].clone(memory_format=torch.channels_last)
        return torch.add(self._x.take(made), y, alpha=BETA) if made else x[:, :, :0]

    def _begun(self, x: Tensor, *, rows: int) -> Tensor:
        """Room for what convolutions see, in which the rows that were kept stand first."""
        channels = self._shape.channels + (DENSE - 1) * self._shape.growth
        size = (1, channels, rows, x.shape[3])
        seen = torch.empty(size, device=x.device, dtype=self._dtype, memory_format=torch.channels_last)
        if self._kept is None:
            seen[:, :, :1] = 0
        else:
            seen[:, :, : self._kept.shape[2]] = self._kept
        return seen


class _Trunk:
    """All before the first doubling; the stream of residuals stays float32, since all blocks add to it.

    Behind the last row of a picture each block gives out five more rows than it is given. So that they do not become
    hundreds at once, the rows of a block go on to the next one in parts that are no higher than a band.
    """

    def __init__(
        self, layers: Mapping[str, Layer], shape: Architecture, *, height: int, dtype: torch.dtype, tell: Tell
    ) -> None:
        self._dtype, self._tell = dtype, tell
        self._first = _Convolution(layers["conv_first"], height=height)
        self._last = _Convolution(layers["conv_body"], height=height)
        self._rows = 0  # of the highest band
        self._late = _Late()
        self._lates = [_Late() for _ in range(shape.blocks)]  # around three dense blocks each
        self._dense = []
        for block in range(shape.blocks):
            for r in (1, 2, 3):
                names = [f"body.{block}.rdb{r}.conv{k + 1}" for k in range(DENSE)]
                self._dense.append(_Dense([layers[name] for name in names], shape, height=height, dtype=dtype))

    def __call__(self, x: Tensor) -> Iterator[Tensor]:
        self._rows = max(self._rows, x.shape[2])
        y = self._first(_seen(x, self._dtype)).float()
        if not y.shape[2]:
            return
        self._late.put(y)
        waiting = self._parts(y, 0)  # rows, and the dense block that they are for; the uppermost last
        del y
        while waiting:
            part, number = waiting.pop()
            if number < len(self._dense):
                waiting += self._parts(self._through(part, number), number + 1)
                continue
            made = self._last(_seen(part, self._dtype)).float()
            if made.shape[2]:
                yield made + self._late.take(made.shape[2])

    def _parts(self, y: Tensor, number: int) -> list[tuple[Tensor, int]]:
        """Rows in parts no higher than a band, the lowest first."""
        return [(part, number) for part in reversed(y.split(self._rows, dim=2)) if part.shape[2]]

    def _through(self, y: Tensor, number: int) -> Tensor:
        """Rows through one of the dense blocks, three of which have a way around them."""
        late, place = self._lates[number // 3], number % 3
        if place == 0:
            late.put(y)
        self._tell(y.shape[2])
        y = self._dense[number](y)
        return torch.add(late.take(y.shape[2]), y, alpha=BETA) if place == 2 and y.shape[2] else y


class _Tail:
    """All from the first doubling on."""

    def __init__(self, layers: Mapping[str, Layer], shape: Architecture, *, height: int) -> None:
        self._ups = []
        for k in range(shape.doublings):
            height *= 2
            self._ups.append(_Convolution(layers[f"conv_up{k + 1}"], height=height))
        self._ends = [_Convolution(layers[name], height=height) for name in ("conv_hr", "conv_last")]

    def __call__(self, y: Tensor) -> Tensor:
        for up in self._ups:
            y = up(F.interpolate(y, scale_factor=2, mode="nearest"))
            if not y.shape[2]:
                return y
        for end in self._ends:
            y = end(y)
            if not y.shape[2]:
                return y
        return y


def _seen(x: Tensor, dtype: torch.dtype) -> Tensor:
    return x.to(dtype).contiguous(memory_format=torch.channels_last)


def _joined(rows: list[Tensor]) -> Tensor:
    return torch.cat(rows, dim=2).contiguous(memory_format=torch.channels_last)
