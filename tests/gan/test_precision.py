"""Mixed precision: the same training but for rounding, the same bits each time, and nothing but float32 kept."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan import state
from gan.config import NetConfig, TrainConfig
from gan.discriminator import Discriminator
from gan.events import Notice, ResumePoint, Started
from gan.generator import Generator
from gan.layers import mix
from gan.losses import discriminator_loss, generator_loss, path_length, r1_penalty
from gan.state import SavedState
from gan.train import train
from tests.gan.folders import dataset

NET = NetConfig(resolution=64, z_dim=16, w_dim=16, mapping_layers=2, channel_base=512, channel_max=32)
CONFIG = TrainConfig(
    steps=4,
    batch=8,
    precision="mixed",
    gamma=1.0,
    r1_interval=2,
    pl_interval=2,
    augment="fixed",
    snapshot_steps=(),
    resume_every=2,
    sheet_rows=1,
    sheet_columns=1,
)
QUICK, SLOW = (lambda _: True), (lambda _: False)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("pictures"), resolution=64)


@pytest.fixture(autouse=True)
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that is quick with bfloat16; on others it is slow, and the same."""
    monkeypatch.setattr(state, "quick_bfloat16", QUICK)


def kept(pictures: Path, *, config: TrainConfig = CONFIG, resume: Path | None = None) -> dict[int, SavedState]:
    """The resume points of a training, by step."""
    events = train(config, pictures, net=NET, resume=resume)
    points = [event.write.__self__ for event in events if isinstance(event, ResumePoint)]  # type: ignore[attr-defined]
    return {point.facts["step"]: point for point in points}


def losses(G: Generator, D: Discriminator) -> dict[str, Tensor]:
    """What each phase of a step makes small, of the same pictures each time."""
    generator = torch.Generator().manual_seed(5)
    z = torch.randn(4, NET.z_dim, generator=generator)
    real = torch.rand(4, 3, 64, 64, generator=generator) * 2 - 1
    ws = G.mapping(z)
    fake = G.synthesis(ws, noise_mode="const")
    noise = torch.randn(fake.shape, generator=generator)
    length = path_length(fake, ws, noise, pl_mean=torch.zeros([]), decay=0.01, mean=torch.mean)
    given = real.requires_grad_()
    return {
        "g": generator_loss(D(fake)).mean(),
        "path length": length.penalty.mean(),
        "d": discriminator_loss(D(fake.detach())).mean(),
        "r1": r1_penalty(given, D(given)).mean(),
    }


def test_every_phase_points_where_it_points_in_float32() -> None:
    torch.manual_seed(1)
    G, D = Generator(NET), Discriminator(NET)
    parameters = [*G.parameters(), *D.parameters()]

    def directions() -> dict[str, Tensor]:
        found = {}
        for name, loss in losses(G, D).items():
            each = torch.autograd.grad(loss, parameters, retain_graph=True, materialize_grads=True)
            found[name] = torch.cat([gradient.flatten() for gradient in each])
        return found

    exact = directions()
    mix(G)
    mix(D)
    for name, near in directions().items():
        assert torch.cosine_similarity(near, exact[name], dim=0) > 0.99, name
        assert not torch.equal(near, exact[name]), name


def test_small_blocks_pictures_and_weights_stay_whole() -> None:
    G = Generator(NET)
    mix(G)
    blocks = [G.synthesis.block(resolution) for resolution in G.synthesis.resolutions]
    assert [block.dtype(torch.device("cpu")) for block in blocks] == [torch.float32] * 3 + [torch.bfloat16] * 2
    assert G(torch.randn(1, NET.z_dim)).dtype == torch.float32
    assert {parameter.dtype for parameter in G.parameters()} == {torch.float32}


def test_it_is_not_the_training_of_float32_and_resumes_to_the_same_bits(pictures: Path, tmp_path: Path) -> None:
    straight = kept(pictures)
    assert {tensor.dtype for tensor in straight[4].tensors.values()} == {torch.float32}
    resumed = kept(pictures, resume=straight[2].write(tmp_path / "resume"))
    exact = kept(pictures, config=replace(CONFIG, precision="float32"))
    differ = {name for name, tensor in straight[4].tensors.items() if not torch.equal(tensor, exact[4].tensors[name])}
    assert differ
    for name, tensor in straight[4].tensors.items():
        assert torch.equal(tensor, resumed[4].tensors[name]), name


def test_a_device_that_is_slow_with_it_trains_in_float32(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "quick_bfloat16", SLOW)
    slow, exact = kept(pictures), kept(pictures, config=replace(CONFIG, precision="float32"))
    for name, tensor in exact[4].tensors.items():
        assert torch.equal(tensor, slow[4].tensors[name]), name


def test_who_goes_on_where_it_is_slow_is_told(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = kept(pictures)[2].write(tmp_path / "resume")
    monkeypatch.setattr(state, "quick_bfloat16", SLOW)
    events = train(CONFIG, pictures, net=NET, resume=point)
    started, notice = next(events), next(events)
    assert isinstance(started, Started)
    assert isinstance(notice, Notice)
    assert notice.code == "environment_changed"
    assert "numbers was bfloat16 and is float32" in notice.text
