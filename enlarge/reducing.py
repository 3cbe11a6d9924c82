"""Halving by Lanczos over bands of rows: how 2x is made of a network's 4x."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

LOBES = 3
TAPS = 4 * LOBES  # of a half: three lobes of the smaller picture to either side
BEFORE = TAPS // 2 - 1  # pixels that the first tap lies before the two which become one


def lanczos() -> Tensor:
    """Weights of the taps `[12]`, from a windowed sinc (Duchon 1979), in sum 1."""
    at = [(k + 0.5) / 2 - LOBES for k in range(TAPS)]  # in pixels of the smaller picture
    found = torch.tensor([_sinc(x) * _sinc(x / LOBES) for x in at], dtype=torch.float64)
    return (found / found.sum()).float()


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


class Halved:
    """Bands float32 `[1, 3, h, W]` of a picture to bands of one half as large, as far as its taps reach."""

    def __init__(self, device: torch.device) -> None:
        self._taps = lanczos().to(device)
        self._held: Tensor | None = None

    def __call__(self, band: Tensor) -> Tensor:
        """Give the rows that can be made, `[1, 3, h', (W - 10) // 2]`; 0 of them at first."""
        tall = band if self._held is None else torch.cat([self._held, band], dim=2)
        count = max(0, (tall.shape[2] - TAPS) // 2 + 1)
        self._held = tall[:, :, 2 * count :].clone()
        if not count:
            return tall[:, :, :0, : (tall.shape[3] - TAPS) // 2 + 1]
        colours = tall.shape[1]
        down = self._taps.view(1, 1, TAPS, 1).expand(colours, 1, TAPS, 1)
        along = self._taps.view(1, 1, 1, TAPS).expand(colours, 1, 1, TAPS)
        y = F.conv2d(tall.contiguous(), down, stride=(2, 1), groups=colours)
        return F.conv2d(y, along, stride=(1, 2), groups=colours)
