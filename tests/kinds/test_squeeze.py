"""Framing by an aspect: cut to it, around the focus, and squeezed into the square."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.aspect import SQUARE, Aspect
from jobs.frame import squeezed
from kinds.ingest.frame import fitting, is_of, squares
from kinds.ingest.square import square
from kinds.shown import shown
from tests.kinds.pictures import ingested, jpeg, picture, zipped

ASPECTS = ("3:2", "2:3", "4:3", "16:9", "1:1", "4:1", "1:4", "239:100")


@pytest.mark.parametrize(
    ("size", "aspect", "focus", "box"),
    [
        ((300, 200), "3:2", None, (0, 0, 300, 200)),  # nothing is cut off
        ((300, 200), "4:3", None, (16, 0, 283, 200)),
        ((200, 300), "3:2", None, (0, 84, 200, 217)),
        ((200, 300), "3:2", (0.5, 0.1), (0, 0, 200, 133)),
        ((200, 300), "3:2", (0.5, 0.95), (0, 167, 200, 300)),
        ((300, 200), "1:1", (0.9, 0.5), (100, 0, 300, 200)),
        ((300, 200), None, None, (0, 0, 300, 200)),  # the usual one
    ],
)
def test_the_largest_part_of_an_aspect_is_taken(
    size: tuple[int, int], aspect: str | None, focus: tuple[float, float] | None, box: tuple[int, ...]
) -> None:
    (found,) = squares(*size, framing="squeeze", aspect=aspect, focus=focus)
    assert (found.box, found.frame, found.position) == (box, "squeeze", 0)


@pytest.mark.parametrize("told", ASPECTS)
def test_a_box_lies_in_the_picture_and_is_of_its_aspect_whatever_the_picture(told: str) -> None:
    aspect = Aspect.of(told)
    sides = (16, 17, 100, 333, 4000)
    for (width, height), x in product(product(sides, sides), (0.0, 0.5, 1.0)):
        (found,) = squares(width, height, framing="squeeze", aspect=told, focus=(x, 1 - x))
        left, top, right, bottom = found.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert is_of(found.box, aspect)
        assert width - (right - left) <= 1 or height - (bottom - top) <= 1  # the largest


@pytest.mark.parametrize("told", ASPECTS)
def test_a_box_set_by_hand_gets_another_aspect_around_its_middle(told: str) -> None:
    aspect = Aspect.of(told)
    for box in ((0, 0, 100, 100), (500, 100, 600, 200), (-50, -50, 650, 650), (0, 0, 1000, 600)):
        left, top, right, bottom = turned = fitting(box, 1000, 600, aspect=aspect)
        assert is_of(turned, aspect)
        if turned != box:
            assert 0 <= left < right <= 1000
            assert 0 <= top < bottom <= 600
        assert fitting(turned, 1000, 600, aspect=aspect) == turned
    assert fitting((400, 200, 500, 300), 1000, 600, aspect=Aspect.of("3:2")) == (375, 200, 525, 300)
    assert fitting((375, 200, 525, 300), 1000, 600, aspect=SQUARE) == (400, 200, 500, 300)


def test_what_is_squeezed_and_shown_again_is_the_picture(tmp_path: Path) -> None:
    whole = picture(3, size=(360, 240))
    whole.save(tmp_path / "a.png")
    view = {"image": str(tmp_path / "a.png"), "width": 360, "box": [0, 0, 360, 240]}
    small = square(view, resolution=64)
    assert small.size == (64, 64)
    again = shown(np.asarray(small), squeezed("3:2"))
    wanted = np.asarray(whole.resize((96, 64), Image.Resampling.LANCZOS))
    assert np.abs(again.astype(float) - wanted).mean() < 2


def test_a_squeezed_box_over_an_edge_is_mirrored_there(tmp_path: Path) -> None:
    picture(3, size=(300, 200)).save(tmp_path / "a.png")
    view = {"image": str(tmp_path / "a.png"), "width": 300, "box": [-150, 0, 150, 200]}
    pixels = np.asarray(square(view, resolution=64))
    assert np.array_equal(pixels[:, :32], pixels[:, 32:][:, ::-1])
    above = np.asarray(square(view | {"box": [0, -100, 300, 100]}, resolution=64))
    assert np.array_equal(above[:32], above[32:][::-1])


def test_a_large_photograph_is_squeezed_from_a_picture_that_has_the_pixels(tmp_path: Path) -> None:
    whole = picture(5, size=(1200, 400))
    whole.save(tmp_path / "a.jpg", quality=98)
    whole.resize((300, 100), Image.Resampling.LANCZOS).save(tmp_path / "small.png")
    view = {"image": str(tmp_path / "small.png"), "original": str(tmp_path / "a.jpg"), "width": 1200}
    view |= {"box": [0, 0, 1200, 400]}
    exact = np.asarray(whole.resize((128, 128), Image.Resampling.LANCZOS)).astype(float)
    assert np.abs(np.asarray(square(view, resolution=128)) - exact).mean() < 2


def test_an_archive_is_read_as_its_dataset_is_framed(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "a.zip", {"wide.jpg": jpeg(1, size=(96, 48)), "tall.jpg": jpeg(2, size=(48, 96))})
    wide, tall = ingested(packed, tmp_path / "scratch", framing="squeeze", aspect="3:2")
    assert wide.facts["views"] == [{"position": 0, "box": [12, 0, 84, 48], "frame": "squeeze"}]
    assert tall.facts["views"] == [{"position": 0, "box": [0, 32, 48, 64], "frame": "squeeze"}]
