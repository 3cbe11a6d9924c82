"""On a graphics card: golden numbers, half and mixed precision, resume, lack of memory, processes that share it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from gan import parallel
from gan.config import AdaConfig, NetConfig, Precision, TrainConfig
from gan.device import placed
from gan.discriminator import Discriminator
from gan.events import Finished, Notice, ResumePoint, Sheet, Snapshot, Started, Tick, TrainEvent
from gan.generate import generate
from gan.generator import Generator, NoiseMode
from gan.model import load_generator
from gan.parallel import Team, processes
from gan.train import train
from tests.gan.folders import TINY, dataset

pytestmark = pytest.mark.gpu

CUDA = torch.device("cuda")
GOLDEN = ["test_operators.py", "test_networks.py", "test_losses.py", "test_ada.py"]
HALF = NetConfig(resolution=64, channel_base=2048, channel_max=64, conv_clamp=256, num_fp16_res=3)
WHOLE = replace(HALF, conv_clamp=None, num_fp16_res=0)
SHORT = TrainConfig(
    steps=6,
    batch=16,
    gamma=1.0,
    r1_interval=3,
    pl_interval=2,
    ada=AdaConfig(target=-1.0, speed_kimg=0.1, interval=2, pipe="bgc"),
    snapshot_steps=(),
    resume_every=0,
    sheet_rows=1,
    sheet_columns=2,
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("larger"), resolution=64)


class Learnt(NamedTuple):
    """What came of a training: the last loss and score of each kind, and the sheet."""

    metrics: Mapping[str, float]
    sheet: NDArray[np.uint8]


def learnt(events: Iterator[TrainEvent], folder: Path) -> Learnt:
    metrics, sheet = {}, np.empty(0, np.uint8)
    for event in events:
        if isinstance(event, ResumePoint):
            event.write(folder)
        if isinstance(event, Tick):
            metrics = dict(event.metrics)
        if isinstance(event, Sheet):
            sheet = event.pictures
    return Learnt(metrics, sheet)


def assert_alike(one: Learnt, other: Learnt) -> None:
    """Sums in another order make a card differ in the last bits, and Adam's first steps make more of it."""
    for name, value in one.metrics.items():
        assert other.metrics[name] == pytest.approx(value, rel=0.02, abs=0.01), name
    assert np.abs(one.sheet.astype(int) - other.sheet).mean() < 1


