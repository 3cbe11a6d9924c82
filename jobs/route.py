"""The way of a journey in plain numbers: where the film is at a time, as weights of its keyframes.

Between two keyframes w goes along a Catmull-Rom spline through all of them, closed where the film is a loop: at each
place it is a sum of four keyframes' w, whose weights add up to 1. So a frame is a point like any other (`jobs.point`).
How far along a stretch the film is at a time depends on lengths that were measured of it (`Lengths`). Keyframes keep
their times, unless one speed is to go through the whole film (`timed`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from uuid import UUID

from jobs.journey import LEAST_S, Keyframe, Recipe
from jobs.point import MOST_ANCHORS, MOST_DEPTH, Anchor, Point, Term

Lengths = Sequence[Sequence[float]]  # of each stretch: how long it is up to places at even distances along the spline
STEEPEST = 3.0  # of a cubic that rises throughout (Fritsch & Carlson 1980)
STANDING = 1.5  # how much longer a stretch takes that begins or ends at a standstill, so that no part of it is faster
LEAST = 1e-3  # of the mean length of stretches: how long each is at least, so that times are in order
BREATH, BREATH_PSI = 1.2, 0.06  # how much the speed follows the loudness, and the truncation


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """Where the film is: weights of keyframes by their numbers, truncation, and the network."""

    weights: Mapping[int, float]
    psi: float
    model_id: UUID
    with_id: UUID | None = None  # the network is so far (`t`) on the way to this one
    t: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """The way from one keyframe to the next: from when to when, and how fast at both ends, as shares of its mean."""

    start: int
    end: int
    begins_s: float
    ends_s: float
    slopes: tuple[float, float]

    @property
    def lasts_s(self) -> float:
        """How long it takes."""
        return self.ends_s - self.begins_s


class Route:
    """The way of a recipe with at least one keyframe, whose points name no samples.

    `lengths`: what was measured of its stretches; None where nothing was, or the speed is to be plain. `loudness`: 0 to
    1 for each frame, where motion breathes. `recipe`: the given one, where times follow from lengths with those times.
    """

    def __init__(self, recipe: Recipe, *, lengths: Lengths | None = None, loudness: Sequence[float] = ()) -> None:
        if not recipe.keyframes:
            raise ValueError("a journey without keyframes goes nowhere")
        self._lengths = lengths if recipe.speed != "plain" else None
        self._constant = recipe.is_timed_by_length and self._lengths is not None and len(recipe.keyframes) > 1
        self.recipe = timed(recipe, self._lengths) if self._constant and self._lengths is not None else recipe
        self.keyframes = self.recipe.keyframes
        self._breathe = recipe.soundtrack.breathe if recipe.soundtrack is not None and len(loudness) else 0.0
        self._loudness = loudness

    @property
    def stretch_count(self) -> int:
        """How many stretches there are."""
        count = len(self.keyframes)
        return 0 if count == 1 else count if self.recipe.loop else count - 1

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Its stretches, in order."""
        speeds = [self._length(n) / self._lasts_s(n) for n in range(self.stretch_count)]
        return [self._stretch(n, speeds) for n in range(self.stretch_count)]

    def along(self, number: int, u: float) -> dict[int, float]:
        """Give the weights of keyframes at `u`, 0 to 1, of a stretch: uniform Catmull-Rom."""
        count, loop = len(self.keyframes), self.recipe.loop
        cubic = (
            -0.5 * u**3 + u**2 - 0.5 * u,
            1.5 * u**3 - 2.5 * u**2 + 1,
            -1.5 * u**3 + 2 * u**2 + 0.5 * u,
            0.5 * u**3 - 0.5 * u**2,
        )
        found: dict[int, float] = {}
        for place, weight in zip(range(number - 1, number + 3), cubic, strict=True):
            if loop or 0 <= place < count:
                shares = {place % count: weight}
            elif place < 0:  # beyond an end the way goes straight on
                shares = {0: 2 * weight, 1: -weight}
            else:
                shares = {count - 1: 2 * weight, count - 2: -weight}
            for keyframe, share in shares.items():
                found[keyframe] = found.get(keyframe, 0.0) + share
        return {keyframe: weight for keyframe, weight in found.items() if weight != 0}

    def at(self, t_s: float) -> Here:
        """Say where the film is at a time, in seconds."""
        time = t_s % self.recipe.duration_s if self.recipe.loop else t_s
        if self.recipe.loop and time < self.keyframes[0].at_s:  # a round begins with the first keyframe
            time += self.recipe.duration_s
        resting, stretch = self._when(time)
        if stretch is None:
            return self.resting(resting, time)
        start, end = self.keyframes[stretch.start], self.keyframes[stretch.end]
        # Truncation and the network go with the place, as they did where the length was measured.
        u = self._place(stretch.start, self._far(stretch, time))
        weights = self.along(stretch.start, u)
        psi = self._breathed_psi(start.strength + (end.strength - start.strength) * u, time)
        if start.model_id == end.model_id or u in (0, 1):
            return Here(weights=weights, psi=psi, model_id=end.model_id if u == 1 else start.model_id)
        return Here(weights=weights, psi=psi, model_id=start.model_id, with_id=end.model_id, t=u)

    def resting(self, number: int, time: float) -> Here:
        """Say where the film is while it stays at a keyframe."""
        keyframe = self.keyframes[number]
        return Here(weights={number: 1.0}, psi=self._breathed_psi(keyframe.strength, time), model_id=keyframe.model_id)

    def point(self, here: Here, *, points: Sequence[Point] | None = None) -> Point:
        """Give the point of a place; `points` in place of those of the keyframes. Raises: ValueError, past bounds."""
        points = points or [keyframe.point for keyframe in self.keyframes]
        noise = points[0].noise
        if noise.mode == "random":
            noise = noise.model_copy(update={"seed": points[0].noise_seed})
        nearest = max(here.weights, key=lambda number: here.weights[number])
        if here.weights[nearest] == 1 and len(here.weights) == 1:
            return points[nearest].model_copy(update={"psi": here.psi, "noise": noise})
        terms = [Term(of=_anchor(points[number]), weight=weight) for number, weight in here.weights.items()]
        deep = 1 + max(term.of.depth for term in terms)
        if deep > MOST_DEPTH or 1 + sum(term.of.size for term in terms) > MOST_ANCHORS:
            return points[nearest].model_copy(update={"psi": here.psi, "noise": noise})
        return Point(anchor=Anchor(sum=tuple(terms)), psi=here.psi, noise=noise)

    def _when(self, time: float) -> tuple[int, Stretch | None]:
        """Find the keyframe that the film stays at, or the stretch that it is on."""
        starts = [keyframe.at_s for keyframe in self.keyframes]
        last = bisect_right(starts, time) - 1
        if last >= 0 and (time <= self.keyframes[last].end_s or not self.stretches):
            return last, None
        if last < 0 or last >= len(self.stretches):  # before a film begins that is no loop, or after its end
            return max(last, 0), None
        return last, self.stretches[last]

    def _lasts_s(self, number: int) -> float:
        begins, ends = self._from_to(number)
        return ends - begins

    def _from_to(self, number: int) -> tuple[float, float]:
        following = number + 1
        if following < len(self.keyframes):
            return self.keyframes[number].end_s, self.keyframes[following].at_s
        return self.keyframes[number].end_s, self.keyframes[0].at_s + self.recipe.duration_s

    def _stretch(self, number: int, speeds: Sequence[float]) -> Stretch:
        begins, ends = self._from_to(number)
        end = (number + 1) % len(self.keyframes)
        if self._constant:
            slopes = _slopes(self.keyframes[number], self.keyframes[end])
            return Stretch(start=number, end=end, begins_s=begins, ends_s=ends, slopes=slopes)
        slopes = {
            "linear": (1.0, 1.0),
            "in": (0.0, 1.5),
            "out": (1.5, 0.0),
            "smooth": (self._flow(number, number, speeds), self._flow(end, number, speeds)),
        }[self.keyframes[number].ease]
        return Stretch(start=number, end=end, begins_s=begins, ends_s=ends, slopes=slopes)

    def _flow(self, keyframe: int, stretch: int, speeds: Sequence[float]) -> float:
        """Give the speed at a keyframe as a share of a stretch's: the harmonic mean of both sides, 0 where it stays."""
        own = speeds[stretch]
        if self.keyframes[keyframe].hold_s > 0 or own == 0:
            return 0.0
        before, after = keyframe - 1, keyframe
        if self.recipe.loop:
            before %= len(speeds)
        elif before < 0 or after >= len(speeds):
            return 1.0
        one, other = speeds[before], speeds[after]
        return 0.0 if one * other == 0 else min(2 * one * other / (one + other) / own, STEEPEST)

    def _length(self, number: int) -> float:
        return self._lengths[number][-1] if self._lengths is not None else 1.0

    def _far(self, stretch: Stretch, time: float) -> float:
        """Say how far along a stretch the film is, 0 to 1 of its length: a cubic of Hermite."""
        tau = self._breathed(stretch, min(max((time - stretch.begins_s) / stretch.lasts_s, 0.0), 1.0))
        first, last = stretch.slopes
        value = tau * (1 - tau) ** 2 * first + tau**2 * (3 - 2 * tau) + tau**2 * (tau - 1) * last
        return min(max(value, 0.0), 1.0)

    def _place(self, number: int, far: float) -> float:
        """Give the place along the spline where so much of a stretch's length lies behind."""
        if self._lengths is None or (total := self._lengths[number][-1]) <= 0:
            return far
        table = self._lengths[number]
        wanted = far * total
        after = min(max(bisect_right(table, wanted), 1), len(table) - 1)
        below, above = table[after - 1], table[after]
        part = (wanted - below) / (above - below) if above > below else 1.0
        return min((after - 1 + part) / (len(table) - 1), 1.0)

    # Breathing

    def _breathed(self, stretch: Stretch, tau: float) -> float:
        """Bend the time of a stretch by how loud it is; its ends stay."""
        if self._breathe == 0:
            return tau
        sums = self._breaths[stretch.start]
        place = tau * (len(sums) - 1)
        low = min(int(place), len(sums) - 2)
        return (sums[low] + (place - low) * (sums[low + 1] - sums[low])) / sums[-1]

    @cached_property
    def _breaths(self) -> list[list[float]]:
        """Give for each stretch how much of it has passed, frame by frame."""
        found = []
        for stretch in self.stretches:
            count = max(2, round(stretch.lasts_s * self.recipe.fps))
            times = [stretch.begins_s + (n + 0.5) * stretch.lasts_s / count for n in range(count)]
            weights = [(1 + BREATH * self._breathe) ** (2 * self._loud(time) - 1) for time in times]
            found.append([0.0, *accumulate(weights)])
        return found

    def _loud(self, time: float) -> float:
        frame = int(time * self.recipe.fps) % len(self._loudness)
        return min(max(float(self._loudness[frame]), 0.0), 1.0)

    def _breathed_psi(self, psi: float, time: float) -> float:
        if self._breathe == 0:
            return psi
        return min(max(psi * (1 + BREATH_PSI * self._breathe * (2 * self._loud(time) - 1)), 0.0), 1.0)


