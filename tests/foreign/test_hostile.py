"""Hostile model files: each gets a clear answer, and none of them gets anything done."""

from pathlib import Path

import pytest

from jobs.errors import ModelRejected
from kinds.convert.apart import read_apart
from tests.foreign.hostile import FILES


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_gets_a_clear_answer(name: str, tmp_path: Path) -> None:
    make, words = FILES[name]
    file, out = tmp_path / "model.pkl", tmp_path / "out"
    file.write_bytes(make())
    out.mkdir()
    with pytest.raises(ModelRejected) as refused:
        read_apart(file, out)
    assert words in str(refused.value)
    assert refused.value.remedy
    assert not list(tmp_path.rglob("ran"))
