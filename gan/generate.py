"""Drawing pictures from an averaged generator."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.generator import Generator, NoiseMode, one_hot, truncate
from gan.randomness import Stream, counted, noise_of
from gan.serving import Prepared, fits


def latents(seeds: Sequence[int], z_dim: int) -> Tensor:
    """z `[N, z_dim]` float32 of seeds, drawn as StyleGAN2 tools draw it, so that a seed means the same picture there.

    Raises: ValueError, if a seed is outside of 0 to 2**32 - 1.
    """
    for seed in seeds:
        if not 0 <= seed < 2**32:
            raise ValueError(f"seed is {seed}; give a whole number from 0 to 4294967295")
    rows = [np.random.RandomState(seed).randn(z_dim) for seed in seeds]
    return torch.from_numpy(np.reshape(rows, (-1, z_dim)).astype(np.float32))


@torch.no_grad()
def generate(
    G_ema: Generator,
    seeds: Sequence[int],
    *,
    truncation_psi: float = 0.7,
    noise_mode: NoiseMode = "const",
    label: int | None = None,
    batch: int = 1,
) -> Iterator[Tensor]:
    """Draw one picture a seed; `label` says of what, if the network was trained on labels.

    On a CPU single pictures are as quick as batches, and their bits do not depend on their neighbours; there, one by
    one, they are drawn by `Prepared`.

    Yields: `[C, R, R]` float32, about [-1, 1], on the device of `G_ema`, in the order of `seeds`.
    Raises: ValueError, if `truncation_psi` is outside of [0, 1], a seed of 0 to 2**32 - 1, or a label of the network's.
    """
    c_dim = G_ema.config.c_dim
    if not 0 <= truncation_psi <= 1:
        raise ValueError(f"truncation_psi is {truncation_psi}; give 0 (the mean picture) to 1 (no truncation)")
    if label not in (range(c_dim) if c_dim else [None]):
        raise ValueError(f"label is {label}; give " + (f"0 to {c_dim - 1}" if c_dim else "none: it knows no labels"))
    draw = Prepared(G_ema.synthesis) if batch == 1 and fits(G_ema.synthesis) else G_ema.synthesis
    for at in range(0, len(seeds), batch):
        part = seeds[at : at + batch]
        ws = _ws(G_ema, latents(part, G_ema.z_dim), [label or 0] * len(part), truncation_psi)
        noise = noise_of([counted(seed, Stream.GENERATE) for seed in part], G_ema.mapping.w_avg.device)
        yield from draw(ws, noise_mode=noise_mode, noise=noise)


def latents_of(G: Generator, count: int, *, seed: int, stream: Stream) -> Tensor:
    """z `[count, Z]` of the counter: the same for every network of that width."""
    rows = [counted(seed, stream, index=i).standard_normal(G.z_dim) for i in range(count)]
    return torch.from_numpy(np.stack(rows).astype(np.float32))


@torch.no_grad()
def drawn(G_ema: Generator, z: Tensor, *, truncation_psi: float = 1.0, batch: int = 8) -> NDArray[np.uint8]:
    """Pictures uint8 `[N, 3, R, R]` of z `[N, Z]`, with constant noise, and labels in turn where there are labels."""
    parts = []
    for at in torch.arange(len(z)).split(batch):
        ws = _ws(G_ema, z[at], (at % max(G_ema.config.c_dim, 1)).tolist(), truncation_psi)
        parts.append(_rounded(G_ema.synthesis(ws, noise_mode="const")))
    return np.concatenate(parts)


def to_uint8(picture: Tensor) -> NDArray[np.uint8]:
    """A picture `[3, R, R]` in [-1, 1] as uint8 `[R, R, 3]`."""
    return _rounded(picture.permute(1, 2, 0))


def _rounded(x: Tensor) -> NDArray[np.uint8]:
    rounded: NDArray[np.uint8] = ((x.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return rounded


def _ws(G: Generator, z: Tensor, labels: Sequence[int], truncation_psi: float) -> Tensor:
    w_avg = G.mapping.w_avg
    return truncate(G.mapping(z.to(w_avg.device), one_hot(labels, G.config.c_dim, w_avg.device)), w_avg, truncation_psi)
