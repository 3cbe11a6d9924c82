"""The network against SciPy, bands against the whole, and what stops it."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from enlarge import lanczos
from enlarge.layers import layers_of
from enlarge.network import EDGE, Enlarger, Stopped, TooLarge, load
from enlarge.streaming import streamed
from foreign.errors import Refused
from tests.enlarge.networks import CPU, computed, enlarger, network, picture

SHAPES = [{}, {"folded": 2}, {"folded": 4, "blocks": 1}, {"doublings": 1}, {"doublings": 0, "blocks": 1}]


@pytest.mark.parametrize("shape", [{}, {"doublings": 1}, {"doublings": 0, "blocks": 1}])
def test_the_network_is_what_scipy_computes(shape: dict[str, int]) -> None:
    made = network(**shape)
    x = np.random.default_rng(1).random((3, 9, 7))
    with torch.inference_mode():
        ours = made(torch.from_numpy(x).float()[None])[0].numpy()
    assert np.abs(ours - computed(made, x)).max() < 1e-5
    assert ours.std() > 0.05


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [4, 12, 64])
def test_bands_give_what_the_whole_gives(shape: dict[str, int], rows: int) -> None:
    made = network(**shape)
    x = torch.rand(1, 3, 64, 40, generator=torch.Generator().manual_seed(2))
    told: list[int] = []
    layers = layers_of(made, device=CPU, dtype=torch.float32)
    bands = streamed(iter(x.split(rows, dim=2)), layers, made.shape, height=64, dtype=torch.float32, tell=told.append)
    with torch.inference_mode():
        ours, whole = torch.cat(list(bands), dim=2), made(x)
    assert ours.shape == whole.shape
    assert (ours - whole).abs().max() < 1e-5
    assert sum(told) == 3 * made.shape.blocks * 64 // made.shape.folded
    assert max(told) <= rows // made.shape.folded, "more rows at once than a band has: memory grows with the network"


@pytest.mark.parametrize("size", [(37, 51), (1, 1), (3, 200)])
def test_a_picture_is_enlarged_without_a_seam(size: tuple[int, int]) -> None:
    """Against the whole network on the mirrored picture; bands are of 16,384 pixels, so larger ones have several."""
    made = network()
    x = picture(*size)
    around = np.pad(x, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="reflect")
    with torch.inference_mode():
        whole = made(torch.from_numpy(around).permute(2, 0, 1).float()[None] / 255)[0].clamp(0, 1)
    inner = whole[:, 4 * EDGE : -4 * EDGE, 4 * EDGE : -4 * EDGE].permute(1, 2, 0).numpy() * 255
    ours = enlarger().enlarged(x, factor=4)
    assert ours.shape == (4 * size[0], 4 * size[1], 3)
    assert np.abs(ours - inner).max() <= 0.51


def test_twice_is_four_times_halved_by_lanczos() -> None:
    made, x = network(), picture(20, 33)
    around = np.pad(x, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="reflect")
    with torch.inference_mode():
        whole = made(torch.from_numpy(around).permute(2, 0, 1).float()[None] / 255)[0].numpy()
    size = (whole.shape[2] // 2, whole.shape[1] // 2)
    halves = [np.asarray(Image.fromarray(c, "F").resize(size, Image.Resampling.LANCZOS)) for c in whole]
    inner = np.stack(halves, axis=-1)[2 * EDGE : -2 * EDGE, 2 * EDGE : -2 * EDGE].clip(0, 1) * 255
    assert np.abs(enlarger().enlarged(x, factor=2) - inner).max() <= 0.51


@pytest.mark.parametrize(("shape", "factor", "passes"), [({}, 2, [2]), ({}, 4, [4]), ({"folded": 2}, 4, [2, 2])])
def test_it_goes_on_from_any_row(shape: dict[str, int], factor: int, passes: list[int]) -> None:
    made, x = enlarger(blocks=1, **shape), picture(150, 24)
    assert made.passes(factor) == passes
    whole = made.enlarged(x, factor=factor)
    for start in (1, 201, 150 * factor - 1):
        rest = np.concatenate(list(made.bands(x, factor=factor, start=start)))
        assert np.abs(rest.astype(int) - whole[start:]).max() <= 1, start


def test_a_network_that_only_mends_leaves_the_rest_to_lanczos() -> None:
    made, x = enlarger(doublings=0, blocks=1), picture(12, 15)
    assert made.scale == 1
    assert made.enlarged(x, factor=2).shape == (24, 30, 3)


def test_progress_reaches_its_total_and_a_stop_ends_it() -> None:
    made, x = enlarger(folded=2), picture(40, 30)
    told: list[tuple[int, int]] = []
    made.enlarged(x, factor=4, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]
    asked = itertools.count()
    with pytest.raises(Stopped):
        made.enlarged(x, factor=4, stop=lambda: next(asked) > 3)


def test_what_is_too_large_is_said_before_anything_is_done() -> None:
    with pytest.raises(TooLarge, match="8,192"):
        enlarger().enlarged(picture(2, 2049), factor=4)
    with pytest.raises(ValueError, match="2 or 4"):
        enlarger().enlarged(picture(2, 2), factor=3)


def test_half_precision_differs_by_little() -> None:
    made, x = network(), picture(24, 24)
    half = Enlarger(made, device=CPU, dtype=torch.bfloat16).enlarged(x, factor=4)
    assert np.abs(half.astype(int) - enlarger().enlarged(x, factor=4)).mean() < 1


def test_lanczos_is_pillows() -> None:
    x = picture(5, 9)
    assert (lanczos.enlarged(x, factor=2) == np.asarray(Image.fromarray(x).resize((18, 10), 1))).all()


def test_the_published_weights_load_and_sharpen() -> None:
    made = load("real-esrgan", device=CPU, dtype=torch.float32)
    assert (made.scale, made.shape.blocks, made.shape.channels) == (4, 23, 64)
    edge = np.zeros((16, 16, 3), np.uint8)
    edge[:, 8:] = 255
    large = made.enlarged(edge, factor=4)[24:40, :, 0].astype(float)
    assert large[:, :24].mean() < 12
    assert large[:, 40:].mean() > 243
    steepest = np.abs(np.diff(large, axis=1)).max()
    assert steepest > np.abs(np.diff(lanczos.enlarged(edge, factor=4)[32, :, 0].astype(float))).max()


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "none.safetensors"
    file.write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(Refused, match="of what network"):
        load(file)
