"""Blind choices between pairs of moments: what they say of each moment, and which pair to ask for next.

Each moment i of a training has a strength s_i, and is chosen over j with the probability of Bradley and Terry ("Rank
analysis of incomplete block designs", Biometrika 1952):

    P(i over j) = sigma(s_i - s_j),    sigma(d) = 1 / (1 + exp(-d))

*Neither* counts as half a choice for each. Few choices say little, so the strengths have a prior: a Gaussian process
along the training (Chu and Ghahramani, "Preference learning with Gaussian processes", 2005), whose mean mu is what the
measures expect. Moments that lie near each other are alike, so a choice tells of its neighbours too:

    s ~ N(mu, K),    K_ij = SPREAD^2 * (SHARED * exp(-(u_i - u_j)^2 / (2 REACH^2)) + (1 - SHARED) [i = j])
    u = ln(1 + step)

The most probable strengths are found by Newton's steps; around them the posterior is taken as a Gaussian (Laplace's
approximation; Rasmussen and Williams 2006, Sec. 3.4): with W the curvature of the choices, its covariance is
(K^-1 + W)^-1 = K - K W (I + K W)^-1 K. The chance that a moment is the best one is counted among draws of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
SPREAD = 1.5  # standard deviation of a strength: at twice that, nineteen of twenty choices go one way
SHARED = 0.8  # of the variance, what neighbours have in common
REACH = 0.7  # of that, in u: about a factor of two in steps
DRAWS = 2000  # that chances are counted among: to two digits
ROUNDS = 50  # of Newton's steps, at most; a handful is enough
CLOSE = 1e-9  # a step below it changes nothing
FOREMOST = 48  # moments that are likely the best: a pair is looked for among these
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(16)


@dataclass(frozen=True, kw_only=True, slots=True)
class Belief:
    """What is known of the strengths of N moments, in their order."""

    strength: Values  # [N], the most probable ones
    covariance: Values  # [N, N]
    best: Values  # [N], the chance of being the best one; 0 of those that are no candidates

    @property
    def deviation(self) -> Values:
        """Give the standard deviation of each strength, `[N]`."""
        deviation: Values = np.sqrt(self.covariance.diagonal().clip(0))
        return deviation


def believed(
    steps: Sequence[int], expected: Values, wins: Values, *, candidates: Sequence[bool] | None = None
) -> Belief:
    """Say what choices tell of the moments at `steps`, N of them.

    `expected`: the mean mu of the prior, `[N]`. `wins[i, j]`: how often i was chosen over j, `[N, N]`.
    `candidates`: those that may be the best one; all of them when left out. At least one is.
    """
    prior = _prior(steps)
    # All that choices say lies in the moments that were compared: of the others the prior tells what follows.
    compared = np.flatnonzero((wins + wins.T).any(axis=1))
    within, towards = prior[np.ix_(compared, compared)], prior[:, compared]
    a, curvature = _most_probable(within, expected[compared], wins[np.ix_(compared, compared)])
    told = towards @ curvature @ np.linalg.solve(np.eye(len(compared)) + within @ curvature, towards.T)
    covariance, strength = prior - (told + told.T) / 2, expected + towards @ a
    there = np.flatnonzero(np.ones(len(steps), bool) if candidates is None else np.asarray(candidates))
    drawn = _drawn(strength[there], covariance[np.ix_(there, there)])
    best = np.zeros(len(steps))
    best[there] = np.bincount(drawn.argmax(axis=1), minlength=len(there)) / DRAWS
    return Belief(strength=strength, covariance=covariance, best=best)


def next_pair(belief: Belief, *, candidates: Sequence[int]) -> tuple[int, int]:
    """Give the two of at least two `candidates`, by their index, whose comparison tells most about the best one.

    What a choice tells is the mutual information of its outcome and the strengths (Houlsby et al., "Bayesian active
    learning for classification and preference learning", 2011): H(E[p]) - E[H(p)], p = sigma(d), d the difference of
    the two, a Gaussian. It counts as much as one of the two may be the best.
    """
    order = sorted(candidates, key=lambda index: (-belief.best[index], -belief.strength[index], index))
    among = np.array(sorted(order[:FOREMOST]))
    mean = belief.strength[among][:, None] - belief.strength[among][None, :]
    own = belief.covariance[among, among]
    variance = own[:, None] + own[None, :] - 2 * belief.covariance[np.ix_(among, among)]
    told = _information(mean, variance.clip(0))
    chance = belief.best[among] + 1 / DRAWS  # what was never drawn is not impossible
    worth = np.triu(told * (chance[:, None] + chance[None, :]), k=1)
    first, second = np.unravel_index(int(worth.argmax()), worth.shape) if worth.max() > 0 else (0, 1)
    return int(among[first]), int(among[second])


def turn_of(job_id: UUID, position: int) -> np.random.Generator:
    """Give the chance of one question: two who ask for the same get the same."""
    return np.random.default_rng([job_id.int & (1 << 64) - 1, position])


def _prior(steps: Sequence[int]) -> Values:
    u = np.log1p(np.asarray(steps, dtype=np.float64))
    alike = np.exp(-((u[:, None] - u[None, :]) ** 2) / (2 * REACH**2))
    prior: Values = SPREAD**2 * (SHARED * alike + (1 - SHARED) * np.eye(len(steps)))
    return prior


def _most_probable(prior: Values, expected: Values, wins: Values) -> tuple[Values, Values]:
    """Find where sum(wins ln P) - x K^-1 x / 2 is largest, x = s - mu: a = K^-1 x and the curvature W there.

    K is never inverted: a is carried along, and of a step the new one is b - W x, with b = W x + the gradient.
    """
    x, a = np.zeros(len(expected)), np.zeros(len(expected))
    value = _worth(expected, wins, x, a)
    for _ in range(ROUNDS):
        gradient, curvature = _slopes(expected + x, wins)
        b = curvature @ x + gradient
        to_x = np.linalg.solve(np.eye(len(x)) + prior @ curvature, prior @ b)
        to_a, share = b - curvature @ to_x, 1.0
        while (
            reached := _worth(expected, wins, x + share * (to_x - x), a + share * (to_a - a))
        ) < value and share > CLOSE:
            share /= 2  # too far: back towards where it was
        moved = share * np.abs(to_x - x).max(initial=0.0)
        x, a, value = x + share * (to_x - x), a + share * (to_a - a), max(value, reached)
        if moved < CLOSE:
            break
    return a, _slopes(expected + x, wins)[1]


def _slopes(strength: Values, wins: Values) -> tuple[Values, Values]:
    """Give the gradient, `[N]`, and minus the second derivatives, `[N, N]`, of the choices' log probability."""
    p = _sigma(strength[:, None] - strength[None, :])
    gradient = (wins * p.T - wins.T * p).sum(axis=1)
    weight = (wins + wins.T) * p * p.T
    return gradient, np.diag(weight.sum(axis=1)) - weight


def _worth(expected: Values, wins: Values, x: Values, a: Values) -> float:
    strength = expected + x
    return float(-(wins * np.logaddexp(0, strength[None, :] - strength[:, None])).sum() - x @ a / 2)


def _drawn(strength: Values, covariance: Values) -> Values:
    """Draw strengths, `[DRAWS, N]`: always the same of the same belief."""
    root = np.linalg.cholesky(covariance + 1e-9 * np.eye(len(strength)))
    drawn: Values = np.random.default_rng(0).standard_normal((DRAWS, len(strength))) @ root.T + strength
    return drawn


def _information(mean: Values, variance: Values) -> Values:
    """H(E[p]) - E[H(p)] in nats, of differences with this mean and variance, by Gauss-Hermite quadrature."""
    p = _sigma(mean[..., None] + np.sqrt(variance)[..., None] * NODES)
    share = WEIGHTS / WEIGHTS.sum()
    told: Values = _entropy(p @ share) - _entropy(p) @ share
    return told.clip(0)


def _entropy(p: Values) -> Values:
    p = p.clip(1e-12, 1 - 1e-12)
    entropy: Values = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    return entropy


def _sigma(d: Values) -> Values:
    sigma: Values = 0.5 * (1 + np.tanh(d / 2))  # of any size, without overflow
    return sigma
