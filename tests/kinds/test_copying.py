"""A training is told once that it draws its photographs again, and only when it does."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan.dataset import write_pictures
from kinds.train.copying import Copying

Uint8 = NDArray[np.uint8]


def invented(count: int, *, seed: int) -> Uint8:
    """Pictures `[N, 3, 32, 32]` that are unlike each other."""
    cells = np.random.default_rng(seed).integers(0, 256, (count, 3, 8, 8))
    return cells.repeat(4, 2).repeat(4, 3).astype(np.uint8)


@pytest.fixture
def seen(tmp_path: Path) -> Uint8:
    pictures = invented(20, seed=0)
    write_pictures(tmp_path / "dataset", pictures, resolution=32, photos=list(range(20)))
    return pictures


def told(copying: Copying, *sheets: Uint8) -> list[list[str]]:
    return [[one.code for one in copying.at(10 * nth, sheet)] for nth, sheet in enumerate(sheets, 1)]


def test_two_sheets_of_copies_are_told_once(tmp_path: Path, seen: Uint8) -> None:
    other, noise = invented(20, seed=1), np.random.default_rng(2).normal(0, 12, seen.shape)
    copies = (seen + noise).clip(0, 255).astype(np.uint8)[..., ::-1]
    copying = Copying(tmp_path / "dataset")
    assert copying.share(copies) == 1
    assert copying.share(other) == 0
    assert told(copying, copies, other, copies, other) == [[], [], [], []]
    assert told(copying, copies, copies, copies, copies) == [[], ["copying"], [], []]


def test_a_few_copies_the_base_and_an_archive_of_nine_are_not_told(tmp_path: Path, seen: Uint8) -> None:
    some = np.concatenate([seen[:9], invented(11, seed=1)])
    assert told(Copying(tmp_path / "dataset"), some, some, some) == [[], [], []]
    assert list(Copying(tmp_path / "dataset").at(0, seen)) == []
    write_pictures(tmp_path / "small", seen[:9], resolution=32, photos=list(range(9)))
    small = Copying(tmp_path / "small")
    assert small.share(seen) is None
    assert told(small, seen, seen) == [[], []]
