"""A picture into a network's space: the w, then the ws, of which it draws what looks most like it.

First one w for all layers is looked for, with the noise maps beside it (Karras et al. 2020, App. D), so that w need not
explain the grain; then a w for each layer (W+), with the network's own grain. Both are held near the mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gan.generator import Generator
from gan.layers import SynthesisLayer
from latent.looker import Looker, Maps, distances
from latent.memory import Memory, as_small, seen
from latent.spread import Spread

PIXELS_SIDE, PIXELS = 32, 0.2  # the pixels' part: at that size, with that weight
NOISE, PULL = 1e5, 2e-3  # weights: of what is no noise in the noise maps, of the distance to the mean
RATE, UP, DOWN = 0.1, 0.05, 0.25  # of learning, in deviations a step; parts of a stretch in which it rises and falls
EXPLORED, CALM = 0.05, 0.75  # noise on w at first, in deviations; part of the stretch after which it is gone
STRANGERS = 24  # pictures that say how far apart are those that have nothing to do with each other


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """How far it is: ws `[1, L, W]`, and the distance of what it draws to the picture."""

    done: int
    total: int
    ws: Tensor
    distance: float


class Wanted:
    """A picture `[1, 3, R, R]` in [-1, 1] that is looked for; of it the `region` `[1, 1, R, R]` alone, where given."""

    def __init__(self, picture: Tensor, looker: Looker, *, region: Tensor | None = None) -> None:
        self.picture, self.looker, self.region = picture, looker, region
        with torch.no_grad():
            self.maps: Maps = looker.look(picture)
        self._side = min(PIXELS_SIDE, picture.shape[-1])
        self._small = F.adaptive_avg_pool2d(picture, self._side)
        self._weights = torch.ones_like(self._small[:, :1])
        if region is not None:
            self._weights = F.adaptive_avg_pool2d(region, self._side)

    def distance(self, drawn: Tensor) -> Tensor:
        """Tell how far what was drawn looks from it."""
        return distances(self.looker.look(drawn), self.maps, region=self.region).sum()

    def pixels(self, drawn: Tensor) -> Tensor:
        """Tell how far its pixels are, at a small size."""
        apart = (F.adaptive_avg_pool2d(drawn, self._side) - self._small).square().mean(dim=1, keepdim=True)
        return (apart * self._weights).sum() / self._weights.sum()


@torch.no_grad()
def away(G: Generator, ws: Tensor, wanted: Wanted) -> float:
    """Say how far from the picture it is what is drawn of ws `[1, L, W]` with constant noise."""
    return float(wanted.distance(G.synthesis(ws, noise_mode="const").clamp(-1, 1)))


@torch.no_grad()
def strange(G: Generator, wanted: Wanted, of: Spread, *, count: int = STRANGERS) -> float:
    """Say how far apart two pictures are that have nothing to do with each other: the median over pairs of drawn ones.

    Looked at in the region that is wanted, so that it is a measure for what is found there.
    """
    maps = []
    for row in torch.from_numpy(of.w[:count]).to(G.mapping.w_avg.device):
        drawn = G.synthesis(everywhere(G, row), noise_mode="const").clamp(-1, 1)
        maps.append(wanted.looker.look(drawn))
    pairs = [(a, b) for i, a in enumerate(maps) for b in maps[:i]]
    return float(np.median([float(distances(a, b, region=wanted.region)) for a, b in pairs]))


def start_of(G: Generator, wanted: Wanted, memory: Memory) -> Tensor:
    """Give the w `[W]` to begin at: of the nearest picture that is known, the guess, and the mean, what is nearest."""
    features = seen(wanted.looker, as_small(G, wanted.picture))
    known = [memory.w[memory.nearest(features[0])], memory.guess(features)[0]]
    starts = [G.mapping.w_avg, *(torch.from_numpy(w).to(G.mapping.w_avg) for w in known)]
    return min(starts, key=lambda w: away(G, everywhere(G, w), wanted))


def everywhere(G: Generator, w: Tensor) -> Tensor:
    """One w `[W]` for all layers: `[1, L, W]`."""
    return w.expand(1, G.num_ws, -1)


def project(G: Generator, wanted: Wanted, *, of: Spread, start: Tensor, steps: tuple[int, int]) -> Iterator[Step]:
    """Look for a picture from a w `[W]` on: so many steps in W, and so many in W+.

    Yields after each step; in W+ what is drawn of its ws with constant noise is at its distance, while in W the noise
    maps are its own. The bits are the same each time on the same CPU. The weights of `G` have to ask for no gradients.
    """
    total, w = sum(steps), start
    for done, (w, distance) in enumerate(_in_w(G, wanted, of, start, steps[0]), 1):
        yield Step(done=done, total=total, ws=everywhere(G, w), distance=distance)
    for done, (ws, distance) in enumerate(_in_w_plus(G, wanted, of, w, steps[1]), steps[0] + 1):
        yield Step(done=done, total=total, ws=ws, distance=distance)


def _in_w(G: Generator, wanted: Wanted, of: Spread, start: Tensor, steps: int) -> Iterator[tuple[Tensor, float]]:
    wide, w_avg = _scale(of), G.mapping.w_avg
    moved = torch.zeros_like(start, requires_grad=True)  # in deviations, so that a step is as long in any network
    noises = [layer.noise_const[None, None].clone().requires_grad_() for layer in _layers(G)]
    optimiser = torch.optim.Adam([moved, *noises], lr=RATE)
    rng = torch.Generator().manual_seed(0)
    for step in range(steps):
        _set_rate(optimiser, step / steps)
        explored = EXPLORED * max(0.0, 1 - step / steps / CALM) ** 2
        w = start + wide * (moved + explored * torch.randn(start.shape, generator=rng).to(start))
        maps = iter(noises)
        drawn = G.synthesis(everywhere(G, w), noise_mode="random", noise=lambda _: next(maps))  # noqa: B023 - now
        distance = wanted.distance(drawn)
        pull = PULL * ((w - w_avg) / wide).square().mean()
        grain = NOISE * torch.stack([unnoisy(noise) for noise in noises]).sum()
        optimiser.zero_grad(set_to_none=True)
        (distance + PIXELS * wanted.pixels(drawn) + pull + grain).backward()
        optimiser.step()
        with torch.no_grad():
            for noise in noises:
                noise.sub_(noise.mean()).mul_(noise.square().mean().clamp_min(1e-12).rsqrt())
        yield (start + wide * moved).detach(), float(distance.detach())


def _in_w_plus(G: Generator, wanted: Wanted, of: Spread, w: Tensor, steps: int) -> Iterator[tuple[Tensor, float]]:
    wide, w_avg, start = _scale(of), G.mapping.w_avg, everywhere(G, w)
    moved = torch.zeros_like(start, requires_grad=True)
    optimiser = torch.optim.Adam([moved], lr=RATE)
    for step in range(steps):
        _set_rate(optimiser, step / steps)
        ws = start + wide * moved
        drawn = G.synthesis(ws, noise_mode="const")
        distance = wanted.distance(drawn)
        optimiser.zero_grad(set_to_none=True)
        (distance + PIXELS * wanted.pixels(drawn) + PULL * ((ws - w_avg) / wide).square().mean()).backward()
        optimiser.step()
        yield ws.detach(), float(distance.detach())


def unnoisy(noise: Tensor) -> Tensor:
    """How much of a noise map `[1, 1, r, r]` is no noise: its squared correlation with itself one pixel further, at
    each size of at least 8 px (Karras et al. 2020, App. D)."""
    total = noise.new_zeros(())
    while True:
        for dim in (2, 3):
            total = total + (noise * noise.roll(1, dims=dim)).mean().square()
        if noise.shape[-1] <= 8:
            return total
        noise = F.avg_pool2d(noise, 2) * 2  # of unit variance again


def as_picture(pixels: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Pixels `[R, R, 3]` as a picture `[1, 3, R, R]` in [-1, 1]."""
    x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).to(device)
    return x[None].float() / 127.5 - 1


def _layers(G: Generator) -> Sequence[SynthesisLayer]:
    blocks = [G.synthesis.block(resolution) for resolution in G.synthesis.resolutions]
    return [layer for block in blocks for layer in (block.conv0, block.conv1) if layer is not None]


def _scale(of: Spread) -> float:
    """The usual deviation of a number of w."""
    return math.sqrt(float(np.square(of.own).sum()) / of.freedom / of.own.shape[1])


def _set_rate(optimiser: torch.optim.Optimizer, t: float) -> None:
    fall = min(1.0, (1 - t) / DOWN)
    rate = RATE * (0.5 - 0.5 * math.cos(fall * math.pi)) * min(1.0, t / UP + 1e-2)
    for group in optimiser.param_groups:
        group["lr"] = rate
