"""The way of a journey in numbers: through its keyframes on time, without a seam, at one speed, to the beat."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.route import Route, on_beats
from tests.jobs.routes import MODEL, PLACES, bent, lengths_of, recipe, seen


def test_it_is_at_each_keyframe_on_time_and_back_at_the_first() -> None:
    route = Route(recipe())
    for number, time in enumerate((0.0, 2.0, 4.0)):
        assert route.at(time).weights == {number: 1.0}
    assert route.at(6.0).weights == {0: 1.0}


def test_weights_add_up_to_one_everywhere() -> None:
    for loop in (True, False):
        route = Route(recipe(loop=loop))
        for time in np.linspace(0, 6, 301):
            assert sum(route.at(float(time)).weights.values()) == pytest.approx(1)


@pytest.mark.parametrize("loop", [True, False])
def test_within_a_stretch_what_is_seen_moves_at_one_speed(loop: bool) -> None:
    asked = recipe(loop=loop, of={number: {"ease": "linear"} for number in range(3)})
    lengths = lengths_of(Route(asked), bent, PLACES)
    for even in (True, False):
        frames = seen(Route(asked, lengths=lengths if even else None), bent, places=PLACES)
        steps = np.array([np.linalg.norm(b - a) for a, b in pairwise(frames)])
        spread = [steps[at + 2 : at + 116].std() / steps[at + 2 : at + 116].mean() for at in (0, 120)]
        assert max(spread) < 0.02 if even else max(spread) > 0.15


def test_what_is_seen_moves_at_one_speed_while_truncation_changes() -> None:
    def dimmed(psi: float, weights: Any) -> Any:
        return psi * bent(sum(weight * PLACES[number] for number, weight in weights.items()))

    asked = recipe((0.0, 6.0), loop=False, of={0: {"psi": 0.1, "ease": "linear"}, 1: {"psi": 1.0}})
    route, us = Route(asked), np.linspace(0, 1, 401)
    ways = [dimmed(0.1 + 0.9 * u, route.along(0, float(u))) for u in us]
    lengths = [[0.0, *np.cumsum([float(np.linalg.norm(b - a)) for a, b in pairwise(ways)]).tolist()]]
    heres = [Route(asked, lengths=lengths).at(number / 60) for number in range(361)]
    steps = np.array([np.linalg.norm(b - a) for a, b in pairwise([dimmed(here.psi, here.weights) for here in heres])])
    assert steps.std() / steps.mean() < 0.02


# One speed through the whole film


def constant(times: tuple[float, ...] = (0.0, 2.0, 4.0), **values: Any) -> Route:
    asked = recipe(times, speed="constant", **values)
    return Route(asked, lengths=lengths_of(Route(asked), bent, PLACES))


def steps_of(route: Route) -> np.ndarray[Any, Any]:
    frames = seen(route, bent, places=PLACES)
    return np.array([np.linalg.norm(b - a) for a, b in pairwise([*frames, frames[0]] if route.recipe.loop else frames)])


@pytest.mark.parametrize("loop", [True, False])
@pytest.mark.parametrize("times", [(0.0, 2.0, 6.0), (0.0, 0.1, 0.2), (0.0, 5.7, 5.8)])
def test_one_speed_through_the_whole_film_wherever_its_keyframes_were(times: tuple[float, ...], loop: bool) -> None:
    times = times if not loop else (*times[:2], min(times[2], 5.9))
    steps = steps_of(constant(times, loop=loop))
    moving = steps[steps > 1e-6]
    assert moving.std() / moving.mean() < 0.03
    if loop:
        assert len(moving) == 360
        assert steps[-1] == pytest.approx(np.median(steps), rel=0.1)


@pytest.mark.parametrize("first", [0.0, 1.5, 5.0])
def test_the_first_keyframe_keeps_its_time_and_a_loop_closes(first: float) -> None:
    route = constant((first, first + 0.3, first + 0.6))
    assert route.at(first).weights == {0: 1.0}
    steps = steps_of(route)
    assert steps.std() / steps.mean() < 0.03


def test_a_film_that_ends_keeps_its_last_keyframe_in_time() -> None:
    route = constant((1.0, 2.0, 5.0), loop=False)
    assert route.at(0.5).weights == route.at(1.0).weights == {0: 1.0}
    assert route.at(5.0).weights == route.at(5.9).weights == {2: 1.0}
    assert route.at(4.9).weights != {2: 1.0}


def test_it_stays_as_long_as_is_said_and_comes_to_a_standstill_there_without_being_faster_elsewhere() -> None:
    route = constant(of={1: {"hold_s": 1.0}})
    steps = steps_of(route)
    still = steps < 1e-9
    assert abs(still.sum() - 60) <= 2
    assert np.abs(np.diff(steps)).max() < 0.1 * steps.max()
    assert steps.max() < 1.02 * steps[-1]  # of the last stretch, between two places where it does not stay


def test_standstills_that_are_asked_for_flow_into_the_one_speed() -> None:
    steps = steps_of(constant(of={0: {"ease": "in"}, 2: {"ease": "out"}}))
    assert steps[0] < 0.1 * steps.max()
    assert np.abs(np.diff(steps)).max() < 0.15 * steps.max()  # no jump of speed; at one it turns sharply


def test_places_that_look_the_same_are_no_reason_to_stop() -> None:
    asked = recipe(speed="constant")
    table = [0.0] * 65
    for lengths in ([table] * 3, [table, np.linspace(0, 1, 65).tolist(), table]):
        route = Route(asked, lengths=lengths)
        assert all(route.at(time).weights for time in np.linspace(0, 6, 61))
        times = [one.at_s for one in route.recipe.keyframes]
        assert times == sorted(set(times))
        assert times[0] == 0


def test_keyframes_on_beats_keep_their_times_whatever_the_speed() -> None:
    music = {"id": uuid4(), "snap": "beats"}
    asked = on_beats(recipe((0.0, 1.9, 4.2), speed="constant", soundtrack=music), beats=[0, 1, 2, 3, 4, 5], bars=[0])
    route = Route(asked, lengths=lengths_of(Route(asked), bent, PLACES))
    assert [one.at_s for one in route.recipe.keyframes] == [0, 2, 4]
    even = Route(asked.model_copy(update={"speed": "even"}), lengths=route._lengths)
    assert [route.at(t / 10) for t in range(60)] == [even.at(t / 10) for t in range(60)]


def test_before_lengths_are_known_times_are_those_that_were_given() -> None:
    asked = recipe((0.0, 1.0, 5.0), speed="constant")
    assert Route(asked).at(5.0).weights == {2: 1.0}
    assert Route(asked).recipe == asked


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(0, 5.5), min_size=2, max_size=8, unique_by=lambda x: round(x, 2)),
    st.lists(st.floats(0, 3), min_size=8, max_size=8),
    st.lists(st.floats(0, 1), min_size=8, max_size=8),
    st.lists(st.sampled_from(["smooth", "linear", "in", "out"]), min_size=8, max_size=8),
    st.booleans(),
)
def test_any_lengths_give_a_film_that_goes_through_all_in_order(
    times: list[float], far: list[float], holds: list[float], eases: list[str], loop: bool
) -> None:
    times = sorted(round(time, 2) for time in times)
    gaps = [b - a for a, b in pairwise([*times, 6.0])]
    of = {n: {"hold_s": holds[n] * gap * 0.9, "ease": eases[n]} for n, gap in enumerate(gaps)}
    asked = recipe(tuple(times), speed="constant", loop=loop, of=of)
    count = Route(asked).stretch_count
    route = Route(asked, lengths=[np.linspace(0, far[n], 65).tolist() for n in range(count)])
    found = [one.at_s for one in route.recipe.keyframes]
    assert found[0] == times[0]
    assert all(b.at_s > a.end_s for a, b in pairwise(route.recipe.keyframes))
    assert [one.hold_s for one in route.recipe.keyframes] == [one.hold_s for one in asked.keyframes]
    for number, keyframe in enumerate(route.recipe.keyframes):
        assert max(route.at(keyframe.at_s).weights.items(), key=lambda pair: pair[1])[0] == number
    if not loop:
        assert found[-1] == times[-1]


def test_a_loop_has_no_seam_and_no_jump_of_speed() -> None:
    asked = recipe()
    frames = seen(Route(asked, lengths=lengths_of(Route(asked), bent, PLACES)), bent, places=PLACES)
    steps = np.array([np.linalg.norm(b - a) for a, b in pairwise([*frames, frames[0], frames[1]])])
    assert steps[-2] <= np.median(steps) * 1.5
    assert np.abs(np.diff(steps)).max() < 0.12 * steps.max()


def test_it_stays_as_long_as_a_keyframe_holds_and_stands_still_before() -> None:
    route = Route(recipe(of={1: {"hold_s": 1.0}}))
    assert route.at(2.5).weights == route.at(3.0).weights == {1: 1.0}
    before, earlier = route.at(1.99).weights[1], route.at(1.0).weights[1]
    assert before > 0.999
    assert earlier < 0.8


def test_ease_in_begins_slowly_and_ease_out_ends_slowly() -> None:
    def far(ease: str, time: float) -> float:
        return Route(recipe((0.0, 6.0), loop=False, of={0: {"ease": ease}})).at(time).weights.get(1, 0.0)

    assert far("in", 0.6) < far("linear", 0.6) < far("out", 0.6)
    assert far("in", 5.4) < far("linear", 5.4) < far("out", 5.4)


def test_truncation_goes_from_keyframe_to_keyframe() -> None:
    route = Route(recipe((0.0, 6.0), loop=False, of={0: {"psi": 0.2, "ease": "linear"}, 1: {"psi": 1.0}}))
    assert [route.at(time).psi for time in (0.0, 3.0, 6.0)] == pytest.approx([0.2, 0.6, 1.0])


def test_between_moments_the_network_is_on_its_way() -> None:
    other = uuid4()
    route = Route(recipe((0.0, 6.0), loop=False, of={0: {"ease": "linear"}, 1: {"model_id": other}}))
    here = route.at(1.5)
    assert (here.model_id, here.with_id) == (MODEL, other)
    assert here.t == pytest.approx(0.25)
    assert (route.at(6.0).model_id, route.at(6.0).with_id) == (other, None)
