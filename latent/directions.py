"""Directions in W along which what a network draws changes, found without labels.

SeFa reads them from the weights, GANSpace from how the w spread. `latent.traits` learns others from pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from gan.generator import Generator, Synthesis
from gan.layers import FullyConnected
from latent.point import layers_of
from latent.spread import Floats, Spread, Values

Kind = Literal["sefa", "ganspace", "brightness", "warmth", "contrast", "time_of_day", "year", "album", "photo_light"]
Layers = tuple[int, int]  # the first and the last one
SEFA_OF_EACH, GANSPACE_OF_ALL = 4, 8
ALIGNED = 0.8  # |cosine|, from which on two directions are taken for the same one
SIGNLESS = ("sefa", "ganspace")  # nothing says which end of these is plus


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """A place's w of these layers moves by amount * deviation * vector, so that an amount of 1 is as usual for each.

    vector `[W]` has length 1; `deviation` is the standard deviation of w along it; `share` is how much of the whole is
    in it: of what the weights do (SeFa), of the variance of w (GANSpace), of what is seen in pictures (traits), of what
    a fact says of photographs that were left out. Of each kind the strongest is at position 0, range by range; an
    album's position is its own.
    """

    kind: Kind
    position: int
    layers: Layers
    vector: Floats
    deviation: float
    share: float
    name: str | None = None  # of one that says by itself what it is about


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A direction of an earlier moment that its owner has given a name."""

    name: str
    kind: str
    layers: Layers
    vector: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """A direction, perhaps turned around, and which of the named ones it goes on from, with the cosine before that."""

    direction: Direction
    named: int | None = None
    cosine: float = 0.0


def found(G_ema: Generator, of: Spread) -> list[Direction]:
    """Find directions without looking at a picture: by SeFa of shape, form and colour, by GANSpace of all layers."""
    every = (0, G_ema.num_ws - 1)
    made: list[Direction] = []
    for part in ("shape", "form", "colour"):
        first, after = layers_of(part, G_ema.num_ws)
        layers = first, after - 1
        made += _directions("sefa", *sefa(G_ema, layers=layers, count=SEFA_OF_EACH), of, layers, first=len(made))
    return made + _directions("ganspace", *ganspace(of, count=GANSPACE_OF_ALL), of, every)


def sefa(G_ema: Generator, *, layers: Layers, count: int) -> tuple[Values, Values]:
    """Give the closed form (Shen & Zhou 2021, Eq. 4): unit n `[D, W]` that maximise |A n|^2, orthogonal to each other.

    They are the eigenvectors of A^T A with the largest eigenvalues, A `[C, W]` being the affine weights of `layers`,
    one below the other. Returns them and their shares `[D]` of the sum of all eigenvalues; those of 0 are left out.
    """
    affine = affines(G_ema.synthesis)[layers[0] : layers[1] + 1]
    A = np.concatenate([one.weight.detach().cpu().numpy().astype(np.float64) * one.weight_gain for one in affine])
    return _largest(A.T @ A, count)


def ganspace(of: Spread, *, count: int) -> tuple[Values, Values]:
    """Give principal components `[D, W]` of w (Härkönen et al. 2020, Sec. 2.1), and their shares `[D]` of variance."""
    return _largest(of.covariance, count)


def affines(synthesis: Synthesis) -> list[FullyConnected]:
    """What reads the w of each of the L layers: its convolution, or in the last one, without one, the step to RGB."""
    blocks = [synthesis.block(resolution) for resolution in synthesis.resolutions]
    convolutions = [layer for block in blocks for layer in (block.conv0, block.conv1) if layer is not None]
    last = blocks[-1].torgb
    if last is None:
        raise ValueError("the last block always draws")
    return [*(layer.affine for layer in convolutions), last.affine]


def followed(directions: Sequence[Direction], named: Sequence[Named]) -> list[Followed]:
    """Say which directions go on from named ones, the nearest moments first: of the same kind and layers, |cos| >= 0.8.

    Each goes on from one at most, and a name is given once. Where nothing says which end is plus, a direction is turned
    to the side of the one that it goes on from: what leads towards winter still does.
    """
    told = [Followed(direction=direction) for direction in directions]
    given: set[str] = set()
    for number, one in enumerate(named):
        if one.name in given:
            continue
        cosines = [_alike(each.direction, one) if each.named is None else 0.0 for each in told]
        best = max(range(len(told)), key=lambda i: abs(cosines[i]), default=None)
        if best is None or abs(cosines[best]) < ALIGNED:
            continue
        direction, cosine = told[best].direction, cosines[best]
        if cosine < 0:
            direction = replace(direction, vector=-direction.vector)
        told[best] = Followed(direction=direction, named=number, cosine=cosine)
        given.add(one.name)
    return told


def write_vector(file: Path, vector: Floats) -> Path:
    """Write a direction's vector `[W]`."""
    with file.open("wb") as opened:
        np.save(opened, vector.astype("<f4"), allow_pickle=False)
    return file


def read_vector(file: Path) -> Floats:
    """Read a direction's vector `[W]`. Raises: ValueError, if it is none; OSError."""
    with file.open("rb") as opened:
        vector = np.load(opened, allow_pickle=False)
    if vector.ndim != 1 or vector.dtype != np.float32 or not np.isfinite(vector).all():
        raise ValueError(f"{file} holds no vector of numbers")
    return np.asarray(vector, dtype=np.float32)


def signed(vectors: Values) -> Values:
    """Turn vectors `[D, W]` so that the largest number of each is positive: an eigenvector has no sign of its own."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
    turned: Values = vectors * np.where(largest < 0, -1.0, 1.0)
    return turned


def _largest(matrix: Values, count: int) -> tuple[Values, Values]:
    """Eigenvectors `[D, W]` of a symmetric matrix with the largest eigenvalues, and the share `[D]` of each in all."""
    values, columns = np.linalg.eigh(matrix)
    kept = [i for i in np.argsort(-values, kind="stable")[:count] if values[i] > 1e-9 * values.max()]
    return signed(columns.T[kept]), values[kept] / values.clip(0).sum()


def _directions(
    kind: Kind, vectors: Values, shares: Values, of: Spread, layers: Layers, *, first: int = 0
) -> list[Direction]:
    deviations = of.deviations(vectors)
    return [
        Direction(
            kind=kind,
            position=first + i,
            layers=layers,
            vector=vector.astype(np.float32),
            deviation=float(deviations[i]),
            share=float(shares[i]),
        )
        for i, vector in enumerate(vectors)
    ]


def _alike(direction: Direction, named: Named) -> float:
    if (direction.kind, direction.layers) != (named.kind, named.layers) or len(direction.vector) != len(named.vector):
        return 0.0
    cosine = float(direction.vector @ named.vector)
    return cosine if direction.kind in SIGNLESS else max(cosine, 0.0)
