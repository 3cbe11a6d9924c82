"""Any recipe has a way: on any beats, of any lengths, with any points; what has none is refused in words."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.errors import BadParams
from jobs.journey import LEAST_S, Recipe
from jobs.route import Route, snapped
from tests.jobs.routes import MODEL, OTHER, recipe


def test_keyframes_snap_to_the_nearest_beat_in_order() -> None:
    moved = snapped(recipe((0.1, 2.2, 4.4)), [0.0, 0.5, 1.0, 2.0, 2.5, 4.0, 4.5, 5.0])
    assert [keyframe.at_s for keyframe in moved.keyframes] == [0.0, 2.0, 4.5]
    assert snapped(moved, [0.0, 2.0, 4.5]) == moved


def test_two_keyframes_near_one_beat_do_not_share_it() -> None:
    times = [keyframe.at_s for keyframe in snapped(recipe((1.0, 1.1, 1.2)), [1.1, 3.0]).keyframes]
    assert times == sorted(set(times))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 5.5), min_size=2, max_size=8, unique_by=lambda x: round(x, 2)),
    st.lists(st.floats(0, 6), max_size=20),
)
def test_snapping_never_breaks_a_recipe(times: list[float], beats: list[float]) -> None:
    asked = recipe(tuple(sorted(round(time, 2) for time in times)))
    moved = snapped(asked, sorted(beats))
    assert len(moved.keyframes) == len(asked.keyframes)


@st.composite
def journeys(draw: st.DrawFn) -> Recipe:
    """Any recipe that is taken: short and long stretches, stays, all ways of going on, both kinds of end."""
    count = draw(st.integers(1, 7))
    loop = draw(st.booleans())
    tight = st.sampled_from([0.0, 1e-320, 1e-9, 0.5])
    gaps = [LEAST_S + draw(st.one_of(tight, st.floats(0, 60))) for _ in range(count)]
    holds = [draw(st.one_of(tight, st.floats(0, 5))) for _ in range(count)]
    at_s = draw(st.sampled_from([0.0, 5e-324, 3.7]))
    keyframes: list[dict[str, Any]] = []
    for number, (gap, hold_s) in enumerate(zip(gaps, holds, strict=True)):
        other = {
            "psi": draw(st.none() | st.floats(0, 1)),
            "ease": draw(st.sampled_from(["smooth", "linear", "in", "out"])),
        }
        of = {"point": {"anchor": {"seed": number}}, "model_id": MODEL if number % 3 else OTHER}
        keyframes.append({"at_s": at_s, "hold_s": hold_s, **of, **other})
        at_s += hold_s + gap
    lasts = max(0.5, at_s if loop or draw(st.booleans()) else keyframes[-1]["at_s"] + holds[-1])
    music = {"id": uuid4(), "breathe": draw(st.sampled_from([0.0, 1.0]))}
    told = {"duration_s": min(lasts, 1800.0), "keyframes": keyframes, "loop": loop, "soundtrack": music}
    return Recipe.model_validate({**told, "fps": draw(st.sampled_from([24, 60]))})


LENGTHS = st.sampled_from([0.0, 1e-300, 1e-9, 0.3, 2.0, 1e6])


@settings(max_examples=150, deadline=None)
@given(journeys(), st.lists(LENGTHS, min_size=7, max_size=7), st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_whatever_the_recipe_a_place_is_there_for_each_time_and_the_way_goes_on(
    asked: Recipe, steps: list[float], loudness: list[float]
) -> None:
    asked.check_apart()
    count = Route(asked).stretch_count
    lengths = [[0.0, step, 1.5 * step, 4 * step] for step in steps[:count]]
    for route in (Route(asked), Route(asked, lengths=lengths), Route(asked, lengths=lengths, loudness=loudness)):
        edges = [keyframe.at_s for keyframe in asked.keyframes] + [keyframe.end_s for keyframe in asked.keyframes]
        for time in [*np.linspace(0, asked.duration_s, 60).tolist(), *edges, 1800.0]:
            here = route.at(time)
            assert all(np.isfinite([*here.weights.values()]))
            assert sum(here.weights.values()) == pytest.approx(1)
            assert 0 <= here.psi <= 1
            assert 0 <= here.t <= 1
            route.point(here)
        for stretch in route.stretches:
            far = [route._far(stretch, time) for time in np.linspace(stretch.begins_s, stretch.ends_s, 30)]
            places = [route._place(stretch.start, one) for one in far]
            assert all(later >= one - 1e-12 for one, later in pairwise(far))
            assert all(later >= one - 1e-12 for one, later in pairwise(places))
            assert (places[0], places[-1]) == (0, 1)


@pytest.mark.parametrize("gap", [1e-320, 1e-9, 0.009])
def test_two_keyframes_at_one_moment_are_refused_in_words(gap: float) -> None:
    with pytest.raises(BadParams, match="keyframe 2") as caught:
        recipe((0.0, gap), loop=False).check_apart()
    assert caught.value.pointer == "#/recipe/keyframes/1/at_s"
    with pytest.raises(BadParams, match="come back"):
        recipe((0.0, 6.0 - max(gap, 1e-9))).check_apart()
    recipe((0.0, LEAST_S, 2 * LEAST_S, 6.0 - LEAST_S)).check_apart()


@settings(max_examples=150, deadline=None)
@given(journeys(), st.lists(st.floats(-1, 400), max_size=12))
def test_snapping_any_recipe_to_any_beats_leaves_one_that_is_taken(asked: Recipe, beats: list[float]) -> None:
    moved = snapped(asked, sorted(beats))
    moved.check_apart()
    assert len(moved.keyframes) == len(asked.keyframes)


def test_a_loop_with_few_bars_keeps_its_way_back() -> None:
    asked = recipe((1.0, 3.0, 6.0))
    moved = snapped(asked, [0.0, 3.1])
    assert [keyframe.at_s for keyframe in moved.keyframes][1:] == [3.1, 6.0]
    moved.check_apart()


@pytest.mark.parametrize("depth", [13, 14, 15, 16])
def test_anchors_that_stand_as_deep_as_they_may_give_the_nearest_keyframe(depth: int) -> None:
    anchor: dict[str, Any] = {"seed": 1}
    for _ in range(depth - 1):
        anchor = {"point": {"anchor": anchor, "x": 0.5}}
    route = Route(recipe(of={number: {"point": {"anchor": anchor, "x": 0.1}} for number in range(3)}))
    assert route.point(route.at(1.0)).anchor.depth <= 16


def test_breathing_bends_the_time_between_beats_and_leaves_the_beats_alone() -> None:
    loud = [1.0 if number % 60 < 30 else 0.0 for number in range(180)]
    asked = recipe(soundtrack={"id": uuid4(), "breathe": 1.0})
    calm, breathing = Route(asked), Route(asked, loudness=loud)
    for time in (0.0, 2.0, 4.0, 6.0):
        assert breathing.at(time).weights == calm.at(time).weights
    assert breathing.at(0.9).weights[1] > calm.at(0.9).weights[1] + 0.1
    assert breathing.at(0.5).psi > calm.at(0.5).psi > breathing.at(1.5).psi


def test_long_points_give_the_nearest_keyframe_rather_than_none() -> None:
    term = {"of": {"seed": 1}, "weight": 0.1}
    wide = {"anchor": {"sum": [{"of": {"sum": [term] * 7}, "weight": 0.1}] * 4}}
    route = Route(recipe(of={number: {"point": wide} for number in range(3)}))
    assert route.point(route.at(1.0)).anchor.size <= 64
