"""The moments of a training in their order: what was measured of them, what was chosen, and why, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np

from kinds.train.bests import number
from kinds.train.pairs import Belief, Values, believed

TRUST = 1.0  # strength that one standard deviation of the measures is worth: it is chosen in 73 of 100 pairs
VARIETY = 0.5  # what a lack of variety weighs beside the distance
AS_VARIOUS = 0.97  # of the archive's variety: as various
SURE, LIKELY = 0.9, 0.5
INTERVAL = 1.96  # standard deviations; holds it in 95 of 100 cases

Certainty = Literal["sure", "likely", "open"]
# Of one pair of steps and one outcome ("left", "right", "neither"): how often it was chosen so.
Tally = Mapping[tuple[int, int, str], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one moment stands."""

    step: int
    rank: int  # from 1
    chance: float  # of being the best one
    strength: float
    low: float
    high: float
    measured_rank: int | None
    variety: float | None  # against that of the photographs
    chosen: int
    passed: int  # pairs in which the other one was chosen
    neither: int
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """The moments, best first, and what is known of them all."""

    standings: Sequence[Standing]
    best: int | None  # its step; None where nothing was measured or chosen
    certainty: Certainty | None
    agree: bool | None  # whether the measures name the same one; None where one side says nothing
    why: str


def ranked(measures: Mapping[int, Mapping[str, Any] | None], tally: Tally) -> tuple[Ranking, Belief | None]:
    """Rank the moments that are there, each by its step with what was measured of it; with what is believed of them.

    The belief is of the steps of `line`, and None where there is no moment. Choices about a moment that is gone still
    tell of those that it was compared with.
    """
    if not measures:
        return Ranking(standings=(), best=None, certainty=None, agree=None, why="No moment is there yet."), None
    steps = line(measures, tally)
    expected = expectation([measures.get(step) for step in steps])
    belief = believed(steps, expected, _wins(steps, tally), candidates=[step in measures for step in steps])
    standings = _standings(steps, measures, tally, belief)
    first, choices = standings[0], sum(tally.values())
    known = choices > 0 or first.measured_rank is not None
    agree = first.measured_rank == 1 if choices and first.measured_rank is not None else None
    ranking = Ranking(
        standings=standings,
        best=first.step if known else None,
        certainty=_certainty(first.chance) if known else None,
        agree=agree,
        why=_why(standings, choices, neither=sum(n for (*_, chosen), n in tally.items() if chosen == "neither")),
    )
    return ranking, belief


def line(measures: Mapping[int, Any], tally: Tally) -> list[int]:
    """List the steps of all moments that are there or were compared, in their order."""
    return sorted({*measures, *(step for left, right, _ in tally for step in (left, right))})


def expectation(measures: Sequence[Mapping[str, Any] | None]) -> Values:
    """Say what the measures expect of the strengths, `[N]`: mean 0 and deviation TRUST, 0 of what was not measured.

    q = -z(sqrt(kernel distance)) - VARIETY · z(lack of variety), z in deviations from the mean. The distance is
    squared, so its root is a length; variety lacks where it is below that of the photographs, more of it is no fault.
    """
    measured = np.array([has(one) for one in measures], dtype=bool)
    found = [one for one in measures if one is not None and has(one)]
    length = np.array([sqrt(max(0.0, float(one["kernel"]))) for one in found])
    lack = np.array([max(0.0, 1 - (variety_of(one) or 1.0)) for one in found])
    expected = np.zeros(len(measures))
    expected[measured] = TRUST * _z(-_z(length) - VARIETY * _z(lack))
    return expected


def has(measures: Mapping[str, Any] | None) -> bool:
    """Whether the distance to the archive is known."""
    return number(measures, "kernel") is not None


def variety_of(measures: Mapping[str, Any] | None) -> float | None:
    """Give the variety against that of the photographs: 1 is as various as the archive."""
    own, archive = number(measures, "variety"), number(measures, "variety_of_archive")
    return None if own is None or not archive else own / archive


def _z(values: Values) -> Values:
    spread = float(values.std()) if len(values) else 0.0
    z: Values = (values - values.mean()) / spread if spread > 1e-12 else np.zeros(len(values))
    return z


