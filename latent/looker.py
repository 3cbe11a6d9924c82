"""How far two pictures look apart: by maps of several layers of a feature network, each place of which is a direction.

This is what LPIPS does (Zhang et al. 2018, Sec. 3), with a network that is here and without learnt weights: nobody has
asked people about it, so a distance says nothing by itself, but beside others of the same model.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.metrics import Extractor

LAYERS = (1, 3, 5, 11, 16)  # of the feature network: the ends of stages at a half, a quarter … of the picture
LARGE, SIDE_OF_SMALL, SIDE_OF_LARGE = 128, 112, 224  # px: pictures below the first are looked at in the second size
PATCHES = 4  # of a side: as finely as `pooled` tells where in a picture something is

Maps = Sequence[Tensor]  # of unit vectors [N, C, h, w], a layer each


class Looker:
    """Looks at pictures `[N, 3, R, R]` in [-1, 1], of a model of one resolution."""

    def __init__(self, network: Extractor, resolution: int, *, layers: Sequence[int] = LAYERS) -> None:
        self._layers = layers
        self._network = list(network)[: max(layers) + 1]
        self.side = SIDE_OF_SMALL if resolution < LARGE else SIDE_OF_LARGE

    def look(self, pictures: Tensor) -> list[Tensor]:
        """Give maps of unit vectors `[N, C, h, w]`, a layer each."""
        side = (self.side, self.side)
        x, maps = F.interpolate(pictures, size=side, mode="bicubic", align_corners=False, antialias=True), []
        for number, layer in enumerate(self._network):
            x = layer(x)
            if number in self._layers:
                maps.append(F.normalize(x, dim=1))
        return maps


def distances(one: Maps, other: Maps, *, region: Tensor | None = None) -> Tensor:
    """Squared distances `[N]` of maps: the mean over layers of the mean over places; 0 for the same picture, at most 4.

    `region` `[1, 1, R, R]`, from 0 to 1, says how much each place counts.
    """
    each = []
    for a, b in zip(one, other, strict=True):
        apart = (a - b).square().sum(dim=1)  # [N, h, w]
        size = apart.shape[1], apart.shape[2]
        weights = torch.ones_like(apart[:1]) if region is None else F.adaptive_avg_pool2d(region, size)[0]
        each.append((apart * weights).sum(dim=[1, 2]) / weights.sum())
    return torch.stack(each).mean(dim=0)


def pooled(maps: Maps) -> Tensor:
    """Features `[N, F]` of maps: the mean of each layer over 4 × 4 patches, each layer as heavy as any other."""
    parts = [F.adaptive_avg_pool2d(each, PATCHES).flatten(1) for each in maps]
    joined: Tensor = torch.cat(parts, dim=1) / (PATCHES * len(parts) ** 0.5)
    return joined
