"""What blind choices tell of moments, and which pair is asked for next."""

import numpy as np
import pytest

from jobs.ids import new_id
from kinds.train.pairs import FOREMOST, Belief, Values, believed, next_pair, turn_of

STEPS = (0, 10, 20, 50, 100, 200, 300, 400, 500, 600, 800, 1000)


def nothing(count: int = len(STEPS)) -> tuple[Values, Values]:
    return np.zeros(count), np.zeros((count, count))


def test_without_choices_the_strengths_are_what_is_expected() -> None:
    _, wins = nothing()
    expected = np.linspace(-1, 1, len(STEPS))
    belief = believed(STEPS, expected, wins)
    np.testing.assert_allclose(belief.strength, expected, atol=1e-12)
    np.testing.assert_allclose(belief.deviation, 1.5, rtol=1e-9)
    assert belief.best.sum() == pytest.approx(1)
    assert belief.best[-1] > 3 * belief.best[0]


def test_the_strengths_are_where_the_posterior_is_highest() -> None:
    """The gradient of ln P(choices) + ln P(prior) is 0 there, and no step near it is better."""
    rng = np.random.default_rng(3)
    expected, wins = rng.normal(size=6), rng.integers(0, 4, (6, 6)).astype(float)
    np.fill_diagonal(wins, 0)
    steps = (0, 20, 50, 100, 400, 1000)
    belief = believed(steps, expected, wins)
    u = np.log1p(steps)
    prior = 1.5**2 * (0.8 * np.exp(-((u[:, None] - u) ** 2) / (2 * 0.7**2)) + 0.2 * np.eye(6))

    def value(s: Values) -> float:
        won = (wins * -np.log1p(np.exp(s[None, :] - s[:, None]))).sum()
        return float(won - (s - expected) @ np.linalg.solve(prior, s - expected) / 2)

    top = value(belief.strength)
    for near in rng.normal(size=(50, 6)) * 0.01:
        assert value(belief.strength + near) < top
    h, own = 1e-4, np.eye(6)
    second = [
        [
            value(belief.strength + h * (a + b)) - value(belief.strength + h * a) - value(belief.strength + h * b) + top
            for b in own
        ]
        for a in own
    ]
    np.testing.assert_allclose(belief.covariance, np.linalg.inv(-np.array(second) / h**2), rtol=0.02, atol=0.02)


def test_a_choice_tells_of_its_neighbours_too_and_neither_of_none() -> None:
    expected, wins = nothing()
    wins[7, 1] = 3
    belief = believed(STEPS, expected, wins)
    assert belief.strength[7] > belief.strength[6] > 0.3  # 300 lies beside 400
    assert belief.strength[1] < belief.strength[2] < -0.3
    assert belief.deviation[7] < 1.5
    expected, wins = nothing()
    wins[7, 1] = wins[1, 7] = 1.5
    even = believed(STEPS, expected, wins)
    np.testing.assert_allclose(even.strength, 0, atol=1e-9)
    assert even.covariance[7, 1] > belief.covariance[7, 1]  # they are alike


def test_ten_thousand_choices_of_one_kind_are_borne() -> None:
    expected, wins = nothing()
    wins[np.triu_indices(len(STEPS), 1)] = 10_000 / 66  # the earlier one, always
    belief = believed(STEPS, expected, wins)
    assert np.all(np.diff(belief.strength) < 0)
    assert belief.best[0] > 0.99
    assert np.isfinite(belief.strength).all()
    assert np.isfinite(belief.covariance).all()


def test_what_is_gone_is_never_the_best_and_still_tells() -> None:
    expected, wins = nothing()
    wins[7, 4] = wins[4, 10] = 5
    there = [index != 4 for index in range(len(STEPS))]
    belief = believed(STEPS, expected, wins, candidates=there)
    assert belief.best[4] == 0
    assert belief.best.sum() == pytest.approx(1)
    assert belief.strength[7] > belief.strength[4] > belief.strength[10]


def test_one_moment_alone_is_the_best() -> None:
    belief = believed([5], *nothing(1))
    assert belief.best.tolist() == [1.0]


def test_the_pair_is_one_that_is_open_and_may_be_the_best() -> None:
    expected, wins = nothing()
    first = next_pair(believed(STEPS, expected, wins), candidates=range(len(STEPS)))
    assert first[0] != first[1]
    clear = np.array([-4.0, -4.0, -4.0, -4.0, -4.0, 0.0, 4.0, -4.0, -4.0, -4.0, -4.0, 4.0])
    assert set(next_pair(believed(STEPS, clear, wins), candidates=range(len(STEPS)))) == {6, 11}
    assert set(next_pair(believed(STEPS, clear, wins), candidates=[1, 3])) == {1, 3}


def test_a_pair_is_given_where_nothing_is_left_to_learn() -> None:
    sure = Belief(strength=np.zeros(3), covariance=np.zeros((3, 3)), best=np.array([1.0, 0, 0]))
    first, second = next_pair(sure, candidates=range(3))
    assert first != second


def test_of_very_many_moments_a_pair_is_found_among_the_foremost() -> None:
    steps = list(range(0, 4000, 10))
    expected, wins = nothing(len(steps))
    expected[200:210] = 3
    belief = believed(steps, expected, wins)
    assert all(195 <= index < 215 for index in next_pair(belief, candidates=range(len(steps))))
    assert len(steps) > FOREMOST


def test_twenty_choices_find_the_best_sooner_than_pairs_by_chance() -> None:
    """A judge who goes by true strengths, with a peak in the middle, and now and then the other way."""
    truth = -2.0 * (np.log1p(STEPS) - np.log1p(200)) ** 2

    def found(*, wisely: bool, seed: int) -> float:
        rng, wins, expected = np.random.default_rng(seed), np.zeros((12, 12)), np.zeros(12)
        for _ in range(20):
            belief = believed(STEPS, expected, wins)
            by_chance: tuple[int, ...] = tuple(rng.choice(12, 2, replace=False).tolist())
            i, j = next_pair(belief, candidates=range(12)) if wisely else by_chance
            first = rng.random() < 1 / (1 + np.exp(truth[j] - truth[i]))
            wins[i, j] += first
            wins[j, i] += not first
        return float(truth[believed(STEPS, expected, wins).strength.argmax()])

    wise = [found(wisely=True, seed=seed) for seed in range(12)]
    chance = [found(wisely=False, seed=seed) for seed in range(12)]
    assert np.mean(wise) > np.mean(chance)
    assert np.median(wise) > -1.0  # 200 itself, or one beside it


def test_the_same_question_has_the_same_chance_and_the_next_one_another() -> None:
    job = new_id()
    assert turn_of(job, 3).permutation(28).tolist() == turn_of(job, 3).permutation(28).tolist()
    assert turn_of(job, 3).permutation(28).tolist() != turn_of(job, 4).permutation(28).tolist()
