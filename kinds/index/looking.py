"""Looks at pictures for the index: what each is as a whole, at two sizes, and what its windows show.

The network is `gan.metrics.extractor`, EfficientNet-Lite0 trained on ImageNet. A window's features are the mean of its
cells of the network's map, projected to 128 numbers by a principal component analysis that was learnt once, from
pictures that nobody's archive holds (`python -m workshop.parts`), and lies beside as `parts.safetensors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from gan.metrics import SIDE, Extractor, extractor
from kinds.index.files import GRID, SMALL_PX, WIDTH, WINDOWS
from kinds.index.heaps import Floats

PROJECTION = Path(__file__).with_name("parts.safetensors")
SMALL_SIDE = 64  # pixels, at which the network is shown what has no more than `SMALL_PX`
PART_SIDE = 160  # pixels, at which a region is shown by itself: about the scale that the windows of a whole one have
BATCH = 32  # pictures at once on CUDA; on a CPU one, which stays in the cache

Pixels = NDArray[np.uint8]  # [3, R, R]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What was seen in `N` pictures: features, 0 to 6, of wholes and of reduced squares; vectors of length 1 by part."""

    whole: Floats  # [N, 1280]
    small: Floats  # [N, 1280]
    parts: Floats  # [N, P, 128], of the windows `kinds.index.files.BOXES`


class Looker:
    """Looks at pictures; made once, as reading the weights takes its time. Threads may share one."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        """Read the weights. Raises: gan.errors.FeaturesMissing, if their package is not installed."""
        self._network: Extractor = extractor(device)
        projection = load_file(PROJECTION, device=str(device))
        self._mean, self._axes = projection["mean"].float(), projection["axes"].float()
        self._device = torch.device(device)

    def looked(self, pictures: Sequence[Image.Image]) -> Seen:
        """Look at whole pictures, squeezed to squares as the network takes them."""
        whole = self._maps([square(picture, SIDE) for picture in pictures])
        small = self._maps([square(reduced(picture), SMALL_SIDE) for picture in pictures])
        return Seen(
            whole=_numpy(whole.mean(dim=[2, 3])),
            small=_numpy(small.mean(dim=[2, 3])),
            parts=_numpy(self._projected(windows(whole))),
        )

    def regions(self, picture: Image.Image, boxes: Sequence[Sequence[float]]) -> Floats:
        """Look at regions of a picture by themselves: vectors of length 1 `[N, 128]`, as parts of photographs are.

        `boxes` are left, top, right, bottom in shares of the picture. A region is cut out first: the network sees far
        beyond a window, and what lies around it there would count for more than what lies in it.
        """
        cuts = [picture.crop(_pixels(box, picture.size)) for box in boxes]
        maps = self._maps([square(cut, PART_SIDE) for cut in cuts])
        return _numpy(self._projected(maps.mean(dim=[2, 3])))

    @torch.no_grad()
    def _maps(self, squares: Sequence[Pixels]) -> Tensor:
        """Show squares uint8 `[3, R, R]` to the network: `[N, 1280, R / 32, R / 32]`."""
        at_once = BATCH if self._device.type == "cuda" else 1
        maps = [] if squares else [torch.empty(0, WIDTH, GRID, GRID, device=self._device)]
        for at in range(0, len(squares), at_once):
            x = torch.from_numpy(np.stack(squares[at : at + at_once])).to(self._device).float()
            maps.append(self._network(((x - 127) / 128).contiguous(memory_format=torch.channels_last)))
        return torch.cat(maps)

    def _projected(self, features: Tensor) -> Tensor:
        """Project features `[..., 1280]` to vectors of length 1, `[..., 128]`."""
        return F.normalize((F.normalize(features, dim=-1) - self._mean) @ self._axes.T, dim=-1)


def windows(maps: Tensor) -> Tensor:
    """Give the mean features of the windows `BOXES` on maps `[N, 1280, 7, 7]`: `[N, P, 1280]`."""
    pooled = [F.avg_pool2d(maps, size, stride=1).flatten(2) for size in WINDOWS]
    return torch.cat(pooled, 2).transpose(1, 2)


def square(picture: Image.Image, side: int) -> Pixels:
    """Squeeze a picture to a square: uint8 `[3, side, side]`."""
    squeezed = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(squeezed).transpose(2, 0, 1))


def reduced(picture: Image.Image) -> Image.Image:
    """Reduce the middle square of a picture, which is what most networks learn and draw, to so few pixels that it
    hardly matters any more how sharp it is, or how noisy.
    """
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    middle = picture.crop((left, top, left + side, top + side))
    return middle.convert("RGB").resize((SMALL_PX, SMALL_PX), Image.Resampling.BOX)


def _pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Give a box in whole pixels, at least one a side."""
    (left, right), (top, bottom) = (
        sorted((min(side - 1, round(box[at] * side)), round(box[at + 2] * side))) for at, side in enumerate(size)
    )
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _numpy(values: Tensor) -> Floats:
    found: Floats = values.cpu().numpy()
    return found
