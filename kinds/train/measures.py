"""Distances of the snapshots: to the archive, to the base, and how far between the two."""

from __future__ import annotations

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
        self._of_base = 0.0  # kernel distance from the base to the archive

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
            self._of_base = kernel.value
            return measures | _between(kernel.value, metrics.Distance(0.0, low=0.0, high=0.0), kernel.value)
        if self._base is None:
            base = load_generator(self._base_folder, self._device)
            self._base = metrics.drawn_features(network, base, count=self._count, seed=self._seed)
            self._of_base = metrics.kernel_distance(real.features, self._base, photos=real.photos).value
        return measures | _between(kernel.value, metrics.kernel_distance(self._base, fake, paired=True), self._of_base)

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


def _between(to_archive: float, to_base: metrics.Distance, of_base: float) -> dict[str, float]:
    return {
        "kernel_to_base": to_base.value,
        "kernel_to_base_low": to_base.low,
        "kernel_to_base_high": to_base.high,
        "kernel_of_base": of_base,
        "in_between": in_between(to_archive, to_base.value, of_base),
    }


def in_between(to_archive: float, to_base: float, of_base: float) -> float:
    """Say how far between base and archive a model stands: 0 at either of them, 1 halfway.

    `to_archive` K, `to_base` B, `of_base` C: kernel distances from the model to the archive, from it to the base, and
    from the base to the archive. Each is the square of a length between means in the kernel's space (Gretton et al.
    2012, Lemma 4), so the three are the sides of a triangle, and the model's place on the line from base to archive
    is that of its foot, by the law of cosines:

        t = (B + C - K) / 2C

    t is 0 at the base, 1 at the archive, and 1/2 just where the model is as far from one as from the other, however
    far off the line it stands. The measure is 4 t (1 - t), and 0 outside. The share b / (a + b) of the two lengths
    alone is 1/2 at the same place, but rises as soon as a training leaves its base in any direction: faces that were
    merely other faces, hardly nearer to the landscapes, were a third of the way by it, and a sixth by t. An estimate
    may fall below 0 where there is no distance; where the base is the archive, nothing is between them.
    """
    if of_base <= 0:
        return 0.0
    t = min(1.0, max(0.0, (to_base + of_base - to_archive) / (2 * of_base)))
    return 4 * t * (1 - t)
