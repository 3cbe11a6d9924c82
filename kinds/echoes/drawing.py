"""Draw the pictures of a moment and look at each, as it is and mirrored; none of them is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from gan.generate import latents
from gan.generator import Generator, one_hot, truncate
from kinds.cores import cores
from kinds.index.files import WIDTH
from kinds.index.heaps import Floats
from kinds.index.looking import Looker
from kinds.shown import shown
from latent.pen import Pen
from latent.point import Latents

AT_ONCE = 64  # pictures that are drawn before they are looked at
BATCH = 8  # that a core looks at, at a time: always the same ones, so that their features have the same bits


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sights:
    """What was seen in pictures, of seeds 0, 1, 2, …, as they are and mirrored: vectors of length 1."""

    whole: Floats  # [2, Q, 1280]
    small: Floats  # [2, Q, 1280]

    def __len__(self) -> int:
        return len(self.whole[0])


def looked(G: Generator, looker: Looker, *, count: int, truncation_psi: float, frame: Any) -> Iterator[int | Sights]:
    """Draw `count` pictures with the mean grain, as a tile has it, shown as `frame` says (`kinds.shown`).

    Yields: how many were looked at, now and then; last Sights.
    """
    whole, small = (np.empty((2, count, WIDTH), np.float32) for _ in range(2))
    pen = Pen(G)
    with ThreadPoolExecutor(cores(), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        for at in range(0, count, AT_ONCE):
            seeds = range(at, min(at + AT_ONCE, count))
            drawn = list(_drawn(G, pen, seeds, truncation_psi=truncation_psi, frame=frame))
            slices = [drawn[begin : begin + BATCH] for begin in range(0, len(drawn), BATCH)]
            begin = at
            for found in pool.map(lambda some: _look(looker, some), slices):
                here = slice(begin, begin + found.whole.shape[1])
                whole[:, here], small[:, here] = found.whole, found.small
                begin = here.stop
            yield begin
    yield Sights(whole=whole, small=small)


def _look(looker: Looker, pictures: Sequence[Image.Image]) -> Sights:
    seen = looker.looked([*pictures, *map(ImageOps.mirror, pictures)])
    both = (2, len(pictures), WIDTH)
    return Sights(whole=_unit(seen.whole).reshape(both), small=_unit(seen.small).reshape(both))


def _drawn(G: Generator, pen: Pen, seeds: range, *, truncation_psi: float, frame: Any) -> Iterator[Image.Image]:
    most = pen.most()
    for at in range(0, len(seeds), most):
        some = seeds[at : at + most]
        ws = _ws(G, some, truncation_psi)
        together = [Latents(ws=w, noise_mode="const", noise_seed=seed) for w, seed in zip(ws, some, strict=True)]
        yield from (Image.fromarray(np.ascontiguousarray(shown(one, frame))) for one in pen.draw_together(together))


@torch.no_grad()
def _ws(G: Generator, seeds: Sequence[int], truncation_psi: float) -> Sequence[Tensor]:
    """w `[1, L, W]` of each seed; a network of labels draws the one that it is when divided by their number."""
    w_avg = G.mapping.w_avg
    labels = one_hot([seed % max(G.config.c_dim, 1) for seed in seeds], G.config.c_dim, w_avg.device)
    ws = truncate(G.mapping(latents(seeds, G.z_dim).to(w_avg.device), labels), w_avg, truncation_psi)
    return [ws[at : at + 1] for at in range(len(seeds))]


def _unit(vectors: Floats) -> Floats:
    """Make vectors of length 1; one that is nothing stays so."""
    found: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
    return found
