"""A measure along a training: what it truly is at each moment, seen through the noise of what was measured.

A moment is measured with pictures enough for an estimate and no more, so that of two moments the better estimate is
not always the better moment. What is measured at moment i is y_i = f_i + e_i, e_i ~ N(0, n s_i^2): s_i is what the
interval of the estimate says, n at most 1 says how much of it differs from one moment to the next. All moments are
measured with the same latents against the same photographs, so most of their error is one and the same and moves no
moment before another. The truth is a Wiener process along u = ln(1 + step), since a training goes on and does not jump:

    f_(i+1) - f_i ~ N(0, q (u_(i+1) - u_i))

q and n are those of a grid that make what was measured most probable. Where neighbours follow each other evenly, n is
small and nothing is smoothed; where they swing by no more than their noise, each is seen in the light of the others.
Given q and n the truth is a Gaussian whose precision is the diagonal 1 / (n s_i^2) and the path's 1 / (q du_i)
(Rasmussen and Williams 2006, App. B.2); what may be said of several moments is counted among draws of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
DRAWS = 2000  # that chances are counted among: to two digits
SHARES = (0.15, 0.25, 0.5, 1.0)  # of the noise, what differs between neighbours
RATES = np.geomspace(1e-3, 1e3, 25)  # of q, in what the values themselves suggest
SURE = 0.975  # of the draws: beyond it, two moments are told apart


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """A measure of N moments: what it truly is, as likely as not."""

    steps: Sequence[int]
    mean: Values  # [N]
    drawn: Values  # [DRAWS, N], courses that are as likely as each other

    def of(self, change: Values) -> Course:
        """Give the course of something that follows from this one: `change` is it of `drawn`, `[DRAWS, N]`."""
        return Course(steps=self.steps, mean=change.mean(axis=0), drawn=change)


def course(steps: Sequence[int], values: Values, noise: Values | None, *, least: float = SHARES[0]) -> Course:
    """Follow `values` `[N]`, N at least 1, over rising steps.

    `noise`: their standard deviations `[N]`; None where nothing is known of them: then what the swings of neighbours
    allow, were they nothing but noise. `least`: of n, where more of the noise is known to differ.
    """
    u = np.log1p(np.asarray(steps, dtype=np.float64))
    deviation = _guessed(values) if noise is None else np.asarray(noise, dtype=np.float64)
    deviation = deviation.clip(1e-6 * max(1e-6, float(np.abs(values).max())))
    q, share = _fitted(np.diff(u), np.diff(values), deviation, least=least)
    links = 1 / (q * np.diff(u))
    told = 1 / (share * deviation**2)
    mean, drawn = _given(told, links, values)
    return Course(steps=tuple(steps), mean=mean, drawn=drawn)


def _guessed(values: Values) -> Values:
    """Say how noisy values are whose intervals nobody knows: two neighbours differ by their noise at most."""
    spread = float(np.median(np.abs(np.diff(values)))) / 2**0.5 if len(values) > 1 else 0.0
    return np.full(len(values), spread)


def _fitted(du: Values, dy: Values, deviation: Values, *, least: float) -> tuple[float, float]:
    """Find q and n that make the increments dy `[N - 1]` most probable; of equals, the smoother course.

    Their covariance is tridiagonal: n (s_i^2 + s_(i+1)^2) + q du_i, and beside it -n s_(i+1)^2. Its Cholesky factor
    is followed for all q and n at once.
    """
    if len(dy) == 0:
        return 1.0, 1.0
    shares = np.array([share for share in SHARES if share >= least])
    rate = float((dy**2).sum() / du.sum()) or float((deviation**2).sum() / du.sum())
    q, share = (grid.ravel() for grid in np.meshgrid(rate * RATES, shares, indexing="ij"))
    variance = deviation**2
    probable, own, rest, beside = np.zeros(len(q)), np.ones(len(q)), np.zeros(len(q)), np.zeros(len(q))
    for index, (step, change) in enumerate(zip(du, dy, strict=True)):
        factor = beside / own
        rest = change - factor * rest
        own = share * (variance[index] + variance[index + 1]) + q * step - factor * beside
        beside = -share * variance[index + 1]
        probable -= (np.log(own) + rest**2 / own) / 2
    best = int((probable >= probable.max() - 1e-9).argmax())
    return float(q[best]), float(share[best])


def _given(told: Values, links: Values, values: Values) -> tuple[Values, Values]:
    """Give the mean `[N]` of the truth and draws of it, `[DRAWS, N]`: always the same of the same.

    Its precision P is tridiagonal: `told` `[N]` and the links on both sides, and beside them -`links` `[N - 1]`. With
    P = R R^T the mean is what solves P x = told values, and R^-T e of a normal e has the covariance P^-1.
    """
    diagonal = told + np.append(links, 0) + np.append(0, links)
    own, below, forward = np.empty(len(told)), np.zeros(len(told)), np.empty(len(told))
    carried = pushed = 0.0
    for index, wanted in enumerate(told * values):
        own[index] = np.sqrt(diagonal[index] - carried**2)
        forward[index] = (wanted - pushed) / own[index]
        below[index] = -links[index] / own[index] if index < len(links) else 0.0
        carried, pushed = below[index], below[index] * forward[index]
    drawn = np.random.default_rng(0).standard_normal((len(told), DRAWS))
    mean = np.empty(len(told))
    later, later_mean = np.zeros(DRAWS), 0.0
    for index in range(len(told) - 1, -1, -1):
        later = drawn[index] = (drawn[index] - below[index] * later) / own[index]
        later_mean = mean[index] = (forward[index] - below[index] * later_mean) / own[index]
    return mean, mean + drawn.T
