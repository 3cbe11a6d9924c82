"""Whose a moment is, by what its base asks."""

import pytest

from kinds.train.rights import FROM_BOUND, FROM_FREE, FROM_NOTHING, rights

OWN = "NOASSERTION"


@pytest.mark.parametrize(
    ("base", "spdx", "terms"),
    [
        (None, OWN, FROM_NOTHING),
        ({"spdx": "CC0-1.0", "terms": "Use them for anything."}, OWN, FROM_FREE),
        ({"spdx": "CC-BY-NC-4.0", "terms": "No money."}, "CC-BY-NC-4.0", f"{FROM_BOUND}No money."),
        ({"spdx": "CC-BY-SA-4.0"}, "CC-BY-SA-4.0", f"{FROM_BOUND}CC-BY-SA-4.0"),
        ({}, OWN, f"{FROM_BOUND}nobody has said what; ask whoever made it."),
    ],
)
def test_what_is_learnt_is_the_owners_within_what_the_base_asks(
    base: dict[str, str] | None, spdx: str, terms: str
) -> None:
    assert rights(base) == {"spdx": spdx, "terms": terms}


@pytest.mark.parametrize("base", [None, {"spdx": "CC0-1.0"}, {"spdx": "CC-BY-NC-4.0", "terms": "No money."}, {}])
def test_a_line_of_trainings_says_it_once(base: dict[str, str] | None) -> None:
    first = rights(base)
    assert rights(first) == first
