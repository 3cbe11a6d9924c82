"""Random numbers of a training, each drawn from a counter: (seed, stream, step, index in the global batch).

So a resume needs no state of generators, any step can be replayed, and two processes that share a batch draw what
one would have drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from gan.generator import NoiseSource


class Stream(IntEnum):
    """What a draw is for. The numbers are part of the resume format: never reuse or change one."""

    ORDER = 1
    MIRROR = 2
    SHEET = 3
    GENERATE = 4
    MEASURE = 5
    CHOICE = 6
    CENTRE = 7
    G_MAIN = 16
    G_REG = 17
    D_MAIN = 18
    D_REG = 19


class Use(IntEnum):
    """What a phase draws; a stream each. Numbers as for `Stream`."""

    LATENT = 0
    NOISE = 1
    PATH_NOISE = 2
    AUGMENT_FAKE = 3
    AUGMENT_REAL = 4
    LABEL = 5


def counted(seed: int, stream: int, *, step: int = 0, index: int = 0) -> np.random.Generator:
    """A generator at the place of the counter that belongs to this draw."""
    key = np.array([seed, stream], dtype=np.uint64)
    # The lowest word counts what is drawn from here on.
    counter = np.array([0, index, step, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


class Latents(NamedTuple):
    """Latents of one phase: z and z_mix `[N, Z]`, and cutoff `[N]`, the first layer that takes the w of z_mix."""

    z: Tensor
    z_mix: Tensor
    cutoff: Tensor


class AugmentDraws(NamedTuple):
    """Raw draws of the augmentation: uniform `[N, UNIFORMS]` in [0, 1), normal `[N, NORMALS]`, a seed a sample."""

    uniform: np.ndarray
    normal: np.ndarray
    noise: Callable[[int, tuple[int, ...]], np.ndarray]


UNIFORMS, NORMALS = 48, 24  # widths of a sample's draws; wider than used, so that new augmentations move no old draw


class Draws(Protocol):
    """All that one step draws. `at`: places in the global batch of the samples that are wanted."""

    def latents(self, phase: Stream, at: Sequence[int]) -> Latents: ...

    def labels(self, phase: Stream, at: Sequence[int]) -> list[int]:
        """Labels of what is drawn, as often as in the dataset; none where it has none."""

    def noise(self, phase: Stream, at: Sequence[int]) -> NoiseSource | None:
        """Noise of the synthesis layers; None: the network's constant noise."""

    def path_noise(self, at: Sequence[int], shape: tuple[int, ...]) -> Tensor: ...

    def augment(self, phase: Stream, use: Use, at: Sequence[int]) -> AugmentDraws: ...


@dataclass(frozen=True, kw_only=True)
class CountedDraws:
    """`Draws` of one step of a real training."""

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
        z, z_mix, cutoff = [], [], []
        for rng in self._generators(phase, Use.LATENT, at):
            z.append(rng.standard_normal(self.z_dim, dtype=np.float32))
            z_mix.append(rng.standard_normal(self.z_dim, dtype=np.float32))
            mixes, layer = rng.random() < self.mixing_prob, int(rng.integers(1, self.num_ws))
            cutoff.append(layer if mixes else self.num_ws)
        return Latents(
            z=torch.from_numpy(np.stack(z)).to(self.device),
            z_mix=torch.from_numpy(np.stack(z_mix)).to(self.device),
            cutoff=torch.tensor(cutoff, device=self.device),
        )

    def labels(self, phase: Stream, at: Sequence[int]) -> list[int]:
        known = self.known_labels
        return [known[int(rng.integers(len(known)))] for rng in self._generators(phase, Use.LABEL, at)] if known else []

    def noise(self, phase: Stream, at: Sequence[int]) -> NoiseSource:
        return self._source(self._generators(phase, Use.NOISE, at))

    def _source(self, generators: list[np.random.Generator]) -> NoiseSource:
        if self.device.type == "cpu":
            return lambda resolution: torch.from_numpy(
                np.stack([rng.standard_normal((1, resolution, resolution), dtype=np.float32) for rng in generators])
            )
        # On a GPU the numbers are made where they are needed; copying them would cost more than the layer.
        own = [torch.Generator(self.device).manual_seed(int(rng.integers(2**63))) for rng in generators]
        return lambda resolution: torch.stack(
            [torch.randn(1, resolution, resolution, device=self.device, generator=g) for g in own]
        )

    def path_noise(self, at: Sequence[int], shape: tuple[int, ...]) -> Tensor:
        rngs = self._generators(Stream.G_REG, Use.PATH_NOISE, at)
        noise = np.stack([rng.standard_normal(shape, dtype=np.float32) for rng in rngs])
        return torch.from_numpy(noise).to(self.device)

    def augment(self, phase: Stream, use: Use, at: Sequence[int]) -> AugmentDraws:
        rngs = self._generators(phase, use, at)
        return AugmentDraws(
            uniform=np.stack([rng.random(UNIFORMS) for rng in rngs]),
            normal=np.stack([rng.standard_normal(NORMALS) for rng in rngs]),
            noise=lambda sample, shape: rngs[sample].standard_normal(shape, dtype=np.float32),
        )
