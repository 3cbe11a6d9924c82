"""From a route to pictures: the w of its keyframes, the network between two moments, and grain that moves.

    w(t) = sum_k weight_k(t) w_k        (`jobs.route`), truncated with psi(t)
    grain(t) = cos(a) n + sin(a) m,  a = 2 pi c t / T

n is the grain of the first keyframe, m another one of the same kind, and c a whole number: each place of it stays a
unit normal, moves at one speed, and comes back to where it began.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from uuid import UUID

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generate import to_uint8
from gan.generator import Generator, NoiseMode, NoiseSource, truncate
from gan.layers import SynthesisLayer
from gan.randomness import Stream, counted, noise_of
from jobs.route import Here, Route
from latent.blend import toward
from latent.pen import Pen
from latent.plane import Planes
from latent.point import DirectionOf, Latents, Space

# px of pictures that a way is measured by: what a lower block draws moves otherwise than what the eye will see.
LOOKED_AT = 128
BREATH_S = 8.0  # about what grain that is alive takes to come back
STREAM = 4098  # of the other grain; beside that of `latent.region`


class Network:
    """A generator that draws a route's places: it knows where in its own space the keyframes lie."""

    def __init__(self, G: Generator, route: Route, directions: DirectionOf) -> None:
        self.G, self.pen, self._route, self._directions = G, Pen(G), route, directions
        self._space = Space(G, planes=Planes())
        self._known: dict[int, Tensor] = {}

    def refresh(self) -> None:
        """Have it notice that weights of its generator were changed."""
        self.pen, self._known = Pen(self.G), {}

    @torch.no_grad()
    def ws(self, here: Here) -> Tensor:
        """Give what the synthesis draws of a place, `[1, L, W]`."""
        total = sum(weight * self._of(number) for number, weight in here.weights.items())
        return truncate(total, self.G.mapping.w_avg, here.psi)  # type: ignore[arg-type]

    def draw(self, here: Here, grain: NoiseSource | None, mode: NoiseMode) -> Tensor:
        """Draw a place whole, `[1, 3, R, R]`; its bits depend on nothing else that is drawn."""
        return self.pen.unrounded(self.ws(here), noise_mode=mode, noise=grain)

    def view(self, place: Here) -> Tensor:
        """Draw a place as small as `look` does, `[1, 3, r, r]`, not rounded."""
        side = min(self.G.resolution, LOOKED_AT)
        return self.pen.unrounded(self.ws(place), noise_mode="const", noise=None, resolution=side)

    def look(self, places: list[Here]) -> NDArray[np.uint8]:
        """Draw places as they are at a glance, together and small: uint8 `[N, r, r, 3]`, with the grain of learning."""
        pen, drawn = self.pen, []
        side = min(self.G.resolution, LOOKED_AT)
        most = pen.most(side)
        for at in range(0, len(places), most):
            latents = [Latents(ws=self.ws(here), noise_mode="const", noise_seed=0) for here in places[at : at + most]]
            drawn.append(pen.draw_together(latents, resolution=side))
        return np.concatenate(drawn)

    def _of(self, number: int) -> Tensor:
        """Give ws `[1, L, W]` of a keyframe, before truncation."""
        if number not in self._known:
            whole = self._route.keyframes[number].point.model_copy(update={"psi": 1.0})
            self._known[number] = self._space.latents(whole, self._directions).ws
        return self._known[number]


