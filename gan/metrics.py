"""How far what a network draws is from its archive, on the features of `gan.features`.

The kernel distance decides: it is unbiased, so it means the same with few pictures as with many. The Fréchet distance
stands beside it; it falls with the number of pictures and compares only at equal numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gan.dataset import Pictures
from gan.features import Extractor, features
from gan.generate import drawn, latents_of
from gan.generator import Generator
from gan.randomness import Stream, counted

Features = NDArray[np.float32]  # [N, F]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]  # [N]
HALVES = 400  # random halves that the interval is taken from


class Distance(NamedTuple):
    """A distance and the interval that holds the true one in 95 of 100 cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measures:
    """Distances of a network to its archive, and how varied its pictures are."""

    kernel: float
    kernel_low: float
    kernel_high: float
    frechet: float
    variety: float
    kernel_to_base: float | None  # to what the base drew; None without one
    pictures: int  # drawn for this, at most
    real_pictures: int


def _half(rng: np.random.Generator, groups: NDArray[np.int64]) -> Mask:
    """Choose half of the groups, and with a group all of its rows."""
    names = np.unique(groups)
    return np.isin(groups, rng.permutation(names)[: max(len(names) // 2, 1)])


def kernel_distance(real: Features, fake: Features, *, photos: Sequence[int] | None = None) -> Distance:
    """Unbiased kernel distance (KID) of features real `[M, F]` and fake `[N, F]`, M and N at least 4.

    The interval comes from random halves of both sides, whose scatter is that of the whole. `photos` names the
    photograph of each real row: views of one photograph stay together, for they are no independent witnesses.
    Raises: ValueError, if there are too few rows.
    """
    if min(len(real), len(fake)) < 4:
        raise ValueError(f"{len(real)} and {len(fake)} pictures are too few to measure a distance; give at least 4")

    def kernel(a: Features, b: Features) -> Values:
        """(a.b / F + 1)^3, the polynomial kernel of KID (Binkowski et al. 2018, Sec. 4)."""
        cube: Values = (a.astype(np.float64) @ b.astype(np.float64).T / a.shape[1] + 1) ** 3
        return cube

    xx, yy, xy = kernel(real, real), kernel(fake, fake), kernel(real, fake)

    def mmd(x: Mask, y: Mask) -> float:
        """Unbiased squared MMD (Gretton et al. 2012, Eq. 3) of the rows that the masks choose."""
        m, n = int(x.sum()), int(y.sum())
        within_x = (x @ xx @ x - xx.diagonal()[x].sum()) / (m * (m - 1))
        within_y = (y @ yy @ y - yy.diagonal()[y].sum()) / (n * (n - 1))
        return float(within_x + within_y - 2 * (x @ xy @ y) / (m * n))

    value = mmd(np.ones(len(real), bool), np.ones(len(fake), bool))
    groups = np.arange(len(real)) if photos is None else np.asarray(photos)
    rng = np.random.default_rng(0)
    masks = [(_half(rng, groups), _half(rng, np.arange(len(fake)))) for _ in range(HALVES)]
    halves = [mmd(x, y) for x, y in masks if x.sum() > 1]
    off = np.quantile(np.array(halves) - np.mean(halves), [0.025, 0.975]) if halves else np.zeros(2)
    return Distance(value=value, low=value - float(off[1]), high=value - float(off[0]))


def frechet_distance(real: Features, fake: Features) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Heusel et al. 2017, Eq. 6) of features `[M, F]` and `[N, F]`.

    The last trace is the sum of the singular values of A B^T, where S1 = A^T A and S2 = B^T B; a triangular factor
    stands for A and B where there are more rows than features.
    """
    a, b = (side.astype(np.float64) for side in (real, fake))
    means = a.mean(axis=0), b.mean(axis=0)
    a, b = (a - means[0]) / np.sqrt(len(a) - 1), (b - means[1]) / np.sqrt(len(b) - 1)
    power = float((a**2).sum() + (b**2).sum())
    factors: list[Any] = [side if len(side) <= side.shape[1] else np.linalg.qr(side, mode="r") for side in (a, b)]
    cross = float(np.linalg.norm(factors[0] @ factors[1].T, "nuc"))
    return float(((means[0] - means[1]) ** 2).sum()) + power - 2 * cross


def variety(fake: Features) -> float:
    """Mean of 1 - cosine over all pairs of pictures `[N, F]`: 0 where all are the same picture."""
    unit = fake.astype(np.float64) / np.linalg.norm(fake, axis=1, keepdims=True).clip(1e-12)
    n = len(unit)
    return float((n * n - (unit.sum(axis=0) ** 2).sum()) / (n * (n - 1)))


class Reals(NamedTuple):
    """Features of the pictures that a network is measured against, and their photographs."""

    features: Features
    photos: Sequence[int]


def reals(network: Extractor, pictures: Pictures, *, count: int = 250, seed: int = 0) -> Reals:
    """Features of `count` pictures of a dataset, chosen by the seed, or of all where there are fewer."""
    rows = np.sort(counted(seed, Stream.CHOICE).permutation(len(pictures))[:count])
    return Reals(features(network, pictures.rows[rows]), tuple(pictures.photos[row] for row in rows))


def drawn_features(network: Extractor, G_ema: Generator, *, count: int = 250, seed: int = 0) -> Features:
    """Features `[count, F]` of what it draws of fixed latents, untruncated, with constant noise and labels in turn."""
    return features(network, drawn(G_ema, latents_of(G_ema, count, seed=seed, stream=Stream.MEASURE)))


def measure(
    G_ema: Generator, *, network: Extractor, real: Reals, base: Features | None = None, count: int = 250, seed: int = 0
) -> Measures:
    """Measure what `G_ema` draws of `count` fixed latents against `real`, and against what the base drew of them.

    Raises: ValueError, if there are fewer than 4 pictures on a side.
    """
    fake = drawn_features(network, G_ema, count=count, seed=seed)
    kernel = kernel_distance(real.features, fake, photos=real.photos)
    frechet, to_base = (
        frechet_distance(real.features, fake),
        None if base is None else kernel_distance(base, fake).value,
    )
    return Measures(*kernel, frechet, variety(fake), to_base, pictures=count, real_pictures=len(real.photos))
