"""An enlarger: a network with its weights, which makes a picture two or four times larger each way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

from enlarge import lanczos, ncnn
from enlarge.layers import layers_of, quick_dtype
from enlarge.mixing import NETWORK, Floats, Mix
from enlarge.reducing import BEFORE, Halved
from enlarge.rrdb import DENSE, Architecture, RRDBNet
from enlarge.streaming import streamed
from foreign.errors import Refused, damaged
from foreign.esrgan import METADATA
from foreign.realesrgan import INSTALL, installed
from gan.device import best_device

REAL_ESRGAN = "real-esrgan"
EDGE = 4  # pixels mirrored around a picture: beyond its edge the network would see black
MOST_SIDE = 8192  # of a result
PIXELS = {"cpu": 2**14, "cuda": 2**18}  # of a band: on a CPU what it makes of them stays in the cache
Picture = NDArray[np.uint8]  # [H, W, 3]
Progress = Callable[[int, int], None]


class Stopped(Exception):
    """It was to stop; of what was begun nothing more is given out."""


class TooLarge(ValueError):
    """A result of more than 8192 pixels a side."""


def load(name: str | Path, *, device: torch.device | None = None, dtype: torch.dtype | None = None) -> Enlarger:
    """Make an enlarger of `real-esrgan`, or of a file of weights that `foreign.esrgan` has read.

    `device` is the card where there is one, `dtype` what is quickest on it, unless they are given.
    Raises: Refused, for weights that are not installed or do not fit; OSError.
    """
    if name == REAL_ESRGAN:
        shape, tensors = published()
    else:
        shape, tensors = _of_file(Path(name))
    with torch.device("meta"):
        network = RRDBNet(shape)
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise damaged("its weights do not fit the network that it says") from error
    return Enlarger(network.eval(), device=device or best_device(), dtype=dtype)


def published() -> tuple[Architecture, dict[str, Tensor]]:
    """Give the published network of Real-ESRGAN, and its weights. Raises: Refused, where they are not installed."""
    files = installed()
    if files is None:
        raise Refused("The weights of Real-ESRGAN are not installed.", remedy=f"Install them: {INSTALL}")
    shape, tensors = ncnn.read(*files)
    return Architecture(**shape), {name: torch.from_numpy(values) for name, values in tensors.items()}


def _of_file(path: Path) -> tuple[Architecture, dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            shape = Architecture(**json.loads((file.metadata() or {})[METADATA]))
            return shape, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged("it does not say of what network its weights are") from error


class Enlarger:
    """Makes pictures larger. Slow work: minutes on a CPU; `stop` is asked some times a second."""

    def __init__(self, network: RRDBNet, *, device: torch.device, dtype: torch.dtype | None = None) -> None:
        self.shape, self.device = network.shape, device
        self.dtype = dtype or quick_dtype(device)
        self._layers = layers_of(network, device=device, dtype=self.dtype)

    @property
    def scale(self) -> int:
        """How many times larger the network itself makes a picture: 1, 2 or 4."""
        return self.shape.scale

    @property
    def reach(self) -> int:
        """Rows of a picture that a row of the result depends on, at most, above and below it."""
        convolutions = 3 * DENSE * self.shape.blocks + 2  # before the first doubling
        return (convolutions + 8) * self.shape.folded

    def passes(self, factor: int) -> list[int]:
        """Say which times the network runs one after the other, by how much each enlarges, for `factor`."""
        if factor not in (2, 4):
            raise ValueError(f"the factor is {factor}; give 2 or 4")
        return {1: [1], 2: [2] * (factor // 2), 4: [factor]}[self.scale]

    def enlarged(
        self,
        picture: Picture,
        *,
        factor: int,
        mix: Mix = NETWORK,
        stop: Callable[[], bool] = lambda: False,
        progress: Progress = lambda done, total: None,
    ) -> Picture:
        """Give a picture uint8 `[H, W, 3]` two or four times larger each way.

        `mix` says how much of what the network makes up is kept; `progress` hears how much is done, of how much.
        Raises: Stopped, soon after `stop` says so; TooLarge.
        """
        rows = list(self.bands(picture, factor=factor, mix=mix, stop=stop, progress=progress))
        return np.concatenate(rows)

    def bands(
        self,
        picture: Picture,
        *,
        factor: int,
        mix: Mix = NETWORK,
        start: int = 0,
        stop: Callable[[], bool] = lambda: False,
        progress: Progress = lambda done, total: None,
    ) -> Iterator[Picture]:
        """As `enlarged`, in bands of rows from the top: those from row `start` of the result on, were others kept.

        Bands of no rows come as well, so that who asks can tell how far it is.
        """
        height, width = picture.shape[:2]
        if max(height, width) * factor > MOST_SIDE:
            raise TooLarge(f"{width} x {height} px {factor} times is more than {MOST_SIDE:,} px a side")
        first = mix.first(start, factor=factor)
        rows = self._network(picture, factor=factor, start=first, stop=stop, progress=progress)
        for band in mix.mixed(rows, picture, factor=factor, start=start):
            yield _whole_numbers(band)

    def _network(
        self, picture: Picture, *, factor: int, start: int, stop: Callable[[], bool], progress: Progress
    ) -> Iterator[Floats]:
        """Give the network's own result, from row `start` on."""
        *before, last = self.passes(factor)
        work = _Work(stop=stop, progress=progress, left=len(before) + 1)
        for by in before:
            picture = _whole_numbers(np.concatenate(list(self._pass(picture, by=by, start=0, work=work))))
        made = self._pass(picture, by=last, start=start if self.scale > 1 else 0, work=work)
        if self.scale > 1:
            yield from made
        else:  # a network that mends and does not enlarge: the rest is Lanczos
            whole = lanczos.enlarged(_whole_numbers(np.concatenate(list(made))), factor=factor)
            yield whole[start:].astype(np.float32)

    def _pass(self, picture: Picture, *, by: int, start: int, work: _Work) -> Iterator[Floats]:
        """Run the network once; `by` is its own scale, or half of it."""
        folded, halved = self.shape.folded, by < self.scale
        height, width = picture.shape[:2]
        around, first = _mirrored(picture, multiple=folded)
        # What the network is shown begins where a band begins, so that one that goes on has the same bands.
        high = self._rows(around.shape[1])
        top = max(0, start // by - self.reach + first) // high * high - first
        shown = around[top + first :]
        work.begin(3 * self.shape.blocks * (len(shown) // folded))
        bands = streamed(
            self._shown(shown), self._layers, self.shape, height=len(shown), dtype=self.dtype, tell=work.done
        )
        # The first row and column of what comes, in the result.
        row, column = ((self.scale * at + 1 + BEFORE) // 2 if halved else by * at for at in (top, -first))
        halving = Halved(self.device) if halved else None
        dropped = halved  # one row and column, so that pairs of pixels become one
        for band in bands:
            made = band
            if halving is not None:
                made = halving(band[:, :, int(dropped) :, 1:])
                dropped = dropped and not band.shape[2]
            skipped = max(0, start - row)
            rows = made[0, :, skipped : max(skipped, by * height - row), -column : by * width - column]
            row += made.shape[2]
            yield (rows.clamp(0, 1) * 255).permute(1, 2, 0).cpu().numpy()

    def _shown(self, picture: Picture) -> Iterator[Tensor]:
        """A picture in bands float32 `[1, 3, h, W]` in [0, 1]."""
        rows = self._rows(picture.shape[1])
        for at in range(0, len(picture), rows):
            band = torch.from_numpy(picture[at : at + rows]).to(self.device)
            yield (band.permute(2, 0, 1)[None].float() / 255).contiguous(memory_format=torch.channels_last)

    def _rows(self, width: int) -> int:
        """How many rows a band has."""
        folded = self.shape.folded
        return max(1, PIXELS[self.device.type] // (width * folded)) * folded


class _Work:
    """How far the work is, over all times that the network runs."""

    def __init__(self, *, stop: Callable[[], bool], progress: Progress, left: int) -> None:
        self._stop, self._progress, self._left = stop, progress, left
        self._total = self._done = 0

    def begin(self, total: int) -> None:
        """Begin another run; the next one is four times as much."""
        self._left -= 1
        later = total * 4 if self._left else 0
        self._total = self._done + total + later

    def done(self, rows: int) -> None:
        """Hear of rows. Raises: Stopped."""
        if self._stop():
            raise Stopped
        self._done += rows
        self._progress(self._done, self._total)


def _mirrored(picture: Picture, *, multiple: int) -> tuple[Picture, int]:
    """Give a picture with mirrored pixels around it, its sides divisible by `multiple`; and how many stand before."""
    before = -(-EDGE // multiple) * multiple
    behind = [-(side + before + EDGE) % multiple + EDGE for side in picture.shape[:2]]
    return np.pad(picture, ((before, behind[0]), (before, behind[1]), (0, 0)), mode="reflect"), before


def _whole_numbers(rows: Floats) -> Picture:
    return rows.round().clip(0, 255).astype(np.uint8)
