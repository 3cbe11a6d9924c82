"""Random numbers of a training, each drawn from a counter: (seed, stream, step, index in the global batch).

So a resume needs no state of generators, any step can be replayed, and two processes that share a batch draw what
one would have drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generator import NoiseSource

UNIFORMS, NORMALS = 48, 24  # widths of a sample's draws; wider than used, so that new augmentations move no old draw


class Stream(IntEnum):
    """What a draw is for. The numbers are part of the resume format: never reuse or change one."""

    ORDER, MIRROR, SHEET, GENERATE, MEASURE, CHOICE, CENTRE = 1, 2, 3, 4, 5, 6, 7
    G_MAIN, G_REG, D_MAIN, D_REG = 16, 17, 18, 19


class Use(IntEnum):
    """What a phase draws; a stream each. Numbers as for `Stream`."""

    LATENT, NOISE, PATH_NOISE, AUGMENT_FAKE, AUGMENT_REAL, LABEL = 0, 1, 2, 3, 4, 5


def counted(seed: int, stream: int, *, step: int = 0, index: int = 0) -> np.random.Generator:
    """A generator at the place of the counter that belongs to this draw."""
    key = np.array([seed, stream], dtype=np.uint64)
    counter = np.array([0, index, step, 0], dtype=np.uint64)  # the lowest word counts what is drawn from here on
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def normals(rngs: Sequence[np.random.Generator], *shape: int) -> Tensor:
    """One sample `[*shape]` of each generator: float32 `[N, *shape]`."""
    return torch.from_numpy(np.stack([rng.standard_normal(shape, dtype=np.float32) for rng in rngs]))


def noise_of(rngs: Sequence[np.random.Generator], device: torch.device) -> NoiseSource:
    """Noise of the synthesis layers, `[N, 1, r, r]` each, one generator a sample."""
    return lambda resolution: normals(rngs, 1, resolution, resolution).to(device)


def _normals_on(device: torch.device, rngs: Sequence[np.random.Generator], *shape: int) -> Tensor:
    """As `normals`, but made on the device: to copy so many would take longer than what is done with them."""
    found = torch.empty(len(rngs), *shape, device=device)
    for sample, rng in zip(found, rngs, strict=True):
        sample.normal_(generator=torch.Generator(device).manual_seed(int(rng.integers(2**63))))
    return found


class Latents(NamedTuple):
    """Latents of one phase: z and z_mix `[N, Z]`; cutoff `[N]`, the first layer with the w of z_mix, if any has it."""

    z: Tensor
    z_mix: Tensor
    cutoff: Tensor | None


class AugmentDraws(NamedTuple):
    """Raw draws of the augmentation: uniform `[N, UNIFORMS]` in [0, 1), normal `[N, NORMALS]`, a seed a sample."""

    uniform: NDArray[np.float64]
    normal: NDArray[np.float64]
    noise: Callable[[int, tuple[int, ...]], NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """All that one step draws. `at`: places in the global batch of the samples that are wanted."""

    seed: int
    step: int
    z_dim: int
    num_ws: int
    mixing_prob: float
    device: torch.device
    known_labels: Sequence[int] = ()  # of the dataset

    def _generators(self, phase: Stream, use: Use, at: Sequence[int]) -> list[np.random.Generator]:
        return [counted(self.seed, phase * 16 + use, step=self.step, index=i) for i in at]

    def latents(self, phase: Stream, at: Sequence[int]) -> Latents:
        rngs = self._generators(phase, Use.LATENT, at)
        z, z_mix = normals(rngs, self.z_dim).to(self.device), normals(rngs, self.z_dim).to(self.device)
        layers = [(rng.random() < self.mixing_prob, int(rng.integers(1, self.num_ws))) for rng in rngs]
        cutoff = torch.tensor([layer if mixes else self.num_ws for mixes, layer in layers])
        return Latents(z, z_mix, cutoff.to(self.device) if (cutoff < self.num_ws).any() else None)

    def labels(self, phase: Stream, at: Sequence[int]) -> list[int]:
        """Labels of what is drawn, as often as in the dataset; none where it has none."""
        known = self.known_labels
        return [known[int(rng.integers(len(known)))] for rng in self._generators(phase, Use.LABEL, at)] if known else []

    def noise(self, phase: Stream, at: Sequence[int]) -> NoiseSource | None:
        """Noise of the synthesis layers; None: the network's constant noise."""
        rngs = self._generators(phase, Use.NOISE, at)
        if self.device.type == "cpu":
            return noise_of(rngs, self.device)
        # All layers at once: where a picture is small, starting the work takes longer than doing it.
        sides = [2 ** (2 + (layer + 1) // 2) for layer in range(self.num_ws - 1)]
        whole = _normals_on(self.device, rngs, sum(side * side for side in sides))  # [N, all pixels of all layers]
        layers = iter(whole.split([side * side for side in sides], dim=1))
        return lambda r: next(layers).unflatten(1, (1, r, r))

    def path_noise(self, at: Sequence[int], shape: tuple[int, ...]) -> Tensor:
        rngs = self._generators(Stream.G_REG, Use.PATH_NOISE, at)
        return normals(rngs, *shape) if self.device.type == "cpu" else _normals_on(self.device, rngs, *shape)

    def augment(self, phase: Stream, use: Use, at: Sequence[int]) -> AugmentDraws:
        rngs = self._generators(phase, use, at)
        uniform = np.stack([rng.random(UNIFORMS) for rng in rngs])
        normal = np.stack([rng.standard_normal(NORMALS) for rng in rngs])
        return AugmentDraws(uniform, normal, lambda i, shape: rngs[i].standard_normal(shape, dtype=np.float32))
