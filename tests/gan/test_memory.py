"""What a training needs of memory is said before it starts; where it runs out, a phase is done in smaller parts."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan.config import TrainConfig, resolved
from gan.dataset import Order, Pictures
from gan.device import placed
from gan.discriminator import Discriminator
from gan.errors import MemoryShort
from gan.events import Notice, Started
from gan.generator import Generator
from gan.guard import Need, free_bytes
from gan.phases import Step
from gan.state import TrainState, assemble
from gan.train import train
from tests.gan.draws import counted_draws, real_of
from tests.gan.folders import TINY, dataset

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
NEED = Need(fixed=2**30, each=2**28)


def test_enough_memory_is_nothing_to_speak_of() -> None:
    assert NEED.shortage(8, free=2**30 * 3, device=CPU) is None
    assert free_bytes(CPU) > 2**20


def test_too_little_memory_is_said_with_figures() -> None:
    words = NEED.shortage(8, free=2**31, device=CPU)
    assert words is not None
    assert "needs about 3.0 GiB of memory and there are 2.0 GiB free" in words
    assert "micro_batch of 4 or less" in words
    on_gpu = NEED.shortage(8, free=2**31, device=CUDA)
    assert on_gpu is not None
    assert "fewer pictures at a time, about 4" in on_gpu
    with pytest.raises(MemoryShort, match="even one picture at a time"):
        NEED.shortage(8, free=2**30, device=CPU)


def test_a_batch_beyond_the_memory_is_noticed_before_the_first_step(tmp_path: Path) -> None:
    events = train(TrainConfig(steps=1, batch=2**22, snapshot_steps=()), dataset(tmp_path), net=TINY)
    started = next(events)
    assert isinstance(started, Started)
    assert started.memory_bytes > 2**38
    codes = [event.code for event in islice(events, 3) if isinstance(event, Notice)]
    assert "memory_short" in codes


class Full(Discriminator):
    """A discriminator that has no memory for more than `most` pictures, in the given phases of a step."""

    most, real, seen = 8, True, 0

    def forward(self, image: Tensor, c: Tensor | None = None) -> Tensor:
        self.seen = max(self.seen, len(image))
        if len(image) > self.most and image.requires_grad == self.real:
            raise torch.OutOfMemoryError("there is no more")
        return super().forward(image, c)


def stepped(pictures: Path, *, most: int, real: bool = True) -> TrainState:
    """One step with R1. `real`: memory ends where pictures take gradients, as in G's phase and in R1."""
    torch.manual_seed(0)
    # No path length, whose mean is that of a micro-batch, and groups of one: what is learnt is compared.
    config = resolved(TrainConfig(steps=1, batch=8, gamma=1.0, pl_weight=0.0), resolution=16)
    D = Full(replace(TINY, mbstd_group_size=1))
    D.most, D.real = most, real
    state = assemble(placed(Generator(TINY)), placed(D), config=config)
    order = Order(Pictures.open(pictures), seed=0, mirror=True)
    draws = replace(counted_draws(), z_dim=TINY.z_dim, num_ws=TINY.num_ws)
    Step(state, config, draws, real_of(order)).run()
    return state


@pytest.mark.parametrize(("most", "real"), [(4, True), (2, True), (2, False)])
def test_a_phase_without_memory_is_done_again_in_smaller_parts(tmp_path: Path, most: int, real: bool) -> None:
    """In G's phase nothing was applied yet; in D's, G's was, and is not applied again."""
    pictures = dataset(tmp_path)
    whole, parts = stepped(pictures, most=8), stepped(pictures, most=most, real=real)
    assert (whole.micro_batch, parts.micro_batch) == (8, most)
    for (name, ours), theirs in zip(whole.tensors().items(), parts.tensors().values(), strict=True):
        # Adam's first step is lr * sign of the gradient, where it is rounding alone too; a step too many would be 2e-3.
        assert float((ours - theirs).abs().max()) <= 2e-4 * float(ours.abs().max()) + 2e-5, name


def test_no_memory_for_one_picture_ends_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(MemoryShort, match="there cannot be fewer"):
        stepped(dataset(tmp_path), most=0)
