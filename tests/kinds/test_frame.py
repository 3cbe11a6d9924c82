"""Networks that learnt wide or tall pictures: the bars are found, and nothing else is taken for bars."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from jobs.frame import frame_from, squeezed
from jobs.frame import size as size_of
from kinds.convert.frame import frame_of
from kinds.shown import all_shown, shown
from tests.kinds.pictures import picture as photograph

Pictures = list[NDArray[np.uint8]]


def drawn(top: int = 0, left: int = 0, *, side: int = 256, count: int = 12, dark: int = 8) -> Pictures:
    """Noisy pictures with bars that are nearly black, as networks draw them."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, dark, (count, 3, side, side)).astype(np.uint8)
    inner = (slice(None), slice(None), slice(top, side - top), slice(left, side - left))
    pictures[inner] = rng.integers(0, 255, pictures[inner].shape)
    return list(pictures)


@pytest.mark.parametrize(
    ("top", "left", "frame"),
    [
        (32, 0, {"width": 512, "height": 384}),
        (0, 64, {"width": 256, "height": 512}),
        (33, 0, {"width": 512, "height": 384}),  # blurred by one
    ],
)
def test_bars_are_found(top: int, left: int, frame: dict[str, int]) -> None:
    assert frame_of(drawn(top, left), resolution=512) == {"kind": "crop", **frame}


def test_what_fills_the_square_has_no_bars() -> None:
    assert frame_of(drawn(), resolution=256) is None
    assert frame_of([np.zeros((3, 64, 64), np.uint8)] * 4, resolution=64) is None  # nothing but black
    assert frame_of(drawn(40, 40), resolution=256) is None  # a vignette, a thing before black
    assert frame_of(drawn(4), resolution=256) is None  # too narrow to be meant
    night = drawn()
    for picture in night:
        picture[:, :32] = 0  # a black sky, and no black ground
    assert frame_of(night, resolution=256) is None


def test_one_bright_picture_among_many_says_that_there_is_no_bar() -> None:
    pictures = drawn(32, count=28)
    pictures[3][:, :32] = 200
    assert frame_of(pictures, resolution=256) is None


@pytest.mark.parametrize(
    "frame",
    [
        *(None, 3, {}, {"width": 0, "height": 4}, {"width": "8", "height": 8}, {"width": True, "height": 1}),
        *({"width": 8}, {"width": -8, "height": -4}, {"width": float("nan"), "height": 4}),
        *({"width": 41, "height": 10}, {"width": 10**12, "height": 1}, {"kind": "bend", "width": 3, "height": 2}),
    ],
)
def test_a_frame_that_is_none_changes_nothing(frame: Any) -> None:
    square = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    assert frame_from(frame) is None
    assert np.array_equal(shown(square, frame), square)


@pytest.mark.parametrize("kind", [{}, {"kind": "crop"}])
def test_what_was_cropped_is_cut_from_the_middle_at_any_size(kind: dict[str, str]) -> None:
    square = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    for width, height in ((8, 6), (512, 384), (4, 3)):
        assert np.array_equal(shown(square, {**kind, "width": width, "height": height}), square[1:7])
    assert np.array_equal(shown(square, {**kind, "width": 1, "height": 2}), square[:, 2:6])


@pytest.mark.parametrize(
    ("aspect", "size"), [("3:2", (96, 64)), ("2:3", (64, 96)), ("16:9", (114, 64)), ("4:1", (256, 64))]
)
def test_what_was_squeezed_is_as_wide_again_and_loses_no_pixel(aspect: str, size: tuple[int, int]) -> None:
    wide = photograph(7, size=size)
    square = np.asarray(wide.resize((64, 64), Image.Resampling.LANCZOS))
    again = shown(square, squeezed(aspect))
    assert (again.shape[1], again.shape[0]) == size == size_of(64, squeezed(aspect))
    assert np.abs(again.astype(float) - np.asarray(wide)).mean() < 2
    assert np.array_equal(shown(square, squeezed(aspect)), again)
    batch = all_shown(np.stack([square, square]).transpose(0, 3, 1, 2), squeezed(aspect))
    assert batch.shape == (2, 3, *size[::-1])
    assert np.array_equal(batch[1].transpose(1, 2, 0), again)


def test_a_square_aspect_and_none_have_no_frame() -> None:
    assert squeezed(None) is None
    assert squeezed("2:2") is None
