"""Films so far are few, and none stays for long."""

from pathlib import Path
from uuid import UUID

import pytest

from api.so_far import SoFar


def test_few_films_are_kept_and_none_for_long(tmp_path: Path) -> None:
    so_far = SoFar(tmp_path / "films", most=2)
    jobs = [UUID(int=number) for number in range(5)]
    paths = [so_far.take(job, "1", lambda path: path.write_bytes(b"film")) for job in jobs]
    assert all(path.exists() for path in paths)  # those who are being sent them
    for path in paths:
        so_far.give_back(path)
    assert [path.exists() for path in paths] == [False, False, False, True, True]
    so_far.tidy(idle_s=0)
    assert [*(tmp_path / "films").iterdir()] == []
    with pytest.raises(ValueError, match="no film"):
        so_far.take(jobs[0], "1", _broken)
    assert [*(tmp_path / "films").iterdir()] == []
    so_far.take(jobs[0], "1", lambda path: path.write_bytes(b"film"))
    so_far.close()
    assert [*(tmp_path / "films").iterdir()] == []


def _broken(path: Path) -> None:
    path.write_bytes(b"half")
    raise ValueError("no film")