def timed(recipe: Recipe, lengths: Lengths) -> Recipe:
    """Have two or more keyframes come when one speed through the whole film leads there.

    Each stays as long as it does. The first one, and the last one of a film that is no loop, keep their times. In a
    loop the last ones may come after the end, which is after the beginning.
    """
    keyframes = recipe.keyframes
    first, last = keyframes[0], keyframes[-1]
    following = [*keyframes[1:], first] if recipe.loop else keyframes[1:]
    far = [stretch[-1] for stretch in lengths]
    least = LEAST * sum(far) / len(far)
    shares = [
        (max(length, least) or 1.0) * (STANDING if 0.0 in _slopes(one, other) else 1.0)
        for length, one, other in zip(far, keyframes, following, strict=False)
    ]
    ends_s = first.at_s + recipe.duration_s if recipe.loop else last.at_s
    moving_s = ends_s - first.at_s - sum(one.hold_s for one in keyframes[: len(following)])
    found, at_s = [first], first.end_s
    for keyframe, share in zip(keyframes[1:], shares, strict=False):
        at_s += moving_s * share / sum(shares)
        found.append(keyframe.model_copy(update={"at_s": at_s}))
        at_s += keyframe.hold_s
    if not recipe.loop:
        found[-1] = last
    return recipe.with_keyframes(iter(found))