def test_the_golden_numbers() -> None:
    folder = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(folder / name) for name in GOLDEN)]
    env = {**os.environ, "GOLDEN_DEVICE": "cuda"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@torch.no_grad()
def test_half_precision_draws_the_same_pictures() -> None:
    torch.manual_seed(0)
    G, D = Generator(HALF), Discriminator(HALF)
    z = torch.randn(16, HALF.z_dim)
    expected = G(z, noise_mode="const")
    drawn = placed(G, CUDA)(z.to(CUDA), noise_mode="const")
    assert drawn.dtype == torch.float32
    assert float((drawn.cpu() - expected).abs().max()) < 0.02 * float(expected.abs().max())
    logits, on_card = D(expected), placed(D, CUDA)(expected.to(CUDA)).cpu()
    assert float((on_card - logits).abs().max()) < 0.02 * float(logits.abs().max()) + 0.01


@pytest.mark.parametrize(("net", "precision"), [(HALF, "float32"), (WHOLE, "mixed")])
def test_training_in_half_precision_learns(larger: Path, tmp_path: Path, net: NetConfig, precision: Precision) -> None:
    config = replace(SHORT, steps=200, ada=AdaConfig(), gamma=None, r1_interval=16, pl_interval=4, tick_every=20)
    events = []
    for event in train(replace(config, precision=precision), larger, net=net, device=CUDA):
        if isinstance(event, Snapshot):
            event.write(tmp_path / "model")
        events.append(event)
    assert events[-1] == Finished(step=200, photos_seen=3200, stopped=False)
    assert not [event for event in events if isinstance(event, Notice) and event.code == "gone_back"]
    variety = [event.metrics["variety"] for event in events if isinstance(event, Tick)]
    assert variety[-1] > 0.05
    (sheet,) = [event for event in events if isinstance(event, Sheet)]
    G = load_generator(tmp_path / "model")
    z = torch.randn(2, net.z_dim, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ours, theirs = G(z, noise_mode="const"), placed(G, CUDA)(z.to(CUDA), noise_mode="const").cpu()
    assert float((ours - theirs).abs().max()) < 0.05
    assert sheet.pictures.shape == (2, 3, 64, 64)


@pytest.mark.parametrize("noise_mode", ["const", "random"])
def test_what_is_drawn_on_a_card_is_what_a_processor_draws(noise_mode: NoiseMode) -> None:
    torch.manual_seed(0)
    G = Generator(WHOLE).eval()
    ours = torch.stack(list(generate(placed(G), range(5), noise_mode=noise_mode)))
    theirs = torch.stack(list(generate(placed(G, CUDA), range(5), noise_mode=noise_mode, batch=2)))
    assert float((ours - theirs.cpu()).abs().max()) < 0.01


def test_a_resumed_training_goes_on_as_it_was(pictures: Path, tmp_path: Path) -> None:
    whole = learnt(train(SHORT, pictures, net=TINY, device=CUDA), tmp_path / "whole")
    learnt(train(replace(SHORT, steps=3), pictures, net=TINY, device=CUDA), tmp_path / "half")
    rest = learnt(train(SHORT, pictures, net=TINY, resume=tmp_path / "half", device=CUDA), tmp_path / "rest")
    assert_alike(whole, rest)


def test_two_micro_batches_learn_what_one_batch_learns(pictures: Path, tmp_path: Path) -> None:
    """No path length, whose mean is that of a micro-batch, and groups of one."""
    config, net = replace(SHORT, pl_weight=0.0), replace(TINY, mbstd_group_size=1)
    whole = learnt(train(config, pictures, net=net, device=CUDA), tmp_path / "whole")
    parts = learnt(train(replace(config, micro_batch=8), pictures, net=net, device=CUDA), tmp_path / "parts")
    assert_alike(whole, parts)


def take_part(team: Team, pictures: Path) -> None:
    assert list(train(SHORT, pictures, net=TINY, team=team)) == []


def test_two_processes_learn_what_one_learns(pictures: Path, tmp_path: Path) -> None:
    """With a card each over NCCL where there are two, else sharing one."""
    alone = learnt(train(SHORT, pictures, net=TINY, device=CUDA), tmp_path / "one")
    with processes(2, take_part, pictures) as team:
        together = learnt(train(SHORT, pictures, net=TINY, team=team), tmp_path / "two")
    assert_alike(alone, together)


def test_nccl_sums_what_a_team_sums() -> None:
    team = parallel._join(0, f"tcp://127.0.0.1:{29400 + os.getpid() % 1000}", 1)
    try:
        assert torch.distributed.get_backend() == "nccl"
        values = torch.arange(5.0, device=CUDA)
        parallel._sum_up(values)
        assert values.tolist() == [0, 1, 2, 3, 4]
        assert team.device == torch.device("cuda", 0)
    finally:
        torch.distributed.destroy_process_group()


def test_where_the_card_is_too_full_fewer_pictures_are_taken_at_a_time(larger: Path) -> None:
    total = torch.cuda.get_device_properties(0).total_memory
    net = NetConfig(resolution=64, channel_base=16384, channel_max=256)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(1.5 * 2**30 / total)
    try:
        config = replace(SHORT, steps=2, batch=128, pl_interval=1, r1_interval=1)
        events = list(train(config, larger, net=net, device=CUDA))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
    assert events[-1] == Finished(step=2, photos_seen=256, stopped=False)
    assert "micro_batch_halved" in [event.code for event in events if isinstance(event, Notice)]


@pytest.mark.parametrize(("resolution", "base", "most", "batch"), [(64, 4096, 128, 32), (256, 16384, 512, 8)])
def test_the_memory_that_is_announced_is_near_what_is_taken(
    tmp_path: Path, resolution: int, base: int, most: int, batch: int
) -> None:
    pictures = dataset(tmp_path, resolution=resolution)
    net = NetConfig(resolution=resolution, channel_base=base, channel_max=most)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    events = list(train(replace(SHORT, steps=6, batch=batch), pictures, net=net, device=CUDA))
    assert isinstance(events[0], Started)
    taken = torch.cuda.max_memory_allocated()
    assert 0.4 < taken / events[0].memory_bytes < 1.2
