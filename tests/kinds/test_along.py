"""A course seen through noise: what was measured well stays as it is, what swings by its noise alone is smoothed."""

import numpy as np
import pytest

from kinds.train.along import SHARES, course

STEPS = [0, 10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000]


def swings(seed: int, *, of: float) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).normal(0, of, len(STEPS)))


def test_what_was_measured_well_stays_as_it_is() -> None:
    values = np.linspace(0.7, 0.4, len(STEPS)) ** 2
    found = course(STEPS, values, np.full(len(STEPS), 1e-4))
    np.testing.assert_allclose(found.mean, values, atol=2e-4)
    assert found.drawn.std(axis=0).max() < 2e-4


def test_what_swings_by_its_noise_alone_comes_nearer_to_the_truth() -> None:
    gained = []
    for seed in range(40):
        values = 0.4 + swings(seed, of=0.05)
        found = course(STEPS, values, np.full(len(STEPS), 0.05))
        gained.append(np.abs(found.mean - 0.4).mean() / np.abs(values - 0.4).mean())
    assert np.mean(gained) < 0.6


def test_a_step_that_the_noise_cannot_explain_is_kept() -> None:
    values = np.where(np.arange(len(STEPS)) < 6, 0.7, 0.4) + swings(0, of=0.005)
    found = course(STEPS, values, np.full(len(STEPS), 0.01))
    assert found.mean[5] > 0.65
    assert found.mean[6] < 0.45


def test_without_an_interval_neighbours_say_how_noisy_it_is() -> None:
    values = 0.4 + swings(3, of=0.05)
    found = course(STEPS, values, None)
    assert found.mean.std() < values.std()
    assert 0.005 < found.drawn.std(axis=0).mean() < 0.1


def test_draws_are_those_of_the_dense_gaussian() -> None:
    values, noise = np.array([0.1, 0.4, 0.2, 0.5]), np.full(4, 0.2)
    found = course([0, 1, 5, 30], values, noise)
    spread = np.cov(found.drawn.T)
    # P^-1 times what was told is the mean: the two agree on which share of the noise was taken.
    shares = [np.abs(spread @ (values / (share * noise**2)) - found.mean).max() for share in SHARES]
    assert min(shares) < 0.05
    np.testing.assert_allclose(found.drawn.mean(axis=0), found.mean, atol=0.02)
    np.testing.assert_array_equal(found.drawn, course([0, 1, 5, 30], values, noise).drawn)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_one_two_and_equal_values_are_borne(noise: float) -> None:
    assert course([5], np.array([0.3]), np.array([noise])).mean == pytest.approx(0.3)
    assert course([5, 9], np.array([0.3, 0.3]), np.full(2, noise)).mean == pytest.approx(0.3)
    assert course(STEPS, np.full(len(STEPS), 0.0), None).mean == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(course(STEPS, np.full(len(STEPS), 7.0), np.full(len(STEPS), noise)).drawn).all()
