"""Losses, gradients and a training of eight steps give the golden numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan.config import NetConfig, TrainConfig, resolved
from gan.device import placed
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.losses import discriminator_loss, generator_loss, path_length, r1_penalty, real_loss
from gan.phases import Step
from gan.randomness import AugmentDraws, Draws, Latents, Stream, Use
from gan.state import assemble
from tests.gan.golden import DEVICE, assert_close, part, vectors

NET = NetConfig(resolution=32, z_dim=32, w_dim=32, mapping_layers=2, channel_base=256, channel_max=16)


@pytest.fixture(scope="module")
def golden() -> dict[str, Tensor]:
    return vectors("losses")


def networks(tensors: dict[str, Tensor], g: str = "g.", d: str = "d.") -> tuple[Generator, Discriminator]:
    G = placed(Generator(NET), DEVICE)
    D = placed(Discriminator(NET), DEVICE)
    G.load_state_dict(part(tensors, g))
    D.load_state_dict(part(tensors, d))
    return G, D


def check(golden: dict[str, Tensor], phase: str, net: nn.Module, reports: dict[str, Tensor]) -> None:
    """Compare the reports and the gradients that the phase left in `net`."""
    for name, value in reports.items():
        assert_close(value.detach(), golden[f"out.{phase}.report.Loss/{name}"], 1e-5, 1e-5, name)
    compared = 0
    for name, parameter in net.named_parameters():
        expected = golden[f"out.{phase}.grad.{name}"]
        grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        assert_close(grad, expected, 1e-9, 3e-5, f"{phase} {name}")
        compared += 1
    assert compared == len(part(golden, f"out.{phase}.grad."))


def test_generator_phase(golden: dict[str, Tensor]) -> None:
    G, D = networks(golden)
    logits = D(G(golden["in.z"], noise_mode="const"))
    loss = generator_loss(logits)
    loss.mean().backward()
    check(golden, "Gmain", G, {"G/loss": loss, "scores/fake": logits, "signs/fake": logits.sign()})


def test_path_length_phase(golden: dict[str, Tensor]) -> None:
    G, _ = networks(golden)
    ws = G.mapping(golden["in.z"][:4])
    image = G.synthesis(ws, noise_mode="const")
    found = path_length(
        image,
        ws,
        golden["in.pl_noise"],
        pl_mean=golden["in.pl_mean_before"],
        decay=float(golden["in.pl_decay"]),
    )
    loss = found.penalty * float(golden["in.pl_weight"])
    loss.mean().backward()
    assert_close(found.pl_mean, golden["out.Greg.pl_mean_after"], 1e-5, 1e-5)
    check(golden, "Greg", G, {"pl_penalty": found.penalty, "G/reg": loss})


def test_discriminator_phase(golden: dict[str, Tensor]) -> None:
    G, D = networks(golden)
    with torch.no_grad():
        fake = G(golden["in.z"], noise_mode="const")
    fake_logits, real_logits = D(fake), D(golden["in.real"])
    loss = discriminator_loss(fake_logits) + real_loss(real_logits)
    loss.mean().backward()
    reports = {"D/loss": loss, "scores/fake": fake_logits, "scores/real": real_logits}
    check(golden, "Dmain", D, reports)


def test_r1_phase(golden: dict[str, Tensor]) -> None:
    _, D = networks(golden)
    real = golden["in.real"].clone().requires_grad_()
    penalty = r1_penalty(real, D(real))
    loss = penalty * float(golden["in.r1_gamma"]) / 2
    loss.mean().backward()
    check(golden, "Dreg", D, {"r1_penalty": penalty, "D/reg": loss})


@dataclass(frozen=True, kw_only=True)
class RecordedDraws(Draws):
    """Draws of one recorded step: no mixing, constant noise, no augmentation."""

    z: Tensor  # [phase, 8, Z]
    pl_noise: Tensor

    def latents(self, phase: Stream, at: Sequence[int]) -> Latents:
        number = [Stream.G_MAIN, Stream.G_REG, Stream.D_MAIN, Stream.D_REG].index(phase)
        z = self.z[number, list(at)]
        return Latents(z=z, z_mix=z, cutoff=torch.full([len(at)], NET.num_ws, device=DEVICE))

    def noise(self, phase: Stream, at: Sequence[int]) -> None:
        return None

    def path_noise(self, at: Sequence[int], shape: tuple[int, ...]) -> Tensor:
        return self.pl_noise[list(at)]

    def augment(self, phase: Stream, use: Use, at: Sequence[int]) -> AugmentDraws:
        raise AssertionError("nothing is augmented at p = 0")


def test_eight_steps_of_training() -> None:
    golden = vectors("train")
    G, D = networks(golden, "g0.", "d0.")
    config = resolved(
        TrainConfig(
            steps=8,
            batch=8,
            learning_rate=0.002,
            gamma=1.0,
            augment="none",
            pl_interval=2,
            r1_interval=4,
            # 0.5^(8 / half-life) is the file's 0.9
            ema_kimg=0.0526305,
            ema_rampup=1e9,
        ),
        resolution=32,
    )
    half_life = 8 / torch.log2(torch.tensor(1 / 0.9, dtype=torch.float64))
    assert config.ema_kimg == pytest.approx(float(half_life) / 1000, rel=1e-5)
    state = assemble(G, D, config=config)
    seen: dict[str, list[Tensor]] = {}
    drawn_for: dict[str, Any] = {"seed": 0, "z_dim": 32, "num_ws": NET.num_ws, "mixing_prob": 0.0, "device": DEVICE}
    for i in range(8):
        draws = RecordedDraws(**drawn_for, step=i, z=golden["in.z"][i], pl_noise=golden["in.pl_noise"][i])
        report = Step(state, config, draws, lambda at, i=i: (golden["in.real"][i][at], [])).run()  # type: ignore[misc]
        state.step += 1
        state.average(config)
        for name, value in report.items():
            seen.setdefault(name, []).append(value)
        assert_close(state.G.mapping.w_avg, golden["out.w_avg"][i], 1e-4, 1e-5, "w_avg")
        assert_close(state.pl_mean, golden["out.pl_mean"][i], 1e-4, 1e-5, "pl_mean")

    def means(name: str) -> Tensor:
        return torch.stack(seen[name]).mean(dim=1)

    assert_close(means("loss_g"), golden["out.loss.Gmain"], 1e-4, 1e-5, "loss_g")
    assert_close(means("loss_d"), golden["out.loss.Dmain"], 1e-4, 1e-5, "loss_d")
    assert_close(means("pl"), golden["out.loss.pl_penalty"], 1e-4, 1e-5, "pl")
    assert_close(means("r1"), golden["out.loss.r1_penalty"], 1e-4, 1e-5, "r1")
    assert_close(torch.stack(seen["real_logits"]), golden["out.logits.real"], 1e-4, 1e-5, "real_logits")
    assert_close(torch.stack(seen["fake_logits"]), golden["out.logits.fake_in_Gmain"], 1e-4, 1e-5, "fake_logits")
    for prefix, net in (("out.gN.", state.G), ("out.dN.", state.D), ("out.emaN.", state.G_ema)):
        own = net.state_dict()
        for name, expected in part(golden, prefix).items():
            assert_close(own[name], expected, 1e-9, 1e-5, prefix + name)
    image = state.G_ema(golden["in.z"][0, 0, :2], noise_mode="const")
    assert_close(image, golden["out.ema_img_after"], 1e-4, 1e-5, "ema_img_after")
