"""What a seed is to a generate job: a picture of its own, or a place in a region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generate import generate, latents, to_uint8
from gan.generator import Generator, one_hot
from jobs.point import Point
from kinds.generate.params import GenerateParams
from kinds.generate.region import Region
from kinds.recipe import how_of
from latent.farthest import farthest
from latent.pen import Pen
from latent.plane import Planes, step_of_degrees
from latent.point import Direction, Space
from latent.region import within

MAPPED = 2000  # candidates at a time
PLACED = 100  # likewise, of places, which are mapped one by one


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A square as it was drawn, uint8 `[R, R, 3]`, and what its recipe says of it."""

    drawn: NDArray[np.uint8]
    how: Mapping[str, Any]
    class_label: int | None


class Way(Protocol):
    """From seeds to pictures."""

    def places(self, seeds: Sequence[int]) -> Iterator[Tensor]:
        """Say where in W seeds lie, some at a time: `[n, W]`."""

    def pictures(self, seeds: Sequence[int]) -> Iterator[Picture]:
        """Draw a picture a seed."""


def chosen(way: Way, params: GenerateParams, *, stop: Callable[[], bool]) -> Iterator[int]:
    """Choose `params.count` seeds of its candidates, those farthest apart in W; the same ones on the same device."""
    candidates, ws = params.candidates(), list[Tensor]()
    for some in way.places(candidates):
        if stop():
            return
        ws.append(some)
    for index in farthest(torch.cat(ws), params.count or 0):  # of [N, W]
        yield candidates[index]


class OfSeeds:
    """Each seed draws its own z."""

    def __init__(self, G_ema: Generator, params: GenerateParams) -> None:
        self._G, self._params, self._c_dim = G_ema, params, G_ema.config.c_dim

    @torch.no_grad()
    def places(self, seeds: Sequence[int]) -> Iterator[Tensor]:
        """Say where in W seeds lie, some at a time: `[n, W]`."""
        device = self._G.mapping.w_avg.device
        for at in range(0, len(seeds), MAPPED):
            some = seeds[at : at + MAPPED]
            c = one_hot(self._labels(some), self._c_dim, device)
            yield self._G.mapping.style(latents(some, self._G.z_dim).to(device), c)

    def pictures(self, seeds: Sequence[int]) -> Iterator[Picture]:
        """Draw a picture a seed."""
        psi, noise_mode = self._params.truncation_psi, self._params.noise_mode
        if psi is None or noise_mode is None:
            raise ValueError("the parameters are not resolved")
        labels = self._labels(seeds)
        drawn = generate(self._G, seeds, truncation_psi=psi, noise_mode=noise_mode, label=labels or None)
        for number, picture in enumerate(drawn):
            how = {"seed": seeds[number], "truncation_psi": psi, "noise_mode": noise_mode}
            yield Picture(drawn=to_uint8(picture), how=how, class_label=labels[number] if labels else None)

    def _labels(self, seeds: Sequence[int]) -> Sequence[int]:
        """Say what each seed draws, of a network that knows labels: what was asked for, or what its seed says."""
        given = self._params.class_label
        return [seed % self._c_dim if given is None else given for seed in seeds] if self._c_dim else ()


class OfRegion:
    """Each seed finds a point of a region, which is drawn as the renderer draws it: with the same bits."""

    def __init__(self, G_ema: Generator, region: Region, ways: Mapping[Any, Direction]) -> None:
        self._radius = step_of_degrees(region.degrees) if region.degrees is not None else region.radius or 0.0
        self._point, self._ways, self._knows_labels = region.point, ways, bool(G_ema.config.c_dim)
        self._space, self._pen = Space(G_ema, planes=Planes()), Pen(G_ema)

    def places(self, seeds: Sequence[int]) -> Iterator[Tensor]:
        """Say where in W seeds lie, some at a time: `[n, W]`, the mean of all layers, before truncation."""
        for at in range(0, len(seeds), PLACED):
            whole = (self._at(seed).model_copy(update={"psi": 1.0}) for seed in seeds[at : at + PLACED])
            yield torch.cat([self._space.latents(point, self._ways.__getitem__).ws.mean(dim=1) for point in whole])

    def pictures(self, seeds: Sequence[int]) -> Iterator[Picture]:
        """Draw a picture a seed."""
        for seed in seeds:
            point = self._at(seed)
            drawn = self._pen.draw(self._space.latents(point, self._ways.__getitem__))
            label = self._space.label(point) if self._knows_labels else None
            yield Picture(drawn=drawn, how=how_of(point), class_label=label)

    def _at(self, seed: int) -> Point:
        return within(self._point, self._radius, seed)
