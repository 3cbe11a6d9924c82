"""Several processes that train one network together: each takes a share of every batch (data parallel).

What is learnt does not depend on their number but for the last bits: draws come from counters, shares are whole groups
of the minibatch standard deviation, and gradients, `w_avg`, the mean path length and r_t are sums over all of them.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist

from gan.device import best_device
from gan.errors import ConfigError, ProcessLost

END_S = 20  # a process that was told to end and has not is killed


class OthersFailed(Exception):
    """Another process could not do its share; raised in all of them at the same place, so that all do it again."""


@dataclass(frozen=True)
class Team:
    """This process among those of a training, over the default group of `torch.distributed`; alone without one."""

    rank: int = 0
    count: int = 1
    device: torch.device | None = None  # of the messages: a GPU for NCCL

    @classmethod
    def joined(cls, device: torch.device) -> "Team":
        """The team of a process group that is there already, as under `torchrun`."""
        return cls(dist.get_rank(), dist.get_world_size(), device)

    def any(self, flag: bool) -> bool:
        """Whether `flag` is true in any process. Raises: ProcessLost."""
        if self.count == 1:
            return flag
        told = torch.tensor(float(flag), device=self.device)
        _sum_up(told)
        return bool(told > 0)

    def sum_(self, tensors: Sequence[Tensor]) -> None:
        """Sum each over all processes, in place. Raises: OthersFailed, if one called `any(True)` here; ProcessLost."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        if self.any(False):
            raise OthersFailed
        _sum_up(flat)
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view(tensor.shape))

    def mean(self, values: Tensor) -> Tensor:
        """The mean `[]` of values `[n]` over all processes; gradients flow to all. Raises: as `sum_`, backward too."""
        if self.count == 1:
            return values.mean()
        total: Tensor = _Sum.apply(values.sum(), self)  # type: ignore[no-untyped-call]
        return total / (values.numel() * self.count)


ALONE = Team()


class _Sum(torch.autograd.Function):
    """A sum over processes. Each share is in the sums of all of them, so gradients are summed over them too."""

    @staticmethod
    def forward(ctx: Any, share: Tensor, team: Team) -> Tensor:
        ctx.team = team
        total = share.clone()
        team.sum_([total])
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return _Sum.forward(ctx, grads[0], ctx.team), None


def _sum_up(tensor: Tensor) -> None:
    try:
        dist.all_reduce(tensor)
    except RuntimeError as error:
        raise ProcessLost("another process of this training is gone; go on from the last resume point") from error


def shares(batch: int, size: int, *, team: Team, group: int = 1) -> Iterator[list[int]]:
    """Places in the global batch that this process takes of each micro-batch of `size`.

    Whole groups of the minibatch standard deviation, whose members are size / group apart in the micro-batch, and in
    the share again as far apart as `gan.layers.minibatch_stddev` takes them."""
    for start in range(0, batch, size):
        apart = min(size, batch - start) // group
        own = range(team.rank * apart // team.count, (team.rank + 1) * apart // team.count)
        yield [start + member * apart + i for member in range(group) for i in own]


@contextmanager
def processes(count: int, work: Callable[..., None], *arguments: Any) -> Iterator[Team]:
    """Train with `count` processes: this one, whose team is given, and others that do `work(team, *arguments)`.

    `work` is a function of a module, and goes through the same trainings as the caller. Each process takes a GPU of its
    own where there are GPUs. The others end with this one, however it ends."""
    if count < 1:
        raise ConfigError(f"processes is {count}; give at least 1")
    if count == 1:
        yield ALONE
        return
    start = multiprocessing.get_context("spawn").Process
    with TemporaryDirectory() as folder:
        meet = (f"file://{folder}/meeting", count)
        others = [start(target=_other, args=(rank, *meet, work, *arguments), daemon=True) for rank in range(1, count)]
        for other in others:
            other.start()
        try:
            yield _join(0, *meet)
        except BaseException:
            for other in others:
                other.terminate()
            raise
        finally:
            for other in others:
                other.join(END_S)
                other.kill()
            if dist.is_initialized():
                dist.destroy_process_group()


def _other(rank: int, meeting: str, count: int, work: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the first process decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(_join(rank, meeting, count), *arguments)
    dist.destroy_process_group()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)


def _join(rank: int, meeting: str, count: int) -> Team:
    device, cards = best_device(), torch.cuda.device_count()
    if device.type == "cuda":
        device = torch.device("cuda", rank % cards)
        torch.cuda.set_device(device)
    backend = "nccl" if device.type == "cuda" and count <= cards else "gloo"  # a card each, or not
    dist.init_process_group(backend, init_method=meeting, rank=rank, world_size=count)
    return Team.joined(device)
