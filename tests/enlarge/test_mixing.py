"""How much a network makes up: the same by windows as at once, from any row, and true to the original."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from enlarge import lanczos
from enlarge.mixing import MARGIN, ROUNDS, WINDOW, Floats, Mix
from enlarge.network import load
from tests.enlarge.networks import CPU, enlarger, picture

FAITHFUL = Mix(detail=0.4, faithful=True)


def photograph(height: int, width: int) -> NDArray[np.uint8]:
    """Something with edges and grain, as pictures have them, and not all at the limit of what pixels show."""
    drawn = np.zeros((height, width, 3), np.uint8) + 90
    drawn[height // 3 :, width // 4 : width // 2] = (210, 60, 120)
    drawn = (drawn + np.random.default_rng(3).normal(0, 14, drawn.shape)).clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(drawn).filter(ImageFilter.GaussianBlur(0.7)))


def at_once(net: Floats, small: NDArray[np.uint8], mix: Mix) -> Floats:
    """The whole picture in one, in another way: each colour an image in float64 arithmetic of its own."""
    original = small.astype(np.float64)
    plain = _resized(original, net.shape)
    made = mix.detail * net.astype(np.float64) + (1 - mix.detail) * plain
    for _ in range(ROUNDS if mix.faithful else 0):
        made = made + _resized(original - _resized(made, small.shape), net.shape)
    return made.astype(np.float32)


def _resized(values: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    size = (shape[1], shape[0])
    planes = [
        Image.fromarray(values[..., k].astype(np.float32)).resize(size, Image.Resampling.LANCZOS) for k in (0, 1, 2)
    ]
    return np.stack([np.asarray(plane, dtype=np.float64) for plane in planes], axis=-1)


def in_bands(rows: Floats, height: int) -> Iterator[Floats]:
    for at in range(0, len(rows), height):
        yield rows[at : at + height]


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("mix", [FAITHFUL, Mix(detail=0.4), Mix(detail=1.0, faithful=True), Mix(detail=0.0)])
def test_windows_give_what_the_whole_gives(factor: int, mix: Mix) -> None:
    small = picture(3 * WINDOW + 5, 9)
    net = np.random.default_rng(1).random((len(small) * factor, 9 * factor, 3), np.float32) * 255
    whole = at_once(net, small, mix)
    for band in (1, 7, 50, 10_000):
        ours = np.concatenate(list(mix.mixed(in_bands(net, band), small, factor=factor, start=0)))
        assert ours.shape == whole.shape
        assert np.abs(ours - whole).max() < 0.01, band


@pytest.mark.parametrize("start", [1, 4 * WINDOW - 1, 4 * WINDOW, 4 * (WINDOW + MARGIN) + 3, 4 * (3 * WINDOW + 5) - 1])
def test_from_any_row_the_bits_are_the_same(start: int) -> None:
    small = picture(3 * WINDOW + 5, 9)
    net = np.random.default_rng(1).random((len(small) * 4, 36, 3), np.float32) * 255
    whole = np.concatenate(list(FAITHFUL.mixed(in_bands(net, 31), small, factor=4, start=0)))
    first = FAITHFUL.first(start, factor=4)
    assert first <= start
    rest = np.concatenate(list(FAITHFUL.mixed(in_bands(net[first:], 13), small, factor=4, start=start)))
    assert (rest == whole[start:]).all()


@pytest.mark.parametrize("factor", [2, 4])
def test_reduced_again_it_is_the_original(factor: int) -> None:
    """Of a network that makes up nothing but nonsense: it stands in the fine alone."""
    small, made = photograph(40, 30), enlarger()
    for mix, most in ((Mix(), 255.0), (Mix(detail=1.0, faithful=True), 3.0), (FAITHFUL, 1.5)):
        large = made.enlarged(small, factor=factor, mix=mix)
        apart = np.abs(lanczos.resized(large, width=30, height=40).astype(float) - small)
        assert apart.mean() < most, (mix, apart.mean())
        if not mix.changes:
            assert apart.mean() > 5


def test_of_no_detail_lanczos_is_left() -> None:
    small = photograph(20, 17)
    ours = enlarger().enlarged(small, factor=4, mix=Mix(detail=0.0)).astype(int)
    assert np.abs(ours - lanczos.enlarged(small, factor=4)).max() <= 1


def test_of_all_detail_the_network_is_left() -> None:
    small, made = picture(20, 17), enlarger()
    assert (made.enlarged(small, factor=4) == made.enlarged(small, factor=4, mix=Mix(detail=1.0))).all()


@pytest.mark.parametrize("shape", [{}, {"folded": 2}, {"doublings": 0}])
@pytest.mark.parametrize("factor", [2, 4])
def test_every_network_goes_on_from_any_row(shape: dict[str, int], factor: int) -> None:
    made, small = enlarger(blocks=1, **shape), picture(150, 12)
    whole = made.enlarged(small, factor=factor, mix=FAITHFUL)
    assert whole.shape == (150 * factor, 12 * factor, 3)
    for start in (1, 201, 150 * factor - 1):
        rest = np.concatenate(list(made.bands(small, factor=factor, mix=FAITHFUL, start=start)))
        assert np.abs(rest.astype(int) - whole[start:]).max() <= 1, start


@pytest.mark.parametrize("size", [(1, 1), (2, 40)])
def test_small_pictures_too(size: tuple[int, int]) -> None:
    assert enlarger(blocks=1).enlarged(picture(*size), factor=4, mix=FAITHFUL).shape == (4 * size[0], 4 * size[1], 3)


@pytest.mark.parametrize("detail", [-0.1, 1.01, float("nan")])
def test_detail_is_a_share(detail: float) -> None:
    with pytest.raises(ValueError, match="detail is"):
        Mix(detail=detail)


def test_what_is_published_is_nearer_to_what_was_there() -> None:
    """A photograph of edges and grain is reduced and restored: the mix has the smaller error than the network alone."""
    was = photograph(64, 64)
    small, made = lanczos.resized(was, width=32, height=32), load("real-esrgan", device=CPU)

    def error(picture: NDArray[np.uint8]) -> float:
        return float(np.square(was.astype(float) - picture).mean())

    alone = error(made.enlarged(small, factor=2))
    mixed = error(made.enlarged(small, factor=2, mix=FAITHFUL))
    assert mixed < alone
    assert mixed < error(lanczos.enlarged(small, factor=2))
