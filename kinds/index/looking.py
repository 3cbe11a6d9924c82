"""Looks at pictures for the index: what each is as a whole, at two sizes, and what its windows show.

The network is `gan.metrics.extractor`, EfficientNet-Lite0 trained on ImageNet. A window's features are the means of its
cells of two of the network's maps, one midway and one at its end, projected to 64 numbers each by principal component
analyses that were learnt once, from pictures that are in the public domain (`python -m workshop.parts`), and lie beside
as `parts.safetensors`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gan.metrics import SIDE, extractor
from kinds.index.files import GRID, SMALL_PX, WIDTH, WINDOWS
from kinds.index.heaps import Floats

PROJECTION = Path(__file__).with_name("parts.safetensors")
SMALL_SIDE = 64  # pixels, at which the network is shown what has no more than `SMALL_PX`
PART_SIDE = 112  # pixels, at which a region is shown by itself: about the scale that the windows of a whole one have
WEIGHTS = {"middle": 1.4, "last": 1.0}  # of what is seen midway and at the end, in the likeness of parts
MIDDLE = 12  # layers of the network up to its middle, where a cell is 16 pixels
BATCH = 32  # pictures at once on CUDA
# ... and so many pixels on a CPU, or one picture. More leave the cache; and small pictures one by one would have the
# weights read for each, which takes longer than all the rest.
AT_ONCE_PX = 16 * SMALL_SIDE**2

Pixels = NDArray[np.uint8]  # [3, R, R]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What was seen in `N` pictures: features, 0 to 6, of wholes and reduced squares; by part vectors of length 1."""

    whole: Floats  # [N, 1280]
    small: Floats  # [N, 1280]
    parts: Floats  # [N, P, 128], of the windows `kinds.index.files.BOXES`


class Maps(NamedTuple):
    """What the network makes of squares of `R` pixels: in its middle, still near to lines and textures, and at its end,
    where it knows things.
    """

    middle: Tensor  # [N, 112, R / 16, R / 16]
    last: Tensor  # [N, 1280, R / 32, R / 32], not below 0


class Looker:
    """Looks at pictures; made once, as reading the weights takes its time. Threads may share one."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        """Read the weights. Raises: gan.errors.FeaturesMissing, if their package is not installed."""
        self._glance = Glance(device)
        self._axes = load_file(PROJECTION, device=str(device))

    def looked(self, pictures: Sequence[Image.Image]) -> Seen:
        """Look at whole pictures, squeezed to squares as the network takes them."""
        whole = self._glance([square(picture, SIDE) for picture in pictures])
        small = self._glance([square(reduced(picture), SMALL_SIDE) for picture in pictures]).last
        return Seen(
            whole=_numpy(whole.last.mean(dim=[2, 3])),
            small=_numpy(small.mean(dim=[2, 3])),
            parts=_numpy(self._projected(windows(whole))),
        )

    def regions(self, picture: Image.Image, boxes: Sequence[Sequence[float]]) -> Floats:
        """Look at regions of a picture by themselves: vectors of length 1 `[N, 128]`, as parts of photographs are.

        `boxes` are left, top, right, bottom in shares of the picture. A region is cut out first: the network sees far
        beyond a window, and what lies around it there would count for more than what lies in it.
        """
        cuts = [picture.crop(_pixels(box, picture.size)) for box in boxes]
        maps = self._glance([square(cut, PART_SIDE) for cut in cuts])
        return _numpy(self._projected(Maps(*(map.mean(dim=[2, 3]) for map in maps))))

    def _projected(self, means: Maps) -> Tensor:
        """Project mean features `[..., 112]` and `[..., 1280]` to vectors of length 1, `[..., 128]`."""
        found = []
        for name, features in flattened(means).items():
            mean, axes = (self._axes[f"{name}.{what}"].float() for what in ("mean", "axes"))
            found.append(F.normalize((features - mean) @ axes.T, dim=-1) * math.sqrt(WEIGHTS[name]))
        return F.normalize(torch.cat(found, -1), dim=-1)


class Glance:
    """Shows squares to the network."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        """Read the weights. Raises: gan.errors.FeaturesMissing, if their package is not installed."""
        layers = list(extractor(device))
        self._first, self._rest = nn.Sequential(*layers[:MIDDLE]), nn.Sequential(*layers[MIDDLE:])
        self._device = torch.device(device)

    @torch.no_grad()
    def __call__(self, squares: Sequence[Pixels]) -> Maps:
        """Show squares uint8 `[3, R, R]`, of one size."""
        if not squares:
            empty = (
                torch.empty(0, width, cells, cells, device=self._device) for width, cells in ((112, 14), (WIDTH, GRID))
            )
            return Maps(*empty)
        on_cpu = max(1, AT_ONCE_PX // squares[0][0].size)
        at_once = BATCH if self._device.type == "cuda" else on_cpu
        seen = []
        for at in range(0, len(squares), at_once):
            x = torch.from_numpy(np.stack(squares[at : at + at_once])).to(self._device).float()
            middle = self._first(((x - 127) / 128).contiguous(memory_format=torch.channels_last))
            seen.append(Maps(middle, self._rest(middle)))
        return Maps(*(torch.cat(maps) for maps in zip(*seen, strict=True)))


def windows(maps: Maps) -> Maps:
    """Give the mean features of the windows `BOXES` on maps of squares of 224 px: `[N, P, 112]`, `[N, P, 1280]`."""
    means = []
    for map in maps:
        cell = map.shape[-1] // GRID
        pooled = [F.avg_pool2d(map, cell * size, stride=cell).flatten(2) for size in WINDOWS]
        means.append(torch.cat(pooled, 2).transpose(1, 2))
    return Maps(*means)


def flattened(means: Maps) -> dict[str, Tensor]:
    """Give mean features `[..., F]` as vectors of length 1 by name, as axes are learnt from them.

    Of the last ones, of which few are large, the square root is taken: a single one counts for less.
    """
    return {"middle": F.normalize(means.middle, dim=-1), "last": F.normalize(means.last.clamp(min=0).sqrt(), dim=-1)}


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
