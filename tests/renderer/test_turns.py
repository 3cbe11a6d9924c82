"""Views take turns, a picture each; the latest turn of a view comes first."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import Busy
from renderer.turns import Ask, Drawn, Turns


def ask(view: str, *, turn: int = 0, tiles: int = 1) -> Ask:
    def tile() -> Drawn:
        return np.zeros((1, 1, 3), dtype=np.uint8)

    def finish(drawn: Sequence[Drawn]) -> Any:
        return len(drawn)

    return Ask(view=view, turn=turn, tiles=[tile] * tiles, finish=finish)


def drawn(turns: Turns, count: int) -> list[Ask]:
    """Draw so many pictures as the thread does."""
    order = []
    for _ in range(count):
        found = turns.next()
        assert found is not None
        found.drawn.append(found.tiles[0]())
        order.append(found)
    return order


def test_views_take_turns_whatever_they_ask_for() -> None:
    turns = Turns()
    many, one = [ask("a") for _ in range(5)], ask("b")
    for each in [*many, one]:
        turns.put(each)
    assert [each.view for each in drawn(turns, 6)] == ["a", "b", "a", "a", "a", "a"]


def test_a_sheet_does_not_keep_others_waiting() -> None:
    turns = Turns()
    sheet, one = ask("a", tiles=4), ask("b")
    turns.put(sheet)
    turns.put(one)
    assert drawn(turns, 5) == [sheet, one, sheet, sheet, sheet]


def test_the_latest_turn_of_a_view_is_drawn_first_and_of_that_what_came_first() -> None:
    turns = Turns()
    old, older, new, newer = ask("a", turn=1), ask("a", turn=1), ask("a", turn=2), ask("a", turn=2)
    for each in (old, older, new, newer):
        turns.put(each)
    assert drawn(turns, 4) == [new, newer, old, older]


def test_a_sheet_that_is_begun_gives_way_to_a_newer_turn() -> None:
    turns = Turns()
    sheet, newer = ask("a", turn=1, tiles=2), ask("a", turn=2)
    turns.put(sheet)
    assert drawn(turns, 1) == [sheet]
    turns.put(newer)
    assert drawn(turns, 2) == [newer, sheet]


def test_what_nobody_waits_for_is_not_drawn() -> None:
    turns = Turns()
    gone, left = ask("a"), ask("a")
    for each in (gone, left):
        turns.put(each)
    turns.drop(gone)
    turns.drop(gone)
    assert drawn(turns, 1) == [left]
    turns.close()
    assert turns.next() is None


def test_beyond_its_bound_a_view_loses_what_would_come_last() -> None:
    turns = Turns(most_of_view=2)
    old, new, newest, other = ask("a", turn=1), ask("a", turn=2), ask("a", turn=3), ask("b")
    for each in (old, other, new, newest):
        turns.put(each)
    with pytest.raises(Busy) as error:
        old.answer.result(timeout=0)
    assert error.value.facts["retry_after_s"] >= 1
    assert drawn(turns, 3) == [newest, other, new]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 4)), min_size=1, max_size=20))
def test_no_view_has_two_pictures_while_another_waits_for_one(asked: list[tuple[str, int]]) -> None:
    turns = Turns()
    left: dict[str, int] = {}
    for view, tiles in asked:
        turns.put(ask(view, tiles=tiles))
        left[view] = left.get(view, 0) + tiles
    since: dict[str, set[str]] = {}  # the views that were drawn since a view's last picture
    for each in drawn(turns, sum(left.values())):
        others = {view for view in left if view != each.view and left[view]}
        assert each.view not in since or others <= since[each.view]
        for view in since:
            since[view].add(each.view)
        since[each.view] = set()
        left[each.view] -= 1
