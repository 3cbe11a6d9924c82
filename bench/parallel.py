"""Training with two processes against one: one thread each, the same batch a process."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from bench.noise import write_noise
from gan.config import NetConfig, TrainConfig
from gan.events import Tick
from gan.parallel import Team, processes
from gan.train import train

BATCH = 8  # a process
CYCLE = 16  # steps; every lazy phase comes in it
ROUNDS = 5


def speed() -> Iterator[str]:
    """Whole lazy cycles of both in turns, each after a cycle to warm up; medians and ranges."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with TemporaryDirectory() as name:
        write_noise(Path(name), resolution=NetConfig().resolution)
        for _ in range(ROUNDS):
            for count, found in rates.items():
                found.append(rate(count, Path(name)))
    for count, found in rates.items():
        yield (
            f"- {count} x 1 thread, batch {count} x {BATCH}: {np.median(found):.2f} pictures/s "
            f"({min(found):.2f} to {max(found):.2f})"
        )
    ratios = np.array(rates[2]) / np.array(rates[1])
    yield f"- ratio **{np.median(ratios):.2f}** ({ratios.min():.2f} to {ratios.max():.2f}); the goal is 1.7"


def rate(count: int, pictures: Path) -> float:
    """Pictures a second of `count` processes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    config = TrainConfig(
        steps=2 * CYCLE + 1, batch=count * BATCH, augment="none", snapshot_steps=(), resume_every=0, sheet_rows=1
    )
    start = partial(train, config, pictures, net=NetConfig())
    with processes(count, take_part, start) as team:
        events = start(team=team)
        ticks = (time.perf_counter() for event in events if isinstance(event, Tick))
        first, *_, last = islice(ticks, CYCLE, 2 * CYCLE + 1)
        for _ in events:
            pass  # to the end, which all processes reach together
    torch.set_num_threads(before)
    return CYCLE * config.batch / (last - first)


def take_part(team: Team, start: partial[Iterator[object]]) -> None:
    """Do the share of the second process."""
    torch.set_num_threads(1)
    for _ in start(team=team):
        pass
