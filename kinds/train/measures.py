"""Distances of the snapshots: to the archive, to the base, and how far between the two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch

from gan import metrics
from gan.dataset import Pictures
from gan.errors import FeaturesMissing
from gan.generator import Generator
from gan.model import load_generator
from jobs.events import JobEvent, Measured, Notice, Progress
from jobs.place import Place
from kinds.train.cost import work_s
from kinds.train.params import TrainParams
from kinds.train.speed import Shape, measure_s, step_s


class Measurer:
    """Measures networks, all from the same latents and against the same photographs."""

    def __init__(self, *, dataset: Path, base: Path | None, count: int, seed: int, device: torch.device) -> None:
        self.done = 0  # times that pictures were looked at
        self._dataset = dataset
        self._base_folder = base
        self._count = count
        self._seed = seed
        self._device = device
        self._network: metrics.Extractor | None = None
        self._real: metrics.Reals | None = None
        self._base: metrics.Features | None = None

    def measures(self, G_ema: Generator, *, step: int) -> dict[str, float]:
        """Measure what a training has learnt at `step`. Raises: FeaturesMissing."""
        network, real = self._extractor(), self._reals()
        fake = metrics.drawn_features(network, G_ema, count=self._count, seed=self._seed)
        self.done += 1
        kernel = metrics.kernel_distance(real.features, fake, photos=real.photos)
        variety = metrics.variety(fake)
        measures: dict[str, float] = {
            "kernel": kernel.value,
            "kernel_low": kernel.low,
            "kernel_high": kernel.high,
            "frechet": metrics.frechet_distance(real.features, fake),
            "variety": variety.value,
            "variety_low": variety.low,
            "variety_high": variety.high,
            **self.of_archive(),
            "pictures": len(fake),
            "real_pictures": len(real.photos),
        }
        if self._base_folder is None:
            return measures
        if step == 0:
            self._base = fake  # the training begins with the base itself
            return measures | _between(kernel.value, metrics.Distance(0.0, low=0.0, high=0.0))
        if self._base is None:
            base = load_generator(self._base_folder, self._device)
            self._base = metrics.drawn_features(network, base, count=self._count, seed=self._seed)
        return measures | _between(kernel.value, metrics.kernel_distance(self._base, fake, paired=True))

    def of_archive(self) -> dict[str, float]:
        """Measure the photographs alone. Raises: FeaturesMissing."""
        return {"variety_of_archive": metrics.variety(self._reals().features).value}

    def _reals(self) -> metrics.Reals:
        if self._real is None:
            pictures = Pictures.open(self._dataset)
            self._real = metrics.reals(self._extractor(), pictures, count=self._count, seed=self._seed)
            self.done += 1
        return self._real

    def _extractor(self) -> metrics.Extractor:
        self._network = self._network or metrics.extractor(self._device)
        return self._network


class Measuring:
    """Measures the snapshots of a training that are to be measured, while it goes on."""

    def __init__(self, params: TrainParams, place: Place, dataset: Path, *, device: torch.device) -> None:
        self._params = params
        self._place = place
        self._device = device
        self._generator: Generator | None = None
        self._missing = False
        count = params.measure_pictures or 0  # none, where nothing is to be measured
        value = params.value
        self._measurer = Measurer(
            dataset=dataset, base=place.inputs.get("model"), count=count, seed=int(value("seed")), device=device
        )
        shape = Shape.of(place.facts["model"]["architecture"] if params.base_model_id else params.model_dump())
        self._step_s = step_s(shape, batch=value("batch"))
        self._measure_s = measure_s(count)
        self._total_s = work_s(params, shape)

    def work(self, step: int) -> dict[str, float]:
        """Say how much is done at `step`, of how much, in nominal seconds; the pace of the whole follows from it."""
        return {"work": step * self._step_s + self._measurer.done * self._measure_s, "work_total": self._total_s}

    def snapshot(self, folder: Path, *, step: int) -> None:
        """Take up a snapshot that was just written, as it was written, if it is to be measured."""
        self._generator = load_generator(folder, self._device) if self._wanted(step) else None

    def at(self, step: int) -> Iterator[JobEvent]:
        """Measure the snapshot that was taken up; nothing, if it is not to be measured."""
        G_ema, self._generator = self._generator, None
        if G_ema is None:
            return
        total = self._params.value("steps")
        yield Progress(done=step, total=total, unit="step", phase="measuring", metrics=self.work(step))
        try:
            measures = self._measurer.measures(G_ema, step=step)
        except FeaturesMissing as error:
            self._missing = True
            yield Notice(code="not_measured", text=f"The moments are kept, but not measured: {error}")
            return
        yield Measured(step=step, measures=measures)

    def _wanted(self, step: int) -> bool:
        if self._missing or self._params.value("measure") == "none":
            return False
        ends = (self._params.value("snapshot_steps")[0], self._params.value("steps"))
        return self._params.value("measure") == "all" or step in ends or self._place.stop()


def _between(to_archive: float, to_base: metrics.Distance) -> dict[str, float]:
    return {
        "kernel_to_base": to_base.value,
        "kernel_to_base_low": to_base.low,
        "kernel_to_base_high": to_base.high,
        "in_between": in_between(to_archive, to_base.value),
    }


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
