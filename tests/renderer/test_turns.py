"""Views take turns, a picture each; the latest turn of a view comes first; one kind of picture is drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import Busy
from renderer.turns import Ask, Drawn, Turns

PICTURE = np.zeros((1, 1, 3), dtype=np.uint8)


@dataclass(frozen=True)
class Brush:
    """Of a kind; gives back what is wanted."""

    kind: str = "a"
    most: int = 1

    def draw(self, wanted: Sequence[Drawn]) -> Sequence[Drawn]:
        return wanted


ALONE = Brush()
MANY = Brush("many", 8)


def ask(view: str, *, turn: int = 0, tiles: int = 1, brush: Brush = ALONE) -> Ask:
    return Ask(view=view, turn=turn, brush=brush, wanted=[PICTURE] * tiles, finish=len)


def batches(turns: Turns, pictures: int) -> list[list[Ask]]:
    """Draw so many pictures as the thread does; the requests of each batch, once for each picture."""
    found: list[list[Ask]] = []
    while sum(map(len, found)) < pictures:
        batch = turns.next()
        assert batch
        assert len({ask.brush for ask in batch}) == 1
        for ask, wanted in batch.items():
            ask.drawn.extend(wanted)
        found.append([ask for ask, wanted in batch.items() for _ in wanted])
    return found


def drawn(turns: Turns, pictures: int) -> list[Ask]:
    """The same, of what is drawn one by one."""
    return [ask for batch in batches(turns, pictures) for ask in batch]


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
    assert not turns.next()


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


def test_a_sheet_is_drawn_together() -> None:
    turns = Turns()
    sheet = ask("a", tiles=20, brush=MANY)
    turns.put(sheet)
    assert [len(batch) for batch in batches(turns, 20)] == [8, 8, 4]
    assert (len(sheet.drawn), sheet.given) == (20, 20)


def test_pictures_of_several_views_are_drawn_together_each_in_its_turn() -> None:
    turns = Turns()
    sheet, ones = ask("sheet", tiles=20, brush=MANY), [ask(f"{number}", brush=MANY) for number in range(3)]
    for each in (sheet, *ones):
        turns.put(each)
    first = batches(turns, 8)[0]
    assert {each: first.count(each) for each in first} == {sheet: 5, ones[0]: 1, ones[1]: 1, ones[2]: 1}


def test_requests_of_one_view_are_drawn_together() -> None:
    turns = Turns()
    ones = [ask("a", brush=MANY) for _ in range(3)]
    for each in ones:
        turns.put(each)
    assert batches(turns, 3) == [ones]


def test_another_kind_waits_for_one_batch_and_not_for_the_next() -> None:
    turns = Turns()
    sheet, other, third = (ask(view, tiles=20, brush=Brush(view, 8)) for view in "abc")
    for each in (sheet, other, third):
        turns.put(each)
    assert [batch[0] for batch in batches(turns, 60)] == [sheet, other, third] * 3


def test_of_a_view_nothing_is_drawn_before_what_comes_first() -> None:
    turns = Turns()
    old, new, other = ask("a", turn=1, brush=MANY), ask("a", turn=2), ask("b", brush=MANY)
    for each in (other, old, new):
        turns.put(each)
    assert batches(turns, 3) == [[other], [new], [old]]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 9), st.sampled_from("xyz")), min_size=1, max_size=20))
def test_whoever_waits_is_drawn_before_each_kind_had_two_batches(asked: list[tuple[str, int, str]]) -> None:
    turns = Turns()
    left: dict[str, int] = {}
    for view, tiles, kind in asked:
        turns.put(ask(view, tiles=tiles, brush=Brush(kind, 4)))
        left[view] = left.get(view, 0) + tiles
    passed = dict.fromkeys(left, 0)  # batches since a view that waits was in one
    while any(left.values()):
        served = [each.view for each in batches(turns, 1)[0]]
        for view in left:
            left[view] -= served.count(view)
            passed[view] = 0 if view in served or not left[view] else passed[view] + 1
            assert passed[view] <= 3