def snapped(recipe: Recipe, times_s: Sequence[float]) -> Recipe:
    """Move keyframes to the nearest of `times_s`, seconds of the film, in order and each to one of its own.

    One for which none is left, or that would leave no room before the next, stays where it is.
    """
    found: list[Keyframe] = []
    keyframes, lasts_s = recipe.keyframes, recipe.duration_s
    # In a loop the first one leaves the last one, which may stay, its way back, and the last one leaves it the first.
    begins = keyframes[-1].end_s - lasts_s + LEAST_S if recipe.loop and len(keyframes) > 1 else 0.0
    for number, keyframe in enumerate(keyframes):
        if number + 1 < len(keyframes):
            ends = keyframes[number + 1].at_s - LEAST_S
        else:
            ends = min(lasts_s, found[0].at_s + lasts_s - LEAST_S) if recipe.loop and found else lasts_s
        free = [time for time in times_s if max(begins, 0.0) <= time and time + keyframe.hold_s <= ends]
        nearest = min(free, key=lambda time: abs(time - keyframe.at_s), default=None)
        found.append(keyframe if nearest is None else keyframe.model_copy(update={"at_s": nearest}))
        begins = found[-1].end_s + LEAST_S
    return Recipe.model_validate({**dict(recipe), "keyframes": [dict(one) for one in found]})


def on_beats(recipe: Recipe, *, beats: Sequence[float] | None, bars: Sequence[float] | None) -> Recipe:
    """Move keyframes to beats or bars of its soundtrack, seconds of the music, as the recipe wants it."""
    music = recipe.soundtrack
    if music is None or music.snap == "none":
        return recipe
    times = beats if music.snap == "beats" else bars
    return snapped(recipe, [time - music.from_s for time in times or () if time >= music.from_s])


def _slopes(one: Keyframe, other: Keyframe) -> tuple[float, float]:
    """Give the speeds at both ends of a stretch, as shares of its mean, where the film has one speed otherwise."""
    starts = one.ease == "in" or (one.ease == "smooth" and one.hold_s > 0)
    stops = one.ease == "out" or (one.ease == "smooth" and other.hold_s > 0)
    speed = STANDING if starts or stops else 1.0
    return 0.0 if starts else speed, 0.0 if stops else speed


def _anchor(point: Point) -> Anchor:
    return point.anchor if point.is_its_anchor else Anchor(point=point)
