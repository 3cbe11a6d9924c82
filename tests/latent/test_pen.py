"""A coarse picture is that of a lower block; together as alone, within a level; what is held in memory is known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from gan.config import NetConfig
from gan.generate import to_uint8
from gan.generator import Generator
from jobs.point import Point
from latent.pen import BOUNDS, Bounds, Pen, coarse_resolution, products
from latent.plane import Planes
from latent.point import Latents, Space
from tests.latent.test_point import NET, directions, network


def latents(G: Generator, noise: str = "const", *, seed: int = 7) -> Latents:
    point = Point.model_validate({"anchor": {"seed": seed}, "noise": {"mode": noise}})
    return Space(G, planes=Planes()).latents(point, directions)


def of_block(G: Generator, given: Latents, resolution: int) -> np.ndarray[Any, Any]:
    """The sum of RGB of the plain network up to a block."""
    x, image, at = G.synthesis.block(4).start(1), None, 0
    noise = G.synthesis.noise_of(given.ws, given.noise_mode, given.noise())
    for each in [r for r in G.synthesis.resolutions if r <= resolution]:
        block = G.synthesis.block(each)
        x, image = block(x, image, given.ws[:, at : at + block.num_convs + 1], noise)
        at += block.num_convs
    assert image is not None
    return to_uint8(image[0])


@pytest.mark.parametrize("noise", ["const", "random"])
@pytest.mark.parametrize("resolution", [4, 8, 16, 32])
def test_a_coarse_picture_is_the_sum_of_rgb_so_far(resolution: int, noise: str) -> None:
    G = network()
    given = latents(G, noise)
    found = Pen(G).draw(given, resolution=resolution)
    assert found.shape == (resolution, resolution, 3)
    assert np.abs(found.astype(int) - of_block(G, given, resolution).astype(int)).max() <= 1


def test_drawing_a_coarse_picture_leaves_the_whole_as_it_is() -> None:
    G = network()
    pen, given = Pen(G), latents(G)
    before = pen.draw(given)
    pen.draw(given, resolution=8)
    assert np.array_equal(pen.draw(given), before)


def test_a_network_without_rgb_in_between_draws_the_whole() -> None:
    G = network(replace(NET, architecture_g="resnet"))
    pen = Pen(G)
    assert pen.coarse == 32
    assert pen.draw(latents(G), resolution=8).shape == (32, 32, 3)


# A network that is made ready, and those that are drawn as they are, as all are on a card.
KINDS = [NET, replace(NET, conv_clamp=256), replace(NET, architecture_g="resnet"), replace(NET, channels=1)]


@pytest.mark.parametrize("noise", ["const", "random", "none"])
@pytest.mark.parametrize("resolution", [None, 8])
@pytest.mark.parametrize("net", KINDS, ids=["skip", "clamped", "resnet", "grey"])
def test_what_is_drawn_together_is_within_a_level_of_the_same_alone(
    net: NetConfig, resolution: int | None, noise: str
) -> None:
    G = network(net)
    pen, given = Pen(G), [latents(G, noise, seed=seed) for seed in range(5)]
    together = pen.draw_together(given, resolution=resolution)
    alone = np.stack([pen.draw(each, resolution=resolution) for each in given])
    assert together.shape == alone.shape
    assert together.dtype == np.uint8
    assert np.abs(together.astype(int) - alone.astype(int)).max() <= 1


def test_one_that_is_drawn_together_with_none_is_the_same_to_the_bit() -> None:
    G = network()
    pen, given = Pen(G), latents(G, "random")
    assert np.array_equal(pen.draw_together([given])[0], pen.draw(given))


def test_as_many_are_drawn_together_as_the_bounds_of_the_device_allow() -> None:
    G = network()
    work = {r: products(G.synthesis, r) for r in (8, 32)}
    pen = Pen(G, bounds=Bounds(pictures=10, products=3.5 * work[32]))
    assert (pen.most(), pen.most(32), pen.most(8)) == (3, 3, 10)
    assert Pen(G, bounds=Bounds(pictures=10, products=1)).most() == 1
    assert BOUNDS["cuda"].products > BOUNDS["cpu"].products


@pytest.mark.parametrize(
    ("net", "resolution"),
    [
        (NetConfig(resolution=16, channel_base=128, channel_max=8), 8),
        (NetConfig(resolution=64, channel_base=4096, channel_max=128), 32),
        (NetConfig(resolution=256, channel_base=16384, channel_max=512), 16),
    ],
)
def test_a_coarse_picture_is_half_the_size_or_as_much_as_is_quick(net: NetConfig, resolution: int) -> None:
    with torch.device("meta"):
        G = Generator(net)
    assert coarse_resolution(G) == resolution


def test_what_is_held_is_weights_and_packed_copies() -> None:
    G = network()
    weights = sum(each.nbytes for each in (*G.parameters(), *G.buffers()))
    assert weights < Pen(G).size_bytes < 2 * weights
