"""A prepared network draws the same pictures, whatever the size of its bands."""

from dataclasses import replace

import pytest
import torch

from gan.config import NetConfig
from gan.device import placed
from gan.generate import Prepared, fits
from gan.generator import NoiseMode, Synthesis

# Blocks up to 16 px are packed, those from 32 px on go in bands.
NET = NetConfig(resolution=64, z_dim=16, w_dim=16, channel_base=1024, channel_max=64)


def synthesis(config: NetConfig) -> Synthesis:
    torch.manual_seed(0)
    net = placed(Synthesis(config)).eval().requires_grad_(False)
    for name, parameter in net.named_parameters():
        if name.endswith("noise_strength"):
            parameter.fill_(0.3)
        if name.endswith("bias"):
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return net


def latents(net: Synthesis, n: int = 3) -> torch.Tensor:
    return torch.randn(n, net.num_ws, 16, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("band_bytes", [1, 20_000, 10**9])
@pytest.mark.parametrize("clamp", [None, 1.5])
def test_pictures_are_those_of_the_plain_network(band_bytes: int, clamp: float | None) -> None:
    net = synthesis(replace(NET, conv_clamp=clamp))
    ws = latents(net)
    drawn = Prepared(net, band_bytes=band_bytes)(ws, noise_mode="const")
    assert torch.allclose(drawn, net(ws, noise_mode="const"), rtol=0, atol=1e-4)


@pytest.mark.parametrize("mode", ["random", "none"])
def test_noise_is_that_of_the_plain_network(mode: NoiseMode) -> None:
    net = synthesis(NET)
    ws = latents(net)
    noises = {r: torch.randn(3, 1, r, r) for r in net.resolutions}
    drawn = Prepared(net)(ws, noise_mode=mode, noise=noises.__getitem__)
    assert torch.allclose(drawn, net(ws, noise_mode=mode, noise=noises.__getitem__), rtol=0, atol=1e-4)


def test_the_bits_of_a_picture_do_not_depend_on_its_neighbours() -> None:
    net = synthesis(NET)
    ws, draw = latents(net), Prepared(net)
    assert torch.equal(draw(ws, noise_mode="const")[2:], draw(ws[2:], noise_mode="const"))


@pytest.mark.parametrize("architecture", ["resnet", "orig"])
def test_other_architectures_are_refused(architecture: str) -> None:
    net = synthesis(replace(NET, architecture_g=architecture))  # type: ignore[arg-type]
    assert not fits(net)
    with pytest.raises(ValueError, match="skip"):
        Prepared(net)
