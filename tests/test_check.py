"""`make check` as tests, so that one summary says it all."""

import pytest

from workshop.check import CHECKS, check


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_is_found_by(name: str) -> None:
    done = check(name)
    assert done.returncode == 0, f"\n{done.stdout}"
