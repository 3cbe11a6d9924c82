"""Datasets on disk: whole or refused; each picture once an epoch, in an order that the seed fixes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gan.dataset import Order, Pictures, write_pictures
from gan.errors import DatasetError
from tests.gan.folders import dataset


def test_pictures_come_back_as_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (10, 3, 8, 8), dtype=np.uint8)
    write_pictures(tmp_path, iter(rows), resolution=8, photos=[0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    pictures = Pictures.open(tmp_path)
    assert np.array_equal(pictures.rows, rows)
    assert pictures.photos[:3] == (0, 0, 1)
    assert len(pictures) == 10
    pictures.check_unchanged()


@pytest.mark.parametrize("mirror", [False, True])
def test_every_picture_is_seen_once_an_epoch(tmp_path: Path, mirror: bool) -> None:
    pictures = Pictures.open(dataset(tmp_path, count=10))
    order = Order(pictures, seed=3, mirror=mirror)
    first, second = order.batch(range(10)), order.batch(range(10, 20))

    def names(rows: np.ndarray) -> list[bytes]:
        return [min(row.tobytes(), row[:, :, ::-1].tobytes()) for row in rows]

    assert sorted(names(first)) == sorted(names(pictures.rows)) == sorted(names(second))
    assert names(first) != names(second)
    mirrored = [bytes(row) not in {bytes(own) for own in pictures.rows} for row in first]
    assert any(mirrored) is mirror


def test_order_depends_on_the_place_alone(tmp_path: Path) -> None:
    pictures = Pictures.open(dataset(tmp_path, count=10))
    whole = Order(pictures, seed=3, mirror=True).batch(range(32))
    late = Order(pictures, seed=3, mirror=True).batch(range(17, 26))
    assert np.array_equal(late, whole[17:26])
    assert not np.array_equal(Order(pictures, seed=4, mirror=True).batch(range(32)), whole)


def grow(folder: Path) -> None:
    with (folder / "pictures.npy").open("ab") as file:
        file.write(b"x")


def flip_a_byte(folder: Path) -> None:
    content = bytearray((folder / "pictures.npy").read_bytes())
    content[-1] ^= 1
    (folder / "pictures.npy").write_bytes(content)


def cut(folder: Path) -> None:
    content = (folder / "pictures.npy").read_bytes()
    (folder / "pictures.npy").write_bytes(content[: len(content) // 2])


def other_facts(**facts: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "pictures.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | facts))

    return change


def no_facts(folder: Path) -> None:
    (folder / "pictures.json").unlink()


def half_a_json(folder: Path) -> None:
    (folder / "pictures.json").write_text('{"format": 1')


def pickled(folder: Path) -> None:
    np.save(folder / "pictures.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)


DAMAGES = [
    grow,
    flip_a_byte,
    cut,
    no_facts,
    half_a_json,
    pickled,
    other_facts(format=2),
    other_facts(resolution=32),
    other_facts(photos=[1]),
    other_facts(photos=None),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_datasets_are_refused(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(dataset(tmp_path))
    with pytest.raises(DatasetError):
        Pictures.open(tmp_path)


def test_pictures_other_than_announced_are_refused(tmp_path: Path) -> None:
    good = np.zeros((3, 8, 8), np.uint8)
    wrong: list[tuple[list[np.ndarray], int, str]] = [
        ([good], 2, "1 pictures came"),
        ([np.zeros((3, 8, 9), np.uint8)], 1, "give uint8"),
        ([good.astype(np.float32)], 1, "give uint8"),
    ]
    for pictures, count, words in wrong:
        with pytest.raises(DatasetError, match=words):
            write_pictures(tmp_path, pictures, resolution=8, photos=list(range(count)))
        assert not (tmp_path / "pictures.json").exists()
