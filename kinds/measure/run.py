"""Measure moments of a training that were not measured when they were learnt."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gan import device
from gan.errors import FeaturesMissing, GanError
from gan.model import load_generator
from gan.randomness import Stream, counted
from jobs.errors import JobFailed
from jobs.events import JobEvent, Measured, Progress
from jobs.params import JobParams
from jobs.place import Place
from kinds.measure.cost import PICTURES, work_s
from kinds.train.measures import Measurer
from kinds.train.params import TrainParams
from kinds.train.pictures import Stopped, prepared

FEWEST = 4  # photographs that a distance can be taken from


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Measure the moments that lie in the folders `place.inputs["moments"]`/<step>, as their training would have done.

    Beside them lie `views.jsonl`, what the training saw, and `base`, if it began with one that is still there.
    `place.facts["moments"]`: `training`, its parameters; `dataset`, the facts of its archive; `drawn`, the steps to be
    measured; `known`, those of which only the variety of the archive is missing.
    Yields: Progress, and Measured for each moment.
    Raises: JobFailed, if photographs or weights are missing.
    """
    on, told, folder = device.configure(), place.facts["moments"], place.inputs["moments"]
    training = TrainParams.model_validate(told["training"])
    count, seed = training.measure_pictures or PICTURES, int(training.value("seed"))
    views = _seen(folder / "views.jsonl", place.scratch / "seen.jsonl", count=count, seed=seed)
    laid = replace(place, inputs={"dataset": views}, facts={"dataset": told["dataset"]})
    base = folder / "base"
    try:
        dataset = yield from _pictures(laid, resolution=training.value("resolution"))
        measurer = Measurer(dataset=dataset, base=base if base.is_dir() else None, count=count, seed=seed, device=on)
        drawn: Sequence[int] = told["drawn"]
        yield _progress(0, len(drawn), count)
        for step in told["known"]:
            yield Measured(step=step, measures=measurer.of_archive())
        for done, step in enumerate(drawn, start=1):
            if place.stop():
                return
            yield Measured(step=step, measures=measurer.measures(load_generator(folder / str(step), on), step=step))
            yield _progress(done, len(drawn), count)
    except Stopped:
        return
    except FeaturesMissing as error:
        raise JobFailed(str(error), code="features_missing", remedy="Install it, then try again.") from error
    except GanError as error:
        raise JobFailed(str(error), code="model_unreadable", remedy="Delete the moment, then try again.") from error


def _pictures(place: Place, *, resolution: int) -> Generator[JobEvent, None, Path]:
    for said in prepared(place, resolution=resolution):
        if isinstance(said, Path):
            return said
        yield said
    raise AssertionError("prepared() ends with the folder")


def _seen(views: Path, into: Path, *, count: int, seed: int) -> Path:
    """List of all views those that a training of this seed measures against: the rows that `metrics.reals` chooses.

    Raises: JobFailed, if there are too few.
    """
    lines = views.read_text(encoding="utf-8").splitlines()
    if len(lines) < FEWEST:
        raise JobFailed(
            f"{len(lines)} pictures of this archive are left; a distance takes {FEWEST}.",
            code="too_few_photos",
            remedy="The moments can be compared by eye all the same.",
        )
    rows = np.sort(counted(seed, Stream.CHOICE).permutation(len(lines))[:count])
    into.write_text("\n".join(lines[row] for row in rows), encoding="utf-8")
    return into


def _progress(done: int, total: int, pictures: int) -> Progress:
    whole = work_s(total, pictures)
    work = {"work": work_s(done, pictures) if done else 0.0, "work_total": whole}
    return Progress(done=done, total=total, unit="moment", phase="measuring", metrics=work)
