"""Directions in W learnt from facts of photographs: the hour, the year, the album, how light it is.

The w of a photograph is guessed (`latent.memory`), a fact is predicted from it by ridge regression, and a direction is
kept only where the prediction holds for photographs that it has not seen, and better than it does for shuffled facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan.randomness import Stream, counted
from latent.directions import Direction, Kind
from latent.spread import Floats, Spread, Values
from latent.traits import STRENGTHS, ridge

FOLDS = 5
SHUFFLES = 199  # what is offered beats all of them: one fact in 200 that says nothing does so by chance
LEAST_PHOTOS, LEAST_GROUPS = 40, 10
LEAST = 0.02  # share of what a fact says that has to be seen: less is not worth a slider


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What is known of photographs: `values` `[M]`, of the `rows` `[M]` of all of them.

    Those of one group (`groups` `[M]`) are no independent witnesses, as a day's are of the year: they are learnt from
    together, or left out together.
    """

    kind: Kind
    position: int
    name: str
    rows: Sequence[int]
    values: Values
    groups: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """How well a fact is told by w: the correlation with its prediction, of photographs left out; and by chance."""

    fact: Fact
    correlation: float
    by_chance: float  # the best of the shuffled facts
    direction: Direction | None


def learn(fact: Fact, w: Floats, of: Spread, *, num_ws: int) -> Learnt | None:
    """Learn a direction of all layers from w `[N, W]`, plus being more of the fact. None, where too little is known."""
    x, y = w[list(fact.rows)].astype(np.float64), fact.values
    groups = np.unique(fact.groups, return_inverse=True)[1]
    if len(y) < LEAST_PHOTOS or groups.max() + 1 < LEAST_GROUPS or np.ptp(y) == 0:
        return None
    folds = _folds(groups)
    rng = counted(0, Stream.CHOICE, step=1)
    shuffled = [_shuffled(y, groups, rng) for _ in range(SHUFFLES)]
    score, *chances = held_out(x, np.stack([y, *shuffled], axis=1), folds).tolist()
    by_chance = max(chances)
    if score <= by_chance or score**2 < LEAST:
        return Learnt(fact=fact, correlation=score, by_chance=by_chance, direction=None)
    weights, _ = ridge(x - x.mean(axis=0), y - y.mean())
    vector = weights / max(float(np.linalg.norm(weights)), 1e-12)
    direction = Direction(
        kind=fact.kind,
        position=fact.position,
        layers=(0, num_ws - 1),
        vector=vector.astype(np.float32),
        deviation=float(of.deviations(vector[None])[0]),
        share=score**2,
        name=fact.name,
    )
    return Learnt(fact=fact, correlation=score, by_chance=by_chance, direction=direction)


def held_out(x: Values, ys: Values, folds: NDArray[np.int64]) -> Values:
    """Correlate each of the facts ys `[M, K]` with what the other folds (`folds` `[M]`) predict of it from x `[M, W]`.

    Returns: `[K]`; 0 where nothing is predicted.
    """
    predicted = np.zeros_like(ys)
    for fold in range(FOLDS):
        left = folds == fold
        if left.any() and not left.all():
            predicted[left] = _predicted(x[~left], ys[~left], x[left])
    a, b = predicted - predicted.mean(axis=0), ys - ys.mean(axis=0)
    power = np.sqrt(np.square(a).sum(axis=0) * np.square(b).sum(axis=0))
    found: Values = np.where(power > 1e-12, (a * b).sum(axis=0) / power.clip(1e-12), 0.0)
    return found


def _predicted(x: Values, ys: Values, of: Values) -> Values:
    """Predict facts of w `[L, W]` from x `[M, W]` and ys `[M, K]`, by the ridge that predicts each best (see `ridge`).

    Less their mean: over folds of unlike means that would correlate the wrong way.
    """
    mean, centred = x.mean(axis=0), ys - ys.mean(axis=0)
    U, d, Vt = np.linalg.svd(x - mean, full_matrices=False)
    along, leverage = U.T @ centred, U**2
    best, kept = np.full(ys.shape[1], np.inf), np.zeros((len(d), ys.shape[1]))
    for strength in STRENGTHS * max(d[0], 1e-12) ** 2:
        shrunk = d**2 / (d**2 + strength)
        left = (centred - U @ (shrunk[:, None] * along)) / (1 - leverage @ shrunk - 1 / len(x)).clip(1e-6)[:, None]
        errors = np.square(left).sum(axis=0)
        better = errors < best
        best[better] = errors[better]
        kept[:, better] = (d / (d**2 + strength))[:, None] * along[:, better]
    predicted: Values = (of - mean) @ Vt.T @ kept
    return predicted


def _folds(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Deal whole groups `[M]` out to folds, the largest first, each to the fold that has least."""
    sizes = np.bincount(groups)
    of_group, filled = np.zeros(len(sizes), np.int64), np.zeros(FOLDS, np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        of_group[group] = filled.argmin()
        filled[of_group[group]] += sizes[group]
    return of_group[groups]


def _shuffled(y: Values, groups: NDArray[np.int64], rng: np.random.Generator) -> Values:
    """Give each group the mean of another one: what groups have in common stays, and says nothing any more."""
    sums, sizes = np.bincount(groups, weights=y), np.bincount(groups)
    means = sums / sizes
    shuffled: Values = y - means[groups] + rng.permutation(means)[groups]
    return shuffled
