"""Moments in their order, with the reasons in words."""

from typing import Any

import numpy as np
import pytest

from kinds.train.ranking import expectation, line, ranked, variety_of


def measured(kernel: float, variety: float = 0.5, of_archive: float | None = 0.5) -> dict[str, Any]:
    return {"kernel": kernel, "variety": variety} | ({} if of_archive is None else {"variety_of_archive": of_archive})


MEASURES: dict[int, dict[str, Any] | None] = {
    0: measured(0.5),
    100: measured(0.2),
    200: measured(0.1),
    300: measured(0.15, 0.2),
}


def test_the_measures_expect_what_is_near_and_various() -> None:
    near, far, dull, unknown = measured(0.1), measured(0.4), measured(0.1, variety=0.2), None
    expected = expectation([near, far, dull, unknown])
    assert expected[0] > expected[2] > expected[1]
    assert expected[3] == 0
    assert (expected[:3].mean(), expected[:3].std()) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


def test_more_variety_than_the_archive_is_no_merit_and_a_distance_below_zero_is_none() -> None:
    same = expectation([measured(0.0), measured(-0.01), measured(0.0, variety=0.9)])
    np.testing.assert_array_equal(same, 0)


def test_variety_is_told_against_the_archive_where_that_is_known() -> None:
    assert variety_of(measured(0.1, 0.4)) == pytest.approx(0.8)
    assert variety_of(measured(0.1, of_archive=None)) is None
    assert variety_of(measured(0.1, of_archive=0.0)) is None
    assert variety_of(None) is None


def test_without_choices_the_measures_speak() -> None:
    found, _ = ranked(MEASURES, {})
    assert [one.step for one in found.standings] == [200, 100, 300, 0]
    assert (found.best, found.agree, found.certainty) == (200, None, "likely")
    assert found.why == "What the measures say: nearness to the archive, and variety. Nothing was chosen yet."
    assert found.standings[0].why == "Nearest to the archive, as various as it."
    assert found.standings[2].why == "Second nearest to the archive, 40 % as various as it."


def test_choices_decide_and_the_measures_agree_or_not() -> None:
    agreed, _ = ranked(MEASURES, {(200, 0, "left"): 6, (100, 200, "right"): 8})
    assert (agreed.best, agreed.agree, agreed.why) == (200, True, "The choice of 14 pairs; the measures agree.")
    assert agreed.standings[0].why == "Chosen in 14 of 14 pairs; nearest to the archive, as various as it."
    other, _ = ranked(MEASURES, {(0, 200, "left"): 9, (0, 100, "left"): 9, (300, 0, "right"): 9})
    assert (other.best, other.agree, other.certainty) == (0, False, "sure")
    assert other.why == "The choice of 27 pairs; the measures would take step 200."
    first = other.standings[0]
    assert (first.rank, first.measured_rank, first.chosen, first.passed, first.neither) == (1, 4, 27, 0, 0)
    assert first.low < first.strength < first.high
    assert sum(one.chance for one in other.standings) == pytest.approx(1)


def test_one_choice_and_neither_have_words_of_their_own() -> None:
    one, _ = ranked(MEASURES, {(200, 0, "left"): 1})
    assert one.why == "The choice of one pair; the measures agree."
    assert one.standings[0].why.startswith("Chosen once; nearest")
    assert one.standings[-1].why.startswith("Passed over once; fourth nearest")
    none, _ = ranked(MEASURES, {(200, 0, "neither"): 5})
    assert none.why == "Of 5 pairs you would keep neither; the measures agree."
    assert [one.neither for one in none.standings if one.step in (0, 200)] == [5, 5]


def test_without_measures_choices_stand_alone_and_without_both_nobody_can_say() -> None:
    bare: dict[int, dict[str, Any] | None] = {0: None, 100: {"frechet": 3.0}}
    found, belief = ranked(bare, {})
    assert (found.best, found.certainty, found.agree) == (None, None, None)
    assert found.why == "Nothing was measured, and nothing was chosen yet."
    assert belief is not None
    chosen, _ = ranked(bare, {(0, 100, "right"): 3})
    assert (chosen.best, chosen.agree, chosen.why) == (100, None, "The choice of 3 pairs; nothing was measured.")
    assert chosen.standings[0].why == "Chosen in 3 of 3 pairs; not measured."


def test_choices_about_a_moment_that_is_gone_still_tell_of_the_others() -> None:
    tally = {(100, 50, "left"): 9, (50, 0, "left"): 9}
    bare: dict[int, dict[str, Any] | None] = {0: None, 100: None}
    found, belief = ranked(bare, tally)
    assert [one.step for one in found.standings] == [100, 0]
    assert found.standings[0].chance > 0.8
    assert line(bare, tally) == [0, 50, 100]
    assert belief is not None
    assert belief.best[1] == 0


def test_no_moment_is_no_ranking() -> None:
    found, belief = ranked({}, {(0, 10, "left"): 3})
    assert (list(found.standings), found.best, found.why, belief) == ([], None, "No moment is there yet.", None)
