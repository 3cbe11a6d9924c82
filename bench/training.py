"""How fast the trainer goes at the demo's size, and where its time goes."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from bench.noise import write_noise
from gan.config import NetConfig, TrainConfig
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
            yield f"- parameters: G {event.parameters_g:,}, D {event.parameters_d:,}; {event.net.resolution} px"
        if isinstance(event, Tick):
            ends.append(time.perf_counter())
    cycles = np.diff(np.array(ends[WARM_UP::CYCLE]))  # s
    rates = CYCLE * config.batch / cycles
    yield (
        f"- training: {np.median(rates):.1f} pictures/s, {1000 * config.batch / np.median(rates):.0f} ms a step "
        f"(batch {config.batch}, {torch.get_num_threads()} threads; "
        f"{len(rates)} cycles of {CYCLE} steps, {rates.min():.1f} to {rates.max():.1f})"
    )


def step_seconds() -> float:
    """Median seconds of a plain step at the demo's size: no path length, no R1."""
    config = TrainConfig(steps=WARM_UP, snapshot_steps=(), resume_every=0)
    ends = [time.perf_counter() for event in _events(config) if isinstance(event, Tick)]
    return float(np.median(np.diff(ends)))


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
        yield f"- {row.self_cpu_time_total / total:6.1%}  {row.count:6d} calls  {row.key}"


def _events(config: TrainConfig) -> Iterator[object]:
    configure()
    with tempfile.TemporaryDirectory() as folder:
        write_noise(Path(folder), resolution=NetConfig().resolution)
        yield from train(config, Path(folder), base=None, net=NetConfig())
