"""Identifiers: version 7, rising, and the same for the same part."""

import time
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.ids import derived_id, new_id

POSITIONS = st.integers(0, 2**32 - 1)
PARENTS = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))


def milliseconds(id: UUID) -> int:
    return id.int >> 80


def test_new_ids_rise_and_tell_their_time() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(5000)]
    after = time.time_ns() // 1_000_000
    assert made == sorted(set(made))
    assert {(id.version, id.variant) for id in made} == {(7, RFC_4122)}
    assert before <= milliseconds(made[0])
    assert milliseconds(made[-1]) <= after + 1


@given(parent=PARENTS, positions=st.lists(POSITIONS, unique=True, min_size=2))
@settings(derandomize=True)
def test_parts_sort_by_position_where_their_parent_lies(parent: UUID, positions: list[int]) -> None:
    parts = [derived_id(parent, "photo", position) for position in sorted(positions)]
    assert parts == sorted(parts)
    assert {milliseconds(part) for part in parts} == {milliseconds(parent)}
    assert {(part.version, part.variant) for part in parts} == {(7, RFC_4122)}
    assert parts == [derived_id(parent, "photo", position) for position in sorted(positions)]


def test_parts_of_another_name_or_parent_are_others() -> None:
    parents = [new_id() for _ in range(200)]
    parts = [derived_id(parent, what, 3) for parent in parents for what in ("photo", "view")]
    assert len(set(parts)) == 400


@pytest.mark.parametrize("position", [-1, 2**32])
def test_a_position_outside_is_refused(position: int) -> None:
    with pytest.raises(ValueError, match="position"):
        derived_id(new_id(), "photo", position)
