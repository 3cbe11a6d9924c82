"""Files of echoes, and which moments they are of."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kinds.echoes.files import Damaged, Remembered, read
from kinds.echoes.moments import chosen
from tests.kinds.echoed import along
from tests.kinds.test_echoes import moment


def test_a_file_comes_back_as_it_was_and_damage_is_told(tmp_path: Path) -> None:
    photographs = np.stack([along(number) for number in range(4)])
    one = moment(photographs, np.stack([along(0), along(3)]), tmp_path)
    path = one.write(tmp_path / "one.npy")
    again = read(path)
    for name in ("near", "pictures", "implied"):
        np.testing.assert_array_equal(getattr(again, name), getattr(one, name))
    content = path.read_bytes()
    for number, spoiled in enumerate((content[:-1], content + b"!", content[:40], b"", b"PK" + content[2:])):
        other = tmp_path / f"{number}.npy"
        other.write_bytes(spoiled)
        with pytest.raises(Damaged):
            read(other)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.npy")
    wrong = one.pictures.copy()
    wrong["row"][0, 0] = 4
    with pytest.raises(Damaged, match="does not hold"):
        read(Remembered(near=one.near, pictures=wrong, implied=one.implied).write(tmp_path / "wrong.npy"))


def test_moments_are_chosen_evenly_by_what_was_learnt() -> None:
    assert chosen([]) == []
    assert chosen([0, 5, 900]) == [0, 5, 900]
    steps = list(range(0, 1001, 10))
    picked = chosen(steps)
    assert (len(picked), picked[0], picked[-1]) == (12, 0, 1000)
    assert all(80 <= after - before <= 100 for before, after in pairwise(picked))
    crowded = [0, *range(1, 40), 1000]
    assert chosen(crowded) == [0, 39, 1000]
