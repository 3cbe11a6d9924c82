"""Directions learnt from facts: what is told by w is found again, what is not is not offered."""

import numpy as np
import pytest

from latent.facts import FOLDS, LEAST_PHOTOS, Fact, held_out, learn
from latent.spread import Floats, Spread, Values, within
from latent.traits import ridge

WIDE, PHOTOS = 16, 200


def w_of(count: int = PHOTOS, *, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).standard_normal((count, WIDE)).astype(np.float32)


def spread_of(w: Floats) -> Spread:
    return Spread(w=w, own=within(w.astype(np.float64), 1), labels=1)


def fact(values: Values, *, groups: object = None) -> Fact:
    rows = list(range(len(values)))
    return Fact(kind="year", position=0, name="Later years", rows=rows, values=values, groups=np.array(groups or rows))


def test_a_fact_that_w_tells_is_found_with_its_direction() -> None:
    w = w_of()
    told = learn(fact(2 * w[:, 3].astype(np.float64) + 5), w, spread_of(w), num_ws=6)
    assert told is not None
    assert told.direction is not None
    assert told.correlation > 0.99
    assert told.direction.vector[3] > 0.99  # plus is more of it
    assert (told.direction.layers, told.direction.name) == ((0, 5), "Later years")
    assert told.direction.share == pytest.approx(told.correlation**2)
    assert told.direction.deviation == pytest.approx(float(w[:, 3].std(ddof=1)), rel=0.1)


def test_a_fact_that_says_nothing_is_not_offered() -> None:
    w = w_of()
    for seed in range(1, 6):
        told = learn(fact(np.random.default_rng(seed).standard_normal(PHOTOS)), w, spread_of(w), num_ws=6)
        assert told is not None
        assert told.direction is None
        assert abs(told.correlation) < 0.3


def test_a_day_that_is_only_recognised_tells_nothing_of_the_year() -> None:
    """Twenty days, each with a look of its own, and a year that has nothing to do with it."""
    rng = np.random.default_rng(0)
    days = np.repeat(np.arange(20), 10)
    w = (3 * rng.standard_normal((20, WIDE))[days] + 0.1 * rng.standard_normal((PHOTOS, WIDE))).astype(np.float32)
    years = rng.integers(1970, 2020, 20).astype(np.float64)[days]
    alone = learn(fact(years), w, spread_of(w), num_ws=6)
    together = learn(fact(years, groups=days.tolist()), w, spread_of(w), num_ws=6)
    assert alone is not None
    assert together is not None
    assert alone.direction is not None  # the trap: a photograph of the same day has given it away
    assert together.direction is None


@pytest.mark.parametrize("few", ["photographs", "days", "years"])
def test_too_little_is_no_answer(few: str) -> None:
    count = LEAST_PHOTOS - 1 if few == "photographs" else PHOTOS
    w = w_of(count)
    values = np.full(count, 1991.0) if few == "years" else w[:, 0].astype(np.float64)
    groups = [row % 5 for row in range(count)] if few == "days" else None
    assert learn(fact(values, groups=groups), w, spread_of(w), num_ws=6) is None


def test_facts_are_predicted_together_as_each_alone() -> None:
    w, rng = w_of().astype(np.float64), np.random.default_rng(1)
    ys = np.stack([w[:, 0] + rng.standard_normal(PHOTOS), w[:, 1], rng.standard_normal(PHOTOS)], axis=1)
    folds = np.arange(PHOTOS) % FOLDS
    together = held_out(w, ys, folds)
    for number, y in enumerate(ys.T):
        predicted = np.zeros(PHOTOS)
        for fold in range(FOLDS):
            seen = folds != fold
            weights, _ = ridge(w[seen] - w[seen].mean(axis=0), y[seen] - y[seen].mean())
            predicted[~seen] = (w[~seen] - w[seen].mean(axis=0)) @ weights
        assert together[number] == pytest.approx(float(np.corrcoef(predicted, y)[0, 1]), abs=1e-9)
