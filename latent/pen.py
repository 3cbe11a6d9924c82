"""A generator that stays warm: made ready once, then it draws picture after picture, whole or as far as a block."""

from __future__ import annotations

import copy
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generate import Prepared, fits, to_uint8
from gan.generator import Generator, Synthesis
from latent.point import Latents

LEAST_COARSE = 16  # px
MOST_PRODUCTS = 1_250_000_000  # of a coarse picture: some 10 ms on two cores


def coarse_resolution(G: Generator) -> int:
    """The resolution of the block at which a picture is there at once: half the whole, or less where that is slow."""
    if G.config.architecture_g != "skip":
        return G.resolution  # nothing below draws RGB
    lower = [r for r in G.synthesis.resolutions if r < G.resolution] or [G.resolution]
    return [r for r in lower if r <= LEAST_COARSE or _products(G.synthesis, r) <= MOST_PRODUCTS][-1]


def _products(synthesis: Synthesis, resolution: int) -> int:
    """Multiplications of the convolutions up to a block."""
    blocks = [synthesis.block(r) for r in synthesis.resolutions if r <= resolution]
    layers = [layer for block in blocks for layer in (block.conv0, block.conv1) if layer is not None]
    return sum(layer.weight.numel() * (layer.resolution // layer.up) ** 2 for layer in layers)


class Pen:
    """Draws single pictures, with the bits of a generate job on the same device and number of threads."""

    def __init__(self, G: Generator) -> None:
        self.coarse = coarse_resolution(G)
        self._skips = G.config.architecture_g == "skip"
        self._synthesis = G.synthesis
        self._draw: Prepared | Synthesis = Prepared(G.synthesis) if fits(G.synthesis) else G.synthesis
        self._parameters = sum(each.nbytes for each in (*G.parameters(), *G.buffers()))

    @cached_property
    def size_bytes(self) -> int:
        """What it holds in memory: the weights, and packed copies of some."""
        packed = 0
        if isinstance(self._draw, Prepared):
            layers = [layer for block in self._draw.blocks for layer in block.layers]
            packed = sum(layer.layer.weight.nbytes for layer in layers if layer.conv is not None)
        return self._parameters + packed

    @torch.no_grad()
    def draw(self, latents: Latents, *, resolution: int | None = None) -> NDArray[np.uint8]:
        """Draw a picture, uint8 `[R, R, 3]`; `resolution` stops at the block of so many pixels, where the network can.

        What a lower block draws is its own sum of RGB: of the architecture "skip" alone. Of others the whole is drawn.
        """
        draw = self._draw if resolution is None or not self._skips else self._up_to(resolution)
        picture: Tensor = draw(latents.ws, noise_mode=latents.noise_mode, noise=latents.noise())[0]
        return to_uint8(picture)

    def _up_to(self, resolution: int) -> Prepared | Synthesis:
        """The same network without its upper blocks; the weights are shared."""
        lower = copy.copy(self._draw)
        kept = [r for r in self._synthesis.resolutions if r <= resolution]
        if isinstance(lower, Prepared):
            lower.blocks = lower.blocks[: len(kept)]
        else:
            lower.resolutions = tuple(kept)
        return lower
