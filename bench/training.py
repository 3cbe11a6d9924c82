"""How fast the trainer goes at the demo's size, and where its time goes."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from gan.config import NetConfig, TrainConfig
from gan.dataset import write_pictures
from gan.device import configure
from gan.events import Started, Tick
from gan.train import train

WARM_UP = 16  # steps; memory is laid out, and every lazy phase has been seen once
CYCLE = 16  # steps between two R1 steps: a measure is made of whole cycles
CYCLES = 4
SHOWN = 12  # operators of the profile


def speed() -> Iterator[str]:
    """Measure pictures a second over whole lazy cycles, tick to tick."""
    config = TrainConfig(steps=WARM_UP + CYCLES * CYCLE + 1, snapshot_steps=(), resume_every=0)
    ends: list[float] = []
    for event in _events(config):
        if isinstance(event, Started):
            yield f"parameters: G {event.parameters_g:,}, D {event.parameters_d:,}; {event.net.resolution} px"
        if isinstance(event, Tick):
            ends.append(time.perf_counter())
    cycles = np.diff(np.array(ends[WARM_UP::CYCLE]))  # s
    rates = CYCLE * config.batch / cycles
    yield (
        f"training: {np.median(rates):.1f} pictures/s, {1000 * config.batch / np.median(rates):.0f} ms a step "
        f"(batch {config.batch}, {torch.get_num_threads()} threads; "
        f"{len(rates)} cycles of {CYCLE} steps, {rates.min():.1f} to {rates.max():.1f})"
    )


def where() -> Iterator[str]:
    """Profile one lazy cycle by operator."""
    config = TrainConfig(steps=WARM_UP + CYCLE + 1, snapshot_steps=(), resume_every=0)
    with ExitStack() as stack:
        profiler = profile(activities=[ProfilerActivity.CPU])
        for event in _events(config):
            if isinstance(event, Tick) and event.step == WARM_UP:
                stack.enter_context(profiler)
            if isinstance(event, Tick) and event.step == WARM_UP + CYCLE:
                stack.close()
    table = sorted(profiler.key_averages(), key=lambda row: -row.self_cpu_time_total)
    total = sum(row.self_cpu_time_total for row in table)
    for row in table[:SHOWN]:
        yield f"  {row.self_cpu_time_total / total:6.1%}  {row.count:6d} calls  {row.key}"


def _events(config: TrainConfig) -> Iterator[object]:
    configure()
    with _noise(NetConfig().resolution) as folder:
        yield from train(config, folder, base=None, net=NetConfig())


@contextmanager
def _noise(resolution: int, *, count: int = 64) -> Iterator[Path]:
    """A dataset of noise: the time of a step does not depend on what is in the pictures."""
    draw = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        pictures = (draw.integers(0, 256, (3, resolution, resolution), dtype=np.uint8) for _ in range(count))
        write_pictures(Path(name), pictures, count=count, resolution=resolution, photos=range(count))
        yield Path(name)