class Flight:
    """Draws a route with the networks of its models. For one thread."""

    def __init__(self, networks: Mapping[UUID, Generator], route: Route, directions: DirectionOf) -> None:
        self._route = route
        self._networks = {id: Network(G, route, directions) for id, G in networks.items()}
        self._between: Network | None = None  # of two moments; its weights are written anew for each frame
        self._directions = directions
        first = route.keyframes[0].point
        self._mode, self._seed = first.noise.mode, first.noise_seed
        self._cycles = max(1, round(route.recipe.duration_s / BREATH_S))

    @property
    def resolution(self) -> int:
        """Pixels of a side of what is drawn."""
        return next(iter(self._networks.values())).G.resolution

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Draw a frame, uint8 `[R, R, 3]`: the same bits, whichever were drawn before."""
        return to_uint8(self.unrounded(number)[0])

    def unrounded(self, number: int) -> Tensor:
        """Draw a frame as the network gives it, `[1, 3, R, R]`, -1 to 1 and beyond."""
        time = number / self._route.recipe.fps
        network, here = self._there(self._route.at(time))
        grain, mode = self._grain(network.G, time)
        return network.draw(here, grain, mode)

    def glances(self, stretch: int, us: list[float]) -> NDArray[np.uint8]:
        """Look at places along a stretch, each from 0 to 1: uint8 `[N, r, r, 3]`, small."""
        places = self._places(stretch, us)
        if places[0].with_id is None:
            return self._networks[places[0].model_id].look(places)
        return np.concatenate([network.look([there]) for network, there in map(self._there, places)])

    def views(self, stretch: int, us: list[float]) -> Iterator[Tensor]:
        """Look at places along a stretch, one after another, and round nothing: each `[1, 3, r, r]`, small."""
        for place in self._places(stretch, us):
            network, there = self._there(place)
            yield network.view(there)

    def _places(self, stretch: int, us: list[float]) -> list[Here]:
        keyframes = self._route.keyframes
        start, end = (keyframes[number % len(keyframes)] for number in (stretch, stretch + 1))
        return [
            Here(
                weights=self._route.along(stretch, u),
                psi=start.strength + (end.strength - start.strength) * u,
                model_id=start.model_id,
                with_id=end.model_id if end.model_id != start.model_id else None,
                t=u,
            )
            for u in us
        ]

    def _there(self, here: Here) -> tuple[Network, Here]:
        """Give the network that draws a place: that of a moment, or what lies between two."""
        if here.with_id is None or here.t in (0, 1):
            return self._networks[here.with_id if here.with_id is not None and here.t == 1 else here.model_id], here
        one, other = self._networks[here.model_id].G, self._networks[here.with_id].G
        if self._between is None:
            self._between = Network(deepcopy(one), self._route, self._directions)
        toward(self._between.G, one, other, t=here.t)
        self._between.refresh()
        return self._between, here

    def _grain(self, G: Generator, time: float) -> tuple[NoiseSource | None, NoiseMode]:
        if self._route.recipe.noise == "still":
            rng = counted(self._seed, Stream.GENERATE)
            return (noise_of([rng], G.mapping.w_avg.device) if self._mode == "random" else None), self._mode
        angle = 2 * math.pi * ((self._cycles * time / self._route.recipe.duration_s) % 1.0)
        layers = [layer for r in G.synthesis.resolutions for layer in _layers(G, r)]
        pairs = iter(zip(layers, _grains(tuple(layer.resolution for layer in layers), self._seed), strict=True))

        def source(_: int) -> Tensor:
            layer, (mine, other) = next(pairs)
            n = torch.from_numpy(mine).to(layer.noise_const) if self._mode == "random" else layer.noise_const
            return (math.cos(angle) * n + math.sin(angle) * torch.from_numpy(other).to(n))[None, None]

        return source, "random"


def _layers(G: Generator, resolution: int) -> Iterator[SynthesisLayer]:
    block = G.synthesis.block(resolution)
    yield from (layer for layer in (block.conv0, block.conv1) if layer is not None)


@lru_cache(maxsize=2)
def _grains(sides: tuple[int, ...], seed: int) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Draw two grains of each layer, `[r, r]`, in the order in which the synthesis asks for them."""
    rng, other = counted(seed, Stream.GENERATE), counted(seed, STREAM)
    return [
        (rng.standard_normal((r, r), dtype=np.float32), other.standard_normal((r, r), dtype=np.float32)) for r in sides
    ]
