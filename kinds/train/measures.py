"""Distances of the snapshots: to the archive, to the base, and how far between the two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch

from gan import metrics
from gan.dataset import Pictures
from gan.errors import FeaturesMissing
from gan.features import Extractor, extractor
from gan.generator import Generator
from gan.model import load_generator
from jobs.events import JobEvent, Measured, Notice, Progress
from jobs.place import Place
from kinds.train.params import TrainParams


class Measuring:
    """Measures the snapshots that are to be measured, all from the same latents and against the same photographs."""

    def __init__(self, params: TrainParams, place: Place, dataset: Path, *, device: torch.device) -> None:
        self._params = params
        self._place = place
        self._dataset = dataset
        self._device = device
        self._count = int(params.value("measure_pictures"))
        self._seed = int(params.value("seed"))
        self._generator: Generator | None = None
        self._against: tuple[Extractor, metrics.Reals, metrics.Features | None] | None = None
        self._missing = False

    def snapshot(self, folder: Path, *, step: int) -> None:
        """Take up a snapshot that was just written, as it was written, if it is to be measured."""
        self._generator = load_generator(folder, self._device) if self._wanted(step) else None

    def at(self, step: int) -> Iterator[JobEvent]:
        """Measure the snapshot that was taken up; nothing, if it is not to be measured."""
        G_ema, self._generator = self._generator, None
        if G_ema is None:
            return
        yield Progress(done=step, total=self._params.value("steps"), unit="step", phase="measuring")
        try:
            network, real, base = self._against = self._against or self._prepared()
        except FeaturesMissing as error:
            self._missing = True
            yield Notice(code="not_measured", text=f"The moments are kept, but not measured: {error}")
            return
        found = metrics.measure(
            G_ema, network=network, real=real, base_features=base, count=self._count, seed=self._seed
        )
        measures: dict[str, float] = {
            "kernel": found.kernel,
            "kernel_low": found.kernel_low,
            "kernel_high": found.kernel_high,
            "frechet": found.frechet,
            "variety": found.variety,
            "pictures": found.pictures,
            "real_pictures": found.real_pictures,
        }
        if found.kernel_to_base is not None:
            between = in_between(found.kernel, found.kernel_to_base)
            measures |= {"kernel_to_base": found.kernel_to_base, "in_between": between}
        yield Measured(step=step, measures=measures)

    def _wanted(self, step: int) -> bool:
        moments = self._params.value("snapshot_steps")
        ends = step in (moments[0], self._params.value("steps")) or self._place.stop()
        return not self._missing and {"all": True, "ends": ends, "none": False}[self._params.value("measure")]

    def _prepared(self) -> tuple[Extractor, metrics.Reals, metrics.Features | None]:
        """Look at the archive's pictures and at the base's, once a training."""
        network = extractor(self._device)
        real = metrics.reals(network, Pictures.open(self._dataset), count=self._count, seed=self._seed)
        folder = self._place.inputs.get("model")
        if folder is None:
            return network, real, None
        base = load_generator(folder, self._device)
        return network, real, metrics.drawn_features(network, base, count=self._count, seed=self._seed)


def in_between(to_archive: float, to_base: float) -> float:
    """Say how far between base and archive a model stands: 0 at either of them, 1 halfway.

    Kernel distances are squared, so their roots are lengths. With a the length to the archive and b the one to the
    base, the share of the way is x = b / (a + b), and the measure 4·x·(1 - x). An unbiased estimate may fall below 0
    where there is no distance: it counts as 0.
    """
    a, b = math.sqrt(max(0.0, to_archive)), math.sqrt(max(0.0, to_base))
    if a + b == 0:
        return 0.0
    x = b / (a + b)
    return 4 * x * (1 - x)
