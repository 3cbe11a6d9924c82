"""A generator that stays warm: made ready once, then it draws pictures, whole or up to a block, alone or together."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generate import Prepared, fits, to_uint8
from gan.generator import Generator, NoiseMode, NoiseSource, Synthesis
from latent.point import Latents, noise_of_all
from latent.together import draw_together

LEAST_COARSE = 16  # px
MOST_PRODUCTS = 300_000_000  # of a coarse picture: a sheet of 25 takes some 100 ms on two cores


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Of what is drawn together: pictures, and multiplications of all of them. At least one picture is drawn."""

    pictures: int
    products: float


# Nobody should wait long for a batch that is being drawn: on two cores these take some 100 ms, half as long a picture
# as alone. A card is not busy with less than a few pictures: until then what is drawn together takes as long as one.
BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {"cpu": Bounds(pictures=32, products=6.4e9), "cuda": Bounds(pictures=32, products=64e9)}
)


def coarse_resolution(G: Generator) -> int:
    """The resolution of the block at which a picture is there at once: half the whole, or less where that is slow."""
    if G.config.architecture_g != "skip":
        return G.resolution  # nothing below draws RGB
    lower = [r for r in G.synthesis.resolutions if r < G.resolution] or [G.resolution]
    return [r for r in lower if r <= LEAST_COARSE or products(G.synthesis, r) <= MOST_PRODUCTS][-1]


def products(synthesis: Synthesis, resolution: int) -> int:
    """Multiplications of the convolutions up to a block, of one picture."""
    blocks = [synthesis.block(r) for r in synthesis.resolutions if r <= resolution]
    layers = [layer for block in blocks for layer in (block.conv0, block.conv1) if layer is not None]
    return sum(layer.weight.numel() * (layer.resolution // layer.up) ** 2 for layer in layers)


class Pen:
    """Draws pictures: alone with the bits of a generate job on the same device and number of threads."""

    def __init__(self, G: Generator, *, bounds: Bounds | None = None) -> None:
        self.coarse = coarse_resolution(G)
        self._skips = G.config.architecture_g == "skip"
        self._synthesis = G.synthesis
        self._draw: Prepared | Synthesis = Prepared(G.synthesis) if fits(G.synthesis) else G.synthesis
        self._parameters = sum(each.nbytes for each in (*G.parameters(), *G.buffers()))
        self._bounds = bounds or BOUNDS[G.mapping.w_avg.device.type]
        self._most: dict[int, int] = {}  # by resolution

    @cached_property
    def size_bytes(self) -> int:
        """What it holds in memory: the weights, and packed copies of some."""
        packed = 0
        if isinstance(self._draw, Prepared):
            layers = [layer for block in self._draw.blocks for layer in block.layers]
            packed = sum(layer.layer.weight.nbytes for layer in layers if layer.conv is not None)
        return self._parameters + packed

    def most(self, resolution: int | None = None) -> int:
        """How many pictures, of so many pixels, are best drawn together; 1: each by itself."""
        whole = max(self._synthesis.resolutions)
        r = whole if resolution is None or not self._skips else resolution
        if r not in self._most:
            most = self._bounds.products / products(self._synthesis, r)
            self._most[r] = max(1, min(self._bounds.pictures, int(most)))
        return self._most[r]

    @torch.no_grad()
    def draw(self, latents: Latents, *, resolution: int | None = None) -> NDArray[np.uint8]:
        """Draw a picture, uint8 `[R, R, 3]`; `resolution` stops at the block of so many pixels, where the network can.

        What a lower block draws is its own sum of RGB: of the architecture "skip" alone. Of others the whole is drawn.
        """
        return to_uint8(
            self.unrounded(latents.ws, noise_mode=latents.noise_mode, noise=latents.noise(), resolution=resolution)[0]
        )

    @torch.no_grad()
    def unrounded(
        self, ws: Tensor, *, noise_mode: NoiseMode, noise: NoiseSource | None, resolution: int | None = None
    ) -> Tensor:
        """Draw ws `[1, L, W]` with the grain that is given: `[1, C, R, R]`, -1 to 1 and beyond, as `draw` does."""
        picture: Tensor = self._up_to(resolution)(ws, noise_mode=noise_mode, noise=noise)
        return picture

    @torch.no_grad()
    def draw_together(self, latents: Sequence[Latents], *, resolution: int | None = None) -> NDArray[np.uint8]:
        """Draw pictures of one noise mode, uint8 `[N, R, R, 3]`: those of `draw`, but for a level of brightness here
        and there, since the last bits of each depend on how many are drawn. For the screen, never to keep."""
        if len(latents) == 1:
            return self.draw(latents[0], resolution=resolution)[None]
        draw, ws, noise = self._up_to(resolution), torch.cat([each.ws for each in latents]), noise_of_all(latents)
        mode = latents[0].noise_mode
        if isinstance(draw, Prepared):
            pictures = draw_together(draw, ws, noise_mode=mode, noise=noise)  # [N, C, R, R]
        else:
            pictures = draw(ws, noise_mode=mode, noise=noise)
        channels, side = pictures.shape[1:3]
        one_below_another = pictures.transpose(0, 1).reshape(channels, -1, side)  # copied from a card in one go
        return to_uint8(one_below_another).reshape(len(latents), side, side, channels)

    def _up_to(self, resolution: int | None) -> Prepared | Synthesis:
        """The same network without its upper blocks; the weights are shared."""
        if resolution is None or not self._skips:
            return self._draw
        lower = copy.copy(self._draw)
        kept = [r for r in self._synthesis.resolutions if r <= resolution]
        if isinstance(lower, Prepared):
            lower.blocks = lower.blocks[: len(kept)]
        else:
            lower.resolutions = tuple(kept)
        return lower