def _wins(steps: Sequence[int], tally: Tally) -> Values:
    index = {step: place for place, step in enumerate(steps)}
    wins = np.zeros((len(steps), len(steps)))
    for (left, right, chosen), count in tally.items():
        i, j = index[left], index[right]
        for_left = {"left": 1.0, "right": 0.0, "neither": 0.5}[chosen]
        wins[i, j] += for_left * count
        wins[j, i] += (1 - for_left) * count
    return wins


def _standings(
    steps: Sequence[int], measures: Mapping[int, Mapping[str, Any] | None], tally: Tally, belief: Belief
) -> list[Standing]:
    index = {step: place for place, step in enumerate(steps)}
    order = sorted(measures, key=lambda step: (-belief.strength[index[step]], step))
    expected = expectation([measures[step] for step in measures])
    by_measure = sorted(zip(-expected, measures, strict=True))
    measured = [step for _, step in by_measure if has(measures[step])]
    nearest = sorted(measured, key=lambda step: (float((measures[step] or {})["kernel"]), step))
    counts = _counts(tally)
    return [
        Standing(
            step=step,
            rank=rank,
            chance=float(belief.best[index[step]]),
            strength=float(belief.strength[index[step]]),
            low=float(belief.strength[index[step]] - INTERVAL * belief.deviation[index[step]]),
            high=float(belief.strength[index[step]] + INTERVAL * belief.deviation[index[step]]),
            measured_rank=measured.index(step) + 1 if step in measured else None,
            variety=variety_of(measures[step]),
            chosen=counts[step, "chosen"],
            passed=counts[step, "passed"],
            neither=counts[step, "neither"],
            why=_of_one(
                counts[step, "chosen"],
                counts[step, "chosen"] + counts[step, "passed"] + counts[step, "neither"],
                nearest.index(step) + 1 if step in nearest else None,
                variety_of(measures[step]),
            ),
        )
        for rank, step in enumerate(order, start=1)
    ]


def _counts(tally: Tally) -> Counter[tuple[int, str]]:
    counts: Counter[tuple[int, str]] = Counter()
    for (left, right, chosen), count in tally.items():
        counts[left, {"left": "chosen", "right": "passed"}.get(chosen, chosen)] += count
        counts[right, {"left": "passed", "right": "chosen"}.get(chosen, chosen)] += count
    return counts


def _certainty(chance: float) -> Certainty:
    return "sure" if chance >= SURE else "likely" if chance >= LIKELY else "open"


def _of_one(chosen: int, pairs: int, nearest: int | None, variety: float | None) -> str:
    """Say why a moment stands where it does: what was chosen; what was measured."""
    choices = (
        [f"chosen in {chosen:,} of {pairs:,} pairs"] if pairs > 1 else [("passed over", "chosen")[chosen] + " once"]
    )
    measured = "not measured" if nearest is None else f"{_ordinal(nearest)} nearest to the archive"
    said = [measured.removeprefix("first ")]
    if variety is not None:
        said.append("as various as it" if variety >= AS_VARIOUS else f"{round(100 * variety)} % as various as it")
    text = "; ".join([*(choices if pairs else []), ", ".join(said)])
    return f"{text[0].upper()}{text[1:]}."


def _why(standings: Sequence[Standing], choices: int, *, neither: int) -> str:
    favourite = next((one.step for one in standings if one.measured_rank == 1), None)
    if not choices:
        if favourite is None:
            return "Nothing was measured, and nothing was chosen yet."
        return "What the measures say: nearness to the archive, and variety. Nothing was chosen yet."
    said = "The choice of one pair" if choices == 1 else f"The choice of {choices:,} pairs"
    if neither == choices:
        said = "Of one pair you would keep neither" if choices == 1 else f"Of {choices:,} pairs you would keep neither"
    if favourite is None:
        return f"{said}; nothing was measured."
    if favourite == standings[0].step:
        return f"{said}; the measures agree."
    return f"{said}; the measures would take step {favourite:,}."


def _ordinal(number: int) -> str:
    words = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return words.get(number, f"{number}{ending}")
