"""Three moments of a training worth looking at: the nearest to the archive, the most various, the most in between.

Each is the foremost of a course (`along`), so that no moment is named for its noise alone; `alike` are those that
cannot be told apart from it. What a training began with is not among them: it has learnt nothing there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, isfinite, sqrt
from typing import Any, Literal

import numpy as np

from kinds.train.along import SURE, Course, Values, course

INTERVAL = 1.96  # standard deviations that an interval reaches to either side
LIKELY, CERTAIN = 0.5, 0.9
MIDDLE = 0.05  # of the way to either side of its half: about halfway
# Of the noise of a measure, what differs between neighbours at the least: on the training of
# docs/moments.md, 0.05 to 0.15 of distances, between halves of the same pictures, and 0.2 to 0.5 of variety.
DISTANCE, VARIETY = 0.15, 0.25
NAMED = 3  # moments that cannot be told apart are named up to so many

Measures = Mapping[int, Mapping[str, Any] | None]  # of each moment by its step
Name = Literal["likeness", "variety", "in_between"]
Certainty = Literal["sure", "likely", "open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Best:
    """The moment that is foremost in one measure, or why there is none."""

    name: Name
    step: int | None
    chance: float | None = None  # of being the foremost
    certainty: Certainty | None = None
    alike: Sequence[int] = ()  # steps that cannot be told apart from it
    why: str


def bests(measures: Measures, *, from_base: bool, learning: bool = False) -> tuple[Best, Best, Best]:
    """Name the three bests of the moments that are there, each by its step with what was measured of it.

    `from_base`: whether it began with a model, rather than from nothing; `learning`: whether more are to come.
    """
    own = {step: measures[step] for step in sorted(measures) if step > 0 or not from_base}
    return _nearest(own), _most_various(own), _most_between(measures, from_base=from_base, learning=learning)


def passed(measures: Measures) -> int | None:
    """Give the step of the moment most in between, once a training from a base has gone past it for sure.

    That is, once the last two moments that were measured both lie beyond the middle, and both less in between than
    that one by more than their noise. None before.
    """
    way = _way(measures)
    if way is None:
        return None
    best = _most_between(measures, from_base=True, learning=True).step
    if best is None or len(way.steps) < 4 or best >= way.steps[-2]:
        return None
    halfway = _halfway(way)
    at = halfway.steps.index(best)
    beyond = [
        (halfway.drawn[:, at] > halfway.drawn[:, index]).mean() >= SURE and (way.drawn[:, index] > 0.5).mean() >= SURE
        for index in (-2, -1)
    ]
    return best if all(beyond) else None


def number(measures: Mapping[str, Any] | None, name: str) -> float | None:
    """Read one measure; None where it was not measured, or came to no number."""
    found = (measures or {}).get(name)
    return float(found) if isinstance(found, int | float) and isfinite(found) else None


def _nearest(measures: Measures) -> Best:
    known = _known(measures, "kernel")
    if not known:
        return Best(name="likeness", step=None, why=_nothing(measures))
    along = _course(known)
    return _foremost("likeness", along.of(-along.drawn), along.steps, lambda step: _near(measures[step] or {}))


def _most_various(measures: Measures) -> Best:
    known = _known(measures, "variety")
    if not known:
        return Best(name="variety", step=None, why=_nothing(measures))
    along = _course(known, least=VARIETY)
    return _foremost("variety", along, along.steps, lambda step: _various(measures[step] or {}))


def _most_between(measures: Measures, *, from_base: bool, learning: bool) -> Best:
    def none(why: str) -> Best:
        return Best(name="in_between", step=None, why=why)

    if not from_base:
        return none("It began from nothing, so there is nothing that it could stand in between of.")
    way = _way(measures)
    if way is None:
        return none(_nothing(measures))
    if len(way.steps) < 3:
        return none("In between takes three moments that are measured: a first one, a last one, and one between them.")
    halfway = _halfway(way)
    first, last = way.steps[0], way.steps[-1]
    if _of(measures, last, "kernel") >= _of(measures, first, "kernel"):
        return none(f"Its last moment is no nearer to your photographs than the first, of step {first:,}.")
    foremost = way.steps[int(halfway.mean.argmax())]
    if foremost == last:
        return none(
            "It is still on its way: the last moment is the one most in between so far."
            if learning
            else "The last moment is the one most in between, so the middle may lie beyond it. Learn on from there."
        )
    if foremost == first:
        return none("It had gone past the middle before its first moment. Keep earlier ones to find it.")
    between = [step for step in way.steps[1:-1] if _strictly(measures, step, first=first, last=last)]
    if not between:
        return none("No moment lies between the first and the last one by both distances.")
    return _foremost("in_between", halfway, between, lambda step: _between(measures[step] or {}))


def _strictly(measures: Measures, step: int, *, first: int, last: int) -> bool:
    """Whether a moment is nearer to the archive than the first and farther than the last, and the other way round."""
    to_archive = _of(measures, last, "kernel") < _of(measures, step, "kernel") < _of(measures, first, "kernel")
    to_base = [_of(measures, one, "kernel_to_base") for one in (first, step, last)]
    return to_archive and to_base[0] < to_base[1] < to_base[2]


def _way(measures: Measures) -> Course | None:
    """Follow how far a training has come on the line from its base to the archive: t, from 0 to 1 (`in_between`).

    An earlier release did not say how far the base is from the archive: then as far as the farthest moment. Where t is
    1/2 does not depend on it.
    """
    to_archive, to_base = _known(measures, "kernel"), _known(measures, "kernel_to_base")
    both = [step for step in to_archive if step in to_base]
    told = [value for step in both if (value := number(measures[step], "kernel_of_base")) is not None and value > 0]
    of_base = told[0] if told else max((to_archive[step][0] for step in both), default=0.0)
    if of_base <= 0:
        return None
    known = {}
    for step in both:
        (K, of_K), (B, of_B) = to_archive[step], to_base[step]
        of_B = of_K if of_B is None else of_B  # nor how noisy the distance to the base is
        noise = None if of_K is None or of_B is None else hypot(of_K, of_B) / (2 * of_base)
        known[step] = ((B + of_base - K) / (2 * of_base), noise)
    return _course(known)


def _halfway(way: Course) -> Course:
    """Give 4 t (1 - t), which is 1 halfway."""
    place = way.drawn.clip(0, 1)
    return way.of(4 * place * (1 - place))


def _foremost(name: Name, along: Course, among: Sequence[int], said: Callable[[int], str]) -> Best:
    """Name the one of `among` that is highest in the mean of all courses, and say how certain that is."""
    indices = [along.steps.index(step) for step in among]
    best = max(indices, key=lambda index: along.mean[index])
    drawn = along.drawn[:, indices]
    chance = float((drawn.argmax(axis=1) == indices.index(best)).mean())
    above = (along.drawn[:, [best]] > along.drawn).mean(axis=0)
    alike = [along.steps[index] for index in indices if index != best and above[index] < SURE]
    return Best(
        name=name,
        step=along.steps[best],
        chance=chance,
        certainty="sure" if chance >= CERTAIN and not alike else "likely" if chance >= LIKELY else "open",
        alike=alike,
        why=said(along.steps[best]) + _apart(alike),
    )


def _course(known: Mapping[int, tuple[float, float | None]], *, least: float = DISTANCE) -> Course:
    values = np.array([value for value, _ in known.values()])
    noise = [deviation for _, deviation in known.values()]
    whole: Values | None = None if any(one is None for one in noise) else np.array(noise, dtype=np.float64)
    return course([*known], values, whole, least=least)


def _known(measures: Measures, name: str) -> dict[int, tuple[float, float | None]]:
    """Read a measure of all moments that have it, over rising steps, with its standard deviation where it is known."""
    values = {step: number(measures[step], name) for step in sorted(measures)}
    return {step: (value, _deviation(measures[step], name)) for step, value in values.items() if value is not None}


def _deviation(measures: Mapping[str, Any] | None, name: str) -> float | None:
    low, high = number(measures, f"{name}_low"), number(measures, f"{name}_high")
    return None if low is None or high is None else max(0.0, high - low) / (2 * INTERVAL)


def _of(measures: Measures, step: int, name: str) -> float:
    return number(measures[step], name) or 0.0


def _nothing(measures: Measures) -> str:
    if not measures:
        return "Nothing was learnt yet."
    return "No moment is measured yet."


def _near(one: Mapping[str, Any]) -> str:
    distance, low, high = (number(one, name) for name in ("kernel", "kernel_low", "kernel_high"))
    interval = "" if low is None or high is None else f" ({low:.3f} to {high:.3f})"
    return f"The nearest to your photographs: a distance of {distance or 0:.3f}{interval}."


def _various(one: Mapping[str, Any]) -> str:
    own, archive = number(one, "variety"), number(one, "variety_of_archive")
    if own is None or not archive:
        return "Its pictures differ most from each other."
    share = round(100 * own / archive)
    as_much = "as much as" if 97 <= share <= 103 else f"{share} % as much as"
    return f"Its pictures differ most from each other: {as_much} your photographs do."


def _between(one: Mapping[str, Any]) -> str:
    a, b = (sqrt(max(0.0, number(one, name) or 0.0)) for name in ("kernel", "kernel_to_base"))
    x = b / (a + b) if a + b > 0 else 0.5
    if abs(x - 0.5) <= MIDDLE:
        return "About as far from what it knew before as from your photographs."
    nearer = "what it knew before" if x < 0.5 else "your photographs"
    return f"The one most in between; {nearer} is the nearer side."


def _apart(alike: Sequence[int]) -> str:
    if not alike:
        return ""
    if len(alike) > NAMED:
        return f" It cannot be told apart from {len(alike):,} others."
    *some, last = (f"{step:,}" for step in alike)
    named = f"steps {', '.join(some)} and {last}" if some else f"step {last}"
    return f" It cannot be told apart from {named}."
