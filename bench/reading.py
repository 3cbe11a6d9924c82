"""Whether the reader keeps up: how long a training waits for its pictures, and how many a core can deliver."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.noise import write_noise
from bench.training import step_seconds
from gan.dataset import Order, Pictures

BATCH = 8
BATCHES = 50
COUNTS = {64: 2000, 1024: 200}  # pictures of the datasets


def speed() -> Iterator[str]:
    """Read batches at 64 and at 1024 px, each picture mirrored with probability 1/2, from files that are cached."""
    seconds = {resolution: batch_seconds(resolution, count) for resolution, count in COUNTS.items()}
    step = step_seconds()
    yield (
        f"- 64 px: {1000 * seconds[64]:.2f} ms for a batch of {BATCH}, twice in a step that takes "
        f"{1000 * step:.0f} ms at most: {2 * seconds[64] / step:.2%} of a training is waiting for data"
    )
    yield f"- 1024 px: {BATCH / seconds[1024]:,.0f} pictures/s on one core"


def batch_seconds(resolution: int, count: int) -> float:
    """Median seconds that a batch of `BATCH` pictures takes, in the order in which a training sees them."""
    with tempfile.TemporaryDirectory() as name:
        write_noise(Path(name), resolution=resolution, count=count)
        order = Order(Pictures.open(Path(name)), seed=0, mirror=True)
        took = []
        for first in range(0, BATCHES * BATCH, BATCH):
            began = time.perf_counter()
            order.batch(range(first, first + BATCH))
            took.append(time.perf_counter() - began)
    return float(np.median(took))
