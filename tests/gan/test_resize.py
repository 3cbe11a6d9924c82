"""Networks at another resolution begin where their base was."""

from dataclasses import replace

import pytest
import torch

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError
from gan.generator import Generator
from gan.operators import downsample2d, setup_filter, upsample2d
from gan.resize import resized

NET = NetConfig(resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=1024, channel_max=32)
F1331 = setup_filter([1, 3, 3, 1])


def networks(config: NetConfig) -> tuple[Generator, Discriminator]:
    torch.manual_seed(0)
    G, D = placed(Generator(config)), placed(Discriminator(config))
    with torch.no_grad():
        for net in (G, D):
            for name, parameter in net.named_parameters():
                if name.endswith("bias"):
                    parameter.add_(torch.randn_like(parameter) * 0.1)
    return G, D


@pytest.mark.parametrize("resolution", [64, 128])
@torch.no_grad()
def test_a_grown_generator_draws_what_its_base_draws_enlarged(resolution: int) -> None:
    G, D = networks(NET)
    grown, _ = resized(G, D, replace(NET, resolution=resolution), seed=0)
    z = torch.randn(2, 16)
    expected = G(z, noise_mode="const")
    while expected.shape[-1] < resolution:
        expected = upsample2d(expected, F1331)
    assert torch.allclose(grown(z, noise_mode="const"), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("architecture", ["resnet", "skip", "orig"])
@torch.no_grad()
def test_a_grown_discriminator_judges_what_its_base_judges_of_the_picture_shrunk(architecture: str) -> None:
    config = replace(NET, architecture_d=architecture)  # type: ignore[arg-type]
    G, D = networks(config)
    _, grown = resized(G, D, replace(config, resolution=128), seed=0)
    image = torch.randn(4, 3, 128, 128)
    half = downsample2d(image, F1331)
    assert torch.allclose(grown(image), D(downsample2d(half, F1331)), rtol=1e-4, atol=1e-4)


def test_all_of_what_is_grown_learns() -> None:
    G, D = networks(NET)
    G, D = resized(G, D, replace(NET, resolution=64), seed=0)
    with torch.no_grad():  # the step after the first, from which on the new ToRGB passes gradients on
        block = G.synthesis.block(64)
        assert block.torgb is not None
        block.torgb.weight.normal_(std=0.01)
    D(G(torch.randn(4, 16))).sum().backward()
    for net in (G.synthesis, D):
        still = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
        assert not still


@pytest.mark.parametrize("widths", [(), (32, 24, 32, 8)], ids=["by rule", "listed"])
@torch.no_grad()
def test_a_smaller_generator_draws_what_its_base_sums_up_to_that_block(widths: tuple[int, ...]) -> None:
    G, D = networks(replace(NET, widths=widths))
    small, judge = resized(G, D, G.config.at(16), seed=0)
    assert small.config.widths == widths[:3]
    for name, value in small.state_dict().items():
        assert torch.equal(value, G.state_dict()[name]), name
    fresh = {name for name, value in judge.state_dict().items() if name not in D.state_dict()}
    assert fresh == {"b16.fromrgb.weight", "b16.fromrgb.bias", "b16.fromrgb.resample_filter"}
    assert judge(small(torch.randn(4, 16))).shape == (4, 1)


@pytest.mark.parametrize(
    ("base", "wanted", "words"),
    [
        (NET, replace(NET, resolution=64, channel_max=16), "channel_max"),
        (replace(NET, widths=(32, 24, 32, 8)), replace(NET, resolution=64, widths=(32, 24, 32, 8, 8)), "cannot grow"),
        (replace(NET, architecture_g="resnet"), replace(NET, architecture_g="resnet", resolution=64), "skip"),
    ],
)
def test_what_cannot_be_is_refused(base: NetConfig, wanted: NetConfig, words: str) -> None:
    G, D = networks(base)
    with pytest.raises(ConfigError, match=words):
        resized(G, D, wanted, seed=0)


def test_labels_are_learnt_from_a_base_that_knows_none_and_begin_as_the_base_was() -> None:
    G, D = networks(replace(NET, c_dim=0))
    taught, judge = resized(G, D, replace(NET, c_dim=5), seed=0)
    assert (taught.config.c_dim, judge.config.c_dim) == (5, 5)
    pictures = torch.randn(4, 3, NET.resolution, NET.resolution)
    told = judge(pictures, torch.eye(5)[1:])
    assert torch.allclose(told, D(pictures), atol=1e-3, rtol=1e-3)
    z = torch.randn(5, NET.z_dim)
    with torch.no_grad():
        first, last = taught.mapping.style(z, torch.eye(5)), taught.mapping.style(z, torch.eye(5).flip(0))
        base = G.mapping.style(z)
    assert not torch.allclose(first[0], last[0], atol=1e-3)  # a label is heard
    assert torch.cosine_similarity(first, base).mean() > 0.5  # and the base is to be seen behind it


def test_more_labels_leave_what_is_known_as_it_was() -> None:
    G, D = networks(replace(NET, c_dim=2))
    taught, judge = resized(G, D, replace(NET, c_dim=4), seed=0)
    z, c = torch.randn(2, NET.z_dim), torch.eye(4)[:2]
    pictures = torch.randn(2, 3, NET.resolution, NET.resolution)
    with torch.no_grad():
        assert torch.allclose(taught.mapping.style(z, c), G.mapping.style(z, torch.eye(2)), atol=1e-5)
        assert torch.allclose(judge(pictures, c), D(pictures, torch.eye(2)), atol=1e-4)
    with pytest.raises(ConfigError, match="c_dim"):
        resized(taught, judge, replace(NET, c_dim=3), seed=0)
