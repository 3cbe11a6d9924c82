"""The network: residual in residual dense blocks, then nearest-neighbour doubling with convolutions.

Wang et al. 2018, "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks", Sec. 3.1 and Fig. 4; with folded
pixels at the entrance for factors below four, Wang et al. 2021, "Real-ESRGAN", Sec. 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2  # of leaky ReLU
BETA = 0.2  # what a residual is multiplied by before it is added (Sec. 3.1)
DENSE = 5  # convolutions of a dense block
COLOURS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Architecture:
    """The shape of a network; as `foreign.esrgan` finds it in a file."""

    channels: int = 64
    growth: int = 32  # channels that each convolution of a dense block adds
    blocks: int = 23
    doublings: int = 2
    folded: int = 1  # pixels a side that are folded into channels at the entrance

    @property
    def scale(self) -> int:
        """How many times larger its pictures are."""
        return int(2**self.doublings) // self.folded


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees what all before it made; maps `[1, C, H, W]`."""

    def __init__(self, shape: Architecture) -> None:
        super().__init__()
        for k in range(DENSE):
            out = shape.channels if k == DENSE - 1 else shape.growth
            self.add_module(f"conv{k + 1}", _conv(shape.channels + k * shape.growth, out))

    def forward(self, x: Tensor) -> Tensor:
        """As the paper's Fig. 4 draws it."""
        seen = [x]
        for k in range(DENSE - 1):
            seen.append(F.leaky_relu(self.get_submodule(f"conv{k + 1}")(torch.cat(seen, dim=1)), SLOPE))
        y: Tensor = self.get_submodule(f"conv{DENSE}")(torch.cat(seen, dim=1))
        return x + BETA * y


class RRDB(nn.Module):
    """Three dense blocks within a residual."""

    def __init__(self, shape: Architecture) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (DenseBlock(shape) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        """As the paper's Fig. 4 draws it."""
        y: Tensor = self.rdb3(self.rdb2(self.rdb1(x)))
        return x + BETA * y


class RRDBNet(nn.Module):
    """Pictures `[1, 3, H, W]` in [0, 1] to `[1, 3, scale·H, scale·W]`, about in [0, 1]; H and W divide by `folded`.

    Names of weights are those of the published files of Real-ESRGAN.
    """

    def __init__(self, shape: Architecture) -> None:
        super().__init__()
        self.shape = shape
        wide = shape.channels
        self.conv_first = _conv(COLOURS * shape.folded**2, wide)
        self.body = nn.ModuleList(RRDB(shape) for _ in range(shape.blocks))
        self.conv_body = _conv(wide, wide)
        for k in range(shape.doublings):
            self.add_module(f"conv_up{k + 1}", _conv(wide, wide))
        self.conv_hr, self.conv_last = _conv(wide, wide), _conv(wide, COLOURS)

    def forward(self, x: Tensor) -> Tensor:
        """The whole of it at once, as the paper draws it: what bands and packed weights are compared with."""
        first = self.conv_first(F.pixel_unshuffle(x, self.shape.folded))
        y = first
        for block in self.body:
            y = block(y)
        y = first + self.conv_body(y)
        for k in range(self.shape.doublings):
            doubled = F.interpolate(y, scale_factor=2, mode="nearest")
            y = F.leaky_relu(self.get_submodule(f"conv_up{k + 1}")(doubled), SLOPE)
        last: Tensor = self.conv_last(F.leaky_relu(self.conv_hr(y), SLOPE))
        return last


def _conv(wide: int, out: int) -> nn.Conv2d:
    return nn.Conv2d(wide, out, 3, padding=1)
