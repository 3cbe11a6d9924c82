"""Two processes learn what one learns with the same batch, also where one of them runs out of memory."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from gan.config import AdaConfig, TrainConfig, resolved
from gan.dataset import Order, Pictures
from gan.device import placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError, GanError, ProcessLost
from gan.events import Finished, ResumePoint, TrainEvent
from gan.generator import Generator
from gan.parallel import ALONE, Team, processes, shares
from gan.phases import Step, fits
from gan.state import TrainState, assemble
from gan.train import train
from tests.gan.draws import counted_draws, real_of
from tests.gan.folders import TINY, dataset

# Two micro-batches a step, of which each process takes a group of four; every lazy phase, mixing and augmentation.
SHARED = TrainConfig(
    steps=4,
    batch=16,
    micro_batch=8,
    gamma=1.0,
    r1_interval=3,
    pl_interval=2,
    ada=AdaConfig(target=-1.0, speed_kimg=0.1, interval=2, pipe="bgc"),
    snapshot_steps=(),
    resume_every=2,
    sheet_rows=1,
    sheet_columns=2,
)


def take_part(team: Team, pictures: Path) -> None:
    torch.set_num_threads(1)
    assert list(train(SHARED, pictures, net=TINY, team=team)) == []


def written(events: Iterator[TrainEvent], folder: Path) -> dict[str, Tensor]:
    """The last resume point's tensors."""
    for event in events:
        if isinstance(event, ResumePoint):
            event.write(folder)
    return load_file(folder / "resume.safetensors")


def assert_same(ours: dict[str, Tensor], theirs: dict[str, Tensor], relative: float) -> None:
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        off = float((value - theirs[name]).abs().max())
        assert off <= relative * float(value.abs().max()) + 1e-7, (name, off)


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    pictures = dataset(tmp_path / "pictures")
    alone = written(train(SHARED, pictures, net=TINY), tmp_path / "one")
    with processes(2, take_part, pictures) as team:
        together = written(train(SHARED, pictures, net=TINY, team=team), tmp_path / "two")
    assert_same(alone, together, 2e-4)


class Narrow(Discriminator):
    """A discriminator whose second derivatives take more memory than there is for more than two pictures."""

    def forward(self, image: Tensor, c: Tensor | None = None) -> Tensor:
        if image.requires_grad and image.is_leaf and len(image) > 2:
            raise torch.OutOfMemoryError("it is full")
        return super().forward(image, c)


def one_step(team: Team, pictures: Path, *, narrow: bool) -> TrainState:
    """The first step, which has every phase; at R1, `narrow` runs out of memory after the other three were applied."""
    torch.manual_seed(0)
    config = resolved(replace(SHARED, batch=8), resolution=16)
    # Groups of one, since smaller micro-batches group pictures otherwise, and what is learnt is compared.
    G, D = Generator(TINY), (Narrow if narrow else Discriminator)(replace(TINY, mbstd_group_size=1))
    state = assemble(placed(G), placed(D), config=config)
    order = Order(Pictures.open(pictures), seed=0, mirror=True)
    draws = replace(counted_draws(), z_dim=TINY.z_dim, num_ws=TINY.num_ws)
    Step(state, config, draws, real_of(order), team).run()
    return state


def run_out(team: Team, pictures: Path) -> None:
    torch.set_num_threads(1)
    assert one_step(team, pictures, narrow=True).micro_batch == 4


def test_memory_that_runs_out_in_one_process_halves_the_micro_batch_in_all(tmp_path: Path) -> None:
    pictures = dataset(tmp_path)
    alone = one_step(ALONE, pictures, narrow=False)
    assert alone.micro_batch == 8
    with processes(2, run_out, pictures) as team:
        state = one_step(team, pictures, narrow=False)
    assert state.micro_batch == 4
    assert_same(dict(alone.tensors()), dict(state.tensors()), 2e-4)


def end_early(team: Team, pictures: Path) -> None:
    torch.set_num_threads(1)
    list(train(replace(SHARED, steps=1), pictures, net=TINY, team=team))


def test_a_process_that_is_gone_ends_the_others_in_plain_words(tmp_path: Path) -> None:
    pictures = dataset(tmp_path)
    with pytest.raises(ProcessLost, match="last resume point"), processes(2, end_early, pictures) as team:
        list(train(SHARED, pictures, net=TINY, team=team))


@pytest.mark.parametrize(("size", "group", "count"), [(8, 4, 2), (16, 4, 2), (12, 2, 3), (8, 8, 1)])
def test_shares_are_whole_groups_of_the_minibatch_statistic(size: int, group: int, count: int) -> None:
    """A group's members are size / group apart in the batch, and in a share as far apart as the layer takes them."""
    expected = {frozenset(range(first, size, size // group)) for first in range(size // group)}
    found = []
    for rank in range(count):
        (own,) = shares(size, size, team=Team(rank, count), group=group)
        apart = len(own) // group
        found += [frozenset(own[first::apart]) for first in range(apart)]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    pictures = dataset(tmp_path)
    with pytest.raises(ConfigError, match="multiples of 8"):
        next(train(replace(SHARED, micro_batch=4), pictures, net=TINY, team=Team(0, 2)))
    assert not fits(12, replace(SHARED, batch=24), TINY, processes=2)
    assert issubclass(ConfigError, GanError)


def test_a_stop_in_the_first_process_ends_all(tmp_path: Path) -> None:
    pictures = dataset(tmp_path)
    with processes(2, take_part, pictures) as team:
        events = list(train(SHARED, pictures, net=TINY, team=team, stop=lambda: True))
    assert events[-1] == Finished(step=0, photos_seen=0, stopped=True)
