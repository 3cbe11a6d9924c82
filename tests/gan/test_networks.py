"""Generators and discriminators give the golden pictures and logits under the published parameter names."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator
from gan.generator import Generator, truncate
from tests.gan.golden import DEVICE, assert_close, part, vectors

BASE: dict[str, Any] = {"resolution": 32, "z_dim": 32, "w_dim": 32}
GENERATORS = {
    "gen_skip": NetConfig(**BASE, mapping_layers=8, channel_base=1024, channel_max=32),
    "gen_cond": NetConfig(**BASE, c_dim=5, mapping_layers=2, channel_base=512, channel_max=32, conv_clamp=1.5),
    "gen_resnet": NetConfig(**BASE, mapping_layers=2, architecture_g="resnet", channel_base=512, channel_max=16),
    "gen_orig": NetConfig(**BASE, mapping_layers=2, architecture_g="orig", channel_base=512, channel_max=16),
}
DISCRIMINATORS = {
    "disc_resnet": NetConfig(**BASE, channel_base=1024, channel_max=32),
    "disc_cond": NetConfig(**BASE, c_dim=5, mapping_layers_d=2, channel_base=512, channel_max=32, conv_clamp=1.5),
    "disc_skip": NetConfig(**BASE, architecture_d="skip", channel_base=512, channel_max=16),
    "disc_orig": NetConfig(**BASE, architecture_d="orig", channel_base=512, channel_max=16),
}


@pytest.mark.parametrize("name", GENERATORS)
@torch.no_grad()
def test_generator(name: str) -> None:
    golden = vectors(name)
    G = placed(Generator(GENERATORS[name]), DEVICE)
    G.load_state_dict(part(golden, "g."), strict=True)
    z, c = golden["in.z"], golden.get("in.c")

    def close(actual: torch.Tensor, key: str) -> None:
        assert_close(actual, golden[key], 1e-4, 1e-5, key)

    ws, w_avg = G.mapping(z, c), G.mapping.w_avg.clone()
    close(G.mapping.style(z, c), "out.w")
    close(ws, "out.ws.psi1")
    close(truncate(ws, w_avg, 0.7), "out.ws.psi0p7")
    close(truncate(ws, w_avg, 0.7, cutoff=4), "out.ws.psi0p7_cut4")
    images = [key.split(".") for key in golden if key.startswith("out.img.")]
    assert images
    for *_, latent, noise in images:
        image = G.synthesis(golden[f"out.ws.{latent}"], noise_mode=noise)
        close(image, f"out.img.{latent}.{noise}")
    close(G(z, c, truncation_psi=0.7, truncation_cutoff=4, noise_mode="const"), "out.img.psi0p7_cut4.const")
    G.mapping.track(ws[:, 0].mean(dim=0))
    close(G.mapping.w_avg, "out.w_avg_after_one_training_forward")


def nodes_of(y: torch.Tensor) -> Iterator[str]:
    """Names of the operations that y comes from."""
    seen: set[Any] = set()
    coming = [y.grad_fn]
    while coming:
        node = coming.pop()
        if node is not None and node not in seen:
            seen.add(node)
            coming += [before for before, _ in node.next_functions]
            yield node.name()


@pytest.mark.parametrize("name", [*GENERATORS, *DISCRIMINATORS])
def test_nothing_is_overwritten_through_a_view(name: str) -> None:
    """Autograd would wrap what does so, and a card, which works on several queues, then free what is still wanted."""
    config = (GENERATORS | DISCRIMINATORS)[name]
    label = torch.eye(config.c_dim)[:2] if config.c_dim else None
    if name in GENERATORS:
        y = placed(Generator(config))(torch.randn(2, config.z_dim), label)
    else:
        y = placed(Discriminator(config))(torch.randn(2, 3, 32, 32, requires_grad=True), label)
    assert not [node for node in nodes_of(y) if "CopySlices" in node]


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_discriminator(name: str) -> None:
    golden = vectors(name)
    D = placed(Discriminator(DISCRIMINATORS[name]), DEVICE)
    D.load_state_dict(part(golden, "d."), strict=True)
    image, c = golden["in.img"].requires_grad_(), golden.get("in.c")
    logits = D(image, c)
    (slope,) = torch.autograd.grad(logits.sum(), image)
    assert_close(logits.detach(), golden["out.logits"], 1e-5, 1e-5, "logits")
    assert_close(slope, golden["out.dlogits_dimg"], 1e-5, 1e-5, "dlogits_dimg")
    for n in (4, 2):
        first = D(image[:n], None if c is None else c[:n]).detach()
        assert_close(first, golden[f"out.logits_first{n}"], 1e-5, 1e-5, f"first{n}")
    if D.mapping is not None:
        assert_close(D.mapping(c).detach(), golden["out.cmap"], 1e-5, 1e-5, "cmap")
