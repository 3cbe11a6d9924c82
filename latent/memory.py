"""What a network draws, as far as it is known: pictures of fixed w that were looked at once.

Of a picture from elsewhere it tells the nearest of them, and guesses its w: by ridge regression from features to w, an
encoder that takes no training and is right as far as `Memory.quality` says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan.generator import Generator
from latent.looker import Looker, pooled
from latent.spread import Floats, Spread, Values
from latent.traits import side, small

AT_A_TIME = 8
STRENGTHS = np.logspace(-6, 1, 22)  # of the ridge, as shares of the mean eigenvalue


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """w `[N, W]` and the features `[N, F]` of what is drawn of them; how features become w.

    `quality` is the correlation of the guessed w with the true one, of pictures that the guess had not seen.
    """

    w: Floats
    features: Floats
    mean: Floats  # [F]
    dual: Floats  # [N, W]: a guess is the mean w and (features - mean) · seen featuresᵀ · dual
    quality: float

    def guess(self, features: Floats) -> Floats:
        """Guess w `[M, W]` of features `[M, F]`."""
        kernel = (features - self.mean) @ (self.features - self.mean).T  # [M, N]
        guessed: Floats = (self.w.mean(axis=0) + kernel @ self.dual).astype(np.float32)
        return guessed

    def nearest(self, features: Floats) -> int:
        """Name the row that looks most like features `[F]`."""
        return int(np.square(self.features - features).sum(axis=1).argmin())


def looked(G: Generator, looker: Looker, of: Spread, *, count: int) -> Iterator[Floats]:
    """Draw the first `count` of the fixed w and look at them: features `[n, F]`, some at a time."""
    device = G.mapping.w_avg.device
    for at in range(0, min(count, len(of.w)), AT_A_TIME):
        yield seen(looker, small(G, torch.from_numpy(of.w[at : min(at + AT_A_TIME, count)]).to(device)))


@torch.no_grad()
def seen(looker: Looker, pictures: Tensor) -> Floats:
    """Features `[N, F]` of pictures `[N, 3, R, R]`."""
    found: Floats = pooled(looker.look(pictures)).cpu().numpy()
    return found


def as_small(G: Generator, pictures: Tensor) -> Tensor:
    """Make pictures `[N, 3, R, R]` as small as those that were looked at: `[N, 3, r, r]`."""
    to = side(G.config)
    if pictures.shape[-1] == to:
        return pictures
    return F.interpolate(pictures, size=(to, to), mode="bicubic", align_corners=False, antialias=True).clamp(-1, 1)


def remembered(of: Spread, features: Sequence[Floats]) -> Memory:
    """Make a memory of all features that `looked` gave, and learn to guess."""
    x = np.concatenate(features).astype(np.float16).astype(np.float32)  # as they are kept, so that it is the same again
    w = of.w[: len(x)]
    dual, quality = encoder(x.astype(np.float64), w.astype(np.float64))
    return Memory(w=w, features=x, mean=x.mean(axis=0), dual=dual.astype(np.float32), quality=quality)


def encoder(x: Values, y: Values) -> tuple[Values, float]:
    """Minimise |y - x b|^2 + s |b|^2 for x `[N, F]` and y `[N, W]` less their means, in its dual form b = xᵀ a.

    s is the one that predicts best what it has not seen: the error of a row that was left out is that of the fit over
    1 - h, h the diagonal of the hat matrix (Golub, Heath & Wahba 1979). Returns a `[N, W]`, and the correlation of w
    with its prediction by the other rows, over all numbers of all rows.
    """
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    values, U = np.linalg.eigh(x @ x.T)
    values, along = values.clip(0), U.T @ y
    best: tuple[float, float] | None = None
    for strength in STRENGTHS * max(float(values.mean()), 1e-12):
        shrunk = values / (values + strength)
        left = (y - U @ (shrunk[:, None] * along)) / (1 - (U**2 @ shrunk) - 1 / len(y)).clip(1e-6)[:, None]
        error = float(np.square(left).sum())
        if best is None or error < best[0]:
            predicted = y - left
            both = float(np.sqrt(np.square(predicted).sum() * np.square(y).sum()))
            quality = float((predicted * y).sum()) / both if both > 0 else 0.0
            best = error, strength
    if best is None:
        raise AssertionError("there are strengths to choose from")
    return U @ (along / (values + best[1])[:, None]), quality


def write_features(file: Path, features: Sequence[Floats]) -> None:
    """Keep what was seen for the next time, half as exact; what is there already is replaced whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    with part.open("wb") as opened:
        np.save(opened, np.concatenate(features).astype("<f2"), allow_pickle=False)
    part.replace(file)


def read_features(file: Path, *, count: int) -> Floats | None:
    """Read what was kept; None where there is nothing, or something else."""
    try:
        with file.open("rb") as opened:
            kept = np.load(opened, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    good = kept.ndim == 2 and kept.dtype == np.float16 and len(kept) == count and np.isfinite(kept).all()
    return kept.astype(np.float32) if good else None
