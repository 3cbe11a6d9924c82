"""Aspects are read as people write them; what none can be is refused with what can."""

from typing import Any

import pytest

from jobs.aspect import COMMON, SQUARE, Aspect, common


@pytest.mark.parametrize(
    ("told", "read"),
    [
        *(("3:2", "3:2"), ("6:4", "3:2"), ("1920:1080", "16:9"), ("2.39:1", "239:100"), ("1:1", "1:1")),
        *(("4:1", "4:1"), ("1:4", "1:4"), ("0.25:1", "1:4"), ("9999:9998", "9999:9998")),
    ],
)
def test_an_aspect_is_read_in_lowest_terms(told: str, read: str) -> None:
    assert str(Aspect.of(told)) == read
    assert Aspect.of(read) == Aspect.of(told)
    assert len(read) <= 9  # what its column holds


@pytest.mark.parametrize(
    "told",
    [
        *("0:1", "1:0", "0:0", "-3:2", "3:-2", "1:100", "100:1", "4.01:1", "nan", "nan:1", "inf:1", "1e9:1", "3:2\n"),
        *("", ":", "3", "3:2:1", "3/2", " 3:2", "99999:1", "\u0663:\u0662", "3.001:2"),
        *(None, 1.5, 0, -1, float("nan"), True, [3, 2], {"width": 3}, "9" * 10_000),
    ],
)
def test_what_is_no_aspect_is_refused_with_what_can_be(told: Any) -> None:
    with pytest.raises(ValueError, match="1:4 to 4:1 can be") as refused:
        Aspect.of(told)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("width", "height", "aspect"),
    [
        *((6000, 4000, "3:2"), (4000, 6000, "2:3"), (4032, 3024, "4:3"), (1920, 1080, "16:9"), (1000, 1000, "1:1")),
        *((1000, 667, "3:2"), (4000, 1000, "4:1"), (20_000, 100, "4:1"), (1, 20_000, "1:4")),
    ],
)
def test_a_picture_comes_nearest_to_a_common_aspect(width: int, height: int, aspect: str) -> None:
    assert str(common(width, height)) == aspect


def test_common_aspects_are_each_there_once_lying_and_standing() -> None:
    assert len(set(COMMON)) == len(COMMON)
    assert {Aspect(one.height, one.width) for one in COMMON} == set(COMMON)
    assert SQUARE in COMMON
