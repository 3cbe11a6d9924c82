"""Networks that learnt wide or tall pictures: the bars are found, and nothing else is taken for bars."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kinds.convert.frame import cropped, frame_of

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
    assert frame_of(drawn(top, left), resolution=512) == frame


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


@pytest.mark.parametrize("frame", [None, {}, {"width": 0, "height": 4}, {"width": 9, "height": 4}, {"width": "8"}, 3])
def test_a_frame_that_is_none_cuts_nothing(frame: Any) -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    assert cropped(picture, frame).shape == (8, 8, 3)
    assert cropped(picture, {"width": 8, "height": 6}).shape == (6, 8, 3)
