"""Originality: by what photographs of an archive are to each other, and a copy by how near it is in itself as well."""

import pytest

from kinds.index.originality import CLOSE, COPIED, COPY, FEWEST, originality

CLOSELY = "It leans closely on one photograph."


@pytest.mark.parametrize(
    ("likeness", "less", "percentile", "level"),
    [
        (0.3, 29, 29, "own"),
        (COPY + 0.1, 29, 29, "own"),  # in an archive of bursts even this is usual
        (0.5, CLOSE, CLOSE, "near"),
        (0.5, 100, 100, "near"),  # nearer than all of a varied archive, and yet nobody's copy
        (COPY, COPIED - 1, COPIED - 1, "near"),
        (COPY, COPIED, COPIED, "copy"),
        (1.0, 100, 100, "copy"),
        (0.0, 0, 0, "own"),
    ],
)
def test_how_near_is_said_in_levels(likeness: float, less: int, percentile: int, level: str) -> None:
    found = originality(likeness, less=less, photographs=100)
    assert found is not None
    assert (found.likeness, found.percentile, found.level) == (likeness, percentile, level)


@pytest.mark.parametrize(
    ("likeness", "less", "sentence"),
    [
        (0.4, 29, "Nearer to one photograph than 29 % of your photographs are to each other. It is its own picture."),
        (0.7, 95, "Nearer to one photograph than 95 % of your photographs are to each other. " + CLOSELY),
        (0.95, 99, "Nearer to one photograph than 99 % of your photographs are to each other: nearly a copy."),
    ],
)
def test_it_is_said_in_a_sentence(likeness: float, less: int, sentence: str) -> None:
    found = originality(likeness, less=less, photographs=100)
    assert found is not None
    assert found.sentence == sentence


def test_too_few_photographs_say_nothing() -> None:
    assert originality(0.9, less=FEWEST - 1, photographs=FEWEST - 1) is None
    assert originality(0.9, less=0, photographs=0) is None
    assert originality(0.9, less=FEWEST, photographs=FEWEST) is not None


def test_a_percentile_is_never_rounded_up() -> None:
    found = originality(0.99, less=1979, photographs=2000)
    assert found is not None
    assert (found.percentile, found.level) == (98, "near")
