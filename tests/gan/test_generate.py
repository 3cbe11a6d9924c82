"""A seed means one picture; wrong wishes are refused in words."""

import numpy as np
import pytest
import torch

from gan.device import placed
from gan.generate import generate, latents, to_uint8
from gan.generator import Generator, NoiseMode
from tests.gan.folders import TINY


@pytest.fixture(scope="module")
def G_ema() -> Generator:
    torch.manual_seed(0)
    G = placed(Generator(TINY)).eval()
    with torch.no_grad():
        for name, parameter in G.named_parameters():
            if name.endswith("noise_strength"):
                parameter.fill_(0.3)
    return G


def test_latents_are_those_of_the_seed() -> None:
    assert np.array_equal(latents([7], 5)[0], np.random.RandomState(7).randn(1, 5)[0].astype(np.float32))


@pytest.mark.parametrize("noise_mode", ["const", "random", "none"])
def test_a_picture_depends_on_its_own_seed_alone(G_ema: Generator, noise_mode: NoiseMode) -> None:
    three = list(generate(G_ema, [3, 1, 4], noise_mode=noise_mode))
    (alone,) = generate(G_ema, [4], noise_mode=noise_mode)
    assert torch.equal(three[2], alone)
    assert not torch.equal(three[0], three[1])
    together = list(generate(G_ema, [3, 1, 4], noise_mode=noise_mode, batch=3))
    assert float((together[2] - alone).abs().max()) < 1e-4


def test_no_truncation_is_the_network_and_full_truncation_the_mean(G_ema: Generator) -> None:
    a, b = generate(G_ema, [1, 2], truncation_psi=0)
    assert torch.allclose(a, b, atol=1e-5)
    (whole,) = generate(G_ema, [1], truncation_psi=1)
    with torch.no_grad():
        assert torch.allclose(whole, G_ema(latents([1], TINY.z_dim), noise_mode="const")[0], atol=1e-5)


def test_uint8_has_the_ends_of_the_range() -> None:
    picture = torch.tensor([-1.5, -1, 0, 1, 1.5])[None, None].expand(3, 1, 5)
    assert to_uint8(picture)[0, :, 0].tolist() == [0, 0, 128, 255, 255]


@pytest.mark.parametrize(("seeds", "psi"), [([-1], 0.7), ([2**32], 0.7), ([0], 1.5), ([0], -0.1)])
def test_impossible_wishes_are_refused(G_ema: Generator, seeds: list[int], psi: float) -> None:
    with pytest.raises(ValueError, match="give"):
        list(generate(G_ema, seeds, truncation_psi=psi))
