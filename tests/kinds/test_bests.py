"""Three bests: each by its measure, no surer than the noise allows, and none where there is none."""

from math import nan
from typing import Any

import pytest

from kinds.train.bests import Best, bests, passed

Measured = dict[int, dict[str, Any] | None]
WAY = {0: 0.0, 10: 0.1, 20: 0.2, 50: 0.35, 100: 0.5, 200: 0.65, 300: 0.72, 400: 0.75}  # of the way, by step
APART = 0.7  # length from base to archive


def at(x: float, *, noise: float = 0.004, variety: float = 0.4) -> dict[str, Any]:
    """What is measured of a moment that stands at this share of the way."""
    kernel, to_base = ((1 - x) * APART) ** 2, (x * APART) ** 2
    return {
        "kernel": kernel,
        "kernel_low": kernel - noise,
        "kernel_high": kernel + noise,
        "kernel_to_base": to_base,
        "kernel_to_base_low": to_base - noise,
        "kernel_to_base_high": to_base + noise,
        "variety": variety,
        "variety_low": variety - noise,
        "variety_high": variety + noise,
        "variety_of_archive": 0.5,
    }


def trained(**changed: Any) -> Measured:
    return {step: at(x, variety=0.3 + 0.1 * x, **changed) for step, x in WAY.items()}


def in_between(measures: Measured, **told: Any) -> Best:
    return bests(measures, from_base=True, **told)[2]


def test_three_bests_are_named_with_reasons() -> None:
    near, various, between = bests(trained(), from_base=True)
    assert (near.name, near.step, near.certainty) == ("likeness", 400, "sure")
    assert near.why == "The nearest to your photographs: a distance of 0.031 (0.027 to 0.035)."
    assert (various.name, various.step) == ("variety", 400)
    assert various.why.startswith("Its pictures differ most from each other: 75 % as much as your photographs do.")
    assert (between.name, between.step, between.certainty, between.alike) == ("in_between", 100, "sure", [])
    assert between.why == "About as far from what it knew before as from your photographs."


def test_the_noise_of_one_moment_names_no_other() -> None:
    measures = trained(noise=0.05)
    measures[200] = at(0.52, noise=0.05)  # it swings back by less than its noise
    between = in_between(measures)
    assert between.step in (100, 200)
    assert between.certainty != "sure"
    assert {100, 200} <= {between.step, *between.alike}
    assert "It cannot be told apart from step" in between.why


def test_what_cannot_be_told_apart_is_counted_where_it_is_much() -> None:
    flat = {step: at(0.5, noise=0.05) for step in range(10, 100, 10)}
    near, _, _ = bests({0: at(0.0), **flat}, from_base=True)
    assert near.certainty == "open"
    assert len(near.alike) == 8
    assert near.why.endswith("It cannot be told apart from 8 others.")


def test_in_between_lies_strictly_between_by_both_distances() -> None:
    measures = trained()
    measures[100] = at(0.5) | {"kernel_to_base": (0.9 * APART) ** 2, "kernel": (0.9 * APART) ** 2}  # far from both
    between = in_between(measures)
    assert between.step in (50, 200)
    for name, falls in (("kernel", True), ("kernel_to_base", False)):
        first, own, last = ((measures[step] or {})[name] for step in (0, between.step or 0, 400))
        assert (first > own > last) if falls else (first < own < last)


@pytest.mark.parametrize(
    ("measures", "why"),
    [
        ({}, "Nothing was learnt yet."),
        ({0: None, 10: {"frechet": 3.0}}, "No moment is measured yet."),
        ({0: at(0.0)}, "In between takes three moments"),
        ({0: at(0.0), 400: at(0.75)}, "In between takes three moments"),
        ({0: at(0.0), 10: at(0.1), 20: at(0.2), 50: at(0.3)}, "The last moment is the one most in between"),
        ({100: at(0.5), 200: at(0.6), 300: at(0.7)}, "It had gone past the middle before its first moment."),
        ({0: at(0.3), 10: at(0.5), 20: at(0.2)}, "Its last moment is no nearer to your photographs than the first"),
        ({step: at(0.5) for step in (0, 10, 20)}, "Its last moment is no nearer"),
    ],
)
def test_where_there_is_no_moment_in_between_it_is_said_why(measures: Measured, why: str) -> None:
    between = in_between(measures)
    assert between.step is None
    assert between.why.startswith(why)


def test_while_it_learns_the_middle_may_be_still_to_come() -> None:
    between = in_between({0: at(0.0), 10: at(0.1), 20: at(0.2)}, learning=True)
    assert between.why == "It is still on its way: the last moment is the one most in between so far."


def test_from_nothing_there_is_nothing_to_be_between_of() -> None:
    bare = {name: value for name, value in at(0.5).items() if not name.startswith("kernel_to_base")}
    near, various, between = bests({0: bare | {"kernel": 0.9}, 10: bare}, from_base=False)
    assert (near.step, various.step is not None, between.step) == (10, True, None)
    assert between.why.startswith("It began from nothing")


def test_what_it_began_with_is_no_best() -> None:
    near, various, _ = bests({0: at(0.9, variety=0.9), 10: at(0.2, variety=0.4)}, from_base=True)
    assert (near.step, various.step) == (10, 10)
    only = bests({0: at(0.0)}, from_base=True)
    assert [best.step for best in only] == [None, None, None]


def test_measures_that_came_to_no_number_are_passed_over() -> None:
    measures = trained()
    measures[100] = dict.fromkeys(at(0.5), nan)
    measures[50] = at(0.35) | {"kernel_to_base": None, "variety": None, "kernel_low": nan}
    near, various, between = bests(measures, from_base=True)
    assert (near.step, various.step, between.step) == (400, 400, 200)
    assert "nan" not in "".join(best.why for best in (near, various, between))


def test_what_an_earlier_release_measured_is_enough() -> None:
    new = {"variety_low", "variety_high", "kernel_to_base_low", "kernel_to_base_high"}
    old = {step: {name: v for name, v in (one or {}).items() if name not in new} for step, one in trained().items()}
    near, various, between = bests(old, from_base=True)
    assert (near.step, various.step, between.step) == (400, 400, 100)


def test_distances_at_nought_or_below_are_borne() -> None:
    measures = {0: at(0.0), 10: at(0.3) | {"kernel_to_base": -0.01}, 20: at(0.5), 30: at(1.0) | {"kernel": -0.002}}
    near, _, between = bests(measures, from_base=True)
    assert (near.step, between.step) == (30, 20)


def test_that_it_has_passed_is_told_when_two_moments_are_surely_beyond() -> None:
    measures = trained()
    told = [passed({step: measures[step] for step in measures if step <= last}) for last in WAY]
    assert told == [None, None, None, None, None, None, 100, 100]


def test_that_it_has_passed_is_not_told_while_noise_might_be_all() -> None:
    noisy = trained(noise=0.4)
    assert passed({step: noisy[step] for step in noisy if step <= 300}) is None
    swing = {0: at(0.0), 10: at(0.2), 20: at(0.4), 30: at(0.3), 40: at(0.3)}  # back towards the base, for a while
    assert passed(swing) is None
    assert passed({}) is None
    assert passed({0: None, 10: None}) is None
