"""Train on an archive: pictures first, then step by step, keeping snapshots, sheets and resume points on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gan import device, events
from gan.config import AdaConfig, NetConfig, TrainConfig
from gan.errors import CheckpointError, GanError, TrainingDiverged
from gan.model import net_config, read_model_json
from gan.train import train
from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.frame import squeezed
from jobs.params import JobParams
from jobs.place import Place
from kinds.sheet import write_sheet
from kinds.shown import all_shown
from kinds.train.classes import Classes
from kinds.train.copying import Copying
from kinds.train.measures import Measuring
from kinds.train.params import TrainParams
from kinds.train.pictures import Stopped, prepared
from kinds.train.rights import rights
from kinds.train.saved import fits, last_moment

SHEET_ROWS, SHEET_COLUMNS = 4, 7


def run(params: JobParams, place: Place) -> Iterator[JobEvent]:
    """Fine-tune `place.inputs["model"]`, or begin from nothing, on the views that `place.inputs["dataset"]` lists.

    Ends soon after `place.stop()` turns true, with a snapshot of what was learnt, or, if `place.interrupted()`, with a
    resume point alone.
    Yields: Progress (photos prepared, then steps), SNAPSHOT, SHEET and RESUME_POINT artifacts, Measured, Notice.
    Raises: JobFailed, with a code and a remedy; OSError, as when the disk is full.
    """
    if not isinstance(params, TrainParams):
        raise TypeError(f"these are parameters of {params.kind}")
    on = device.configure()
    try:
        dataset: Path | None = None
        classes = classes_of(params, place)
        numbers = None if classes is None else classes.numbers
        for said in prepared(place, resolution=params.value("resolution"), classes=numbers):
            if isinstance(said, Path):
                dataset = said
            else:
                yield said
        if dataset is None:
            raise AssertionError("prepared() ends with the folder")
        measuring = Measuring(params, place, dataset, device=on)
        training = Training(params=params, place=place, measuring=measuring, classes=classes, copying=Copying(dataset))
        if place.resume_point is None or fits(place.resume_point, dataset):
            yield from training.run(dataset)
        else:
            yield from training.end(place.resume_point)
    except Stopped:
        if not place.interrupted():
            yield Notice(code="nothing_learnt", text="It was stopped before the first step; nothing was learnt.")
    except TrainingDiverged as error:
        raise JobFailed(
            f"The training broke down twice, at last at step {error.step}: {error.reason}.",
            code="training_diverged",
            remedy="All moments up to there are kept. Train again with half the learning rate, or twice the gamma.",
            step=error.step,
        ) from error
    except CheckpointError as error:
        raise JobFailed(
            f"The training cannot go on from where it was: {error}",
            code="resume_point_unfit",
            remedy="Its moments are kept. Begin a new training from the last of them.",
        ) from error
    except GanError as error:
        raise JobFailed(str(error), code="training_impossible", remedy="Choose another base or archive.") from error


def classes_of(params: TrainParams, place: Place) -> Classes | None:
    """Say what is to be told apart, if anything. Raises: JobFailed, if what was to be told apart is gone."""
    if not params.conditional:
        return None
    labels = place.facts["dataset"].get("labels") or []
    if not labels:
        raise JobFailed(
            "No photograph that this training was to see has a label any more.",
            code="labels_gone",
            remedy="Label the archive, then begin a new training.",
        )
    base = place.inputs.get("model")
    return Classes.of(labels, None if base is None else read_model_json(base))


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """Turns what the trainer tells into what the worker stores."""

    params: TrainParams
    place: Place
    measuring: Measuring
    classes: Classes | None
    copying: Copying

    def run(self, dataset: Path) -> Iterator[JobEvent]:
        """Train."""
        told = train(
            self._config(),
            dataset,
            base=self.place.inputs.get("model"),
            net=self._net(),
            resume=self.place.resume_point,
            stop=self.place.stop,
        )
        for event in told:
            match event:
                case events.Started():
                    yield self._progress(event.resumed_from or 0)
                case events.Tick():
                    yield self._progress(event.step, photos_seen=event.photos_seen, **event.metrics)
                case events.Snapshot() if self._wanted(event.step):
                    yield from self._snapshot(event)
                case events.Sheet() if self._wanted(event.step):
                    yield self._sheet(event)
                    yield from self.copying.at(event.step, event.pictures)
                    yield from self.measuring.at(event.step)
                case events.ResumePoint():
                    folder = event.write(self.place.scratch / f"resume-{event.step:07d}")
                    yield Artifact(type=Made.RESUME_POINT, files={"folder": folder}, facts={"step": event.step})
                case events.Notice():
                    yield Notice(code=event.code, text=event.text)

    def end(self, resume_point: Path) -> Iterator[JobEvent]:
        """Keep what was learnt with pictures that are no longer all there; going on would be another training.

        Raises: JobFailed, unless it was at its end, or the owner has asked for the end.
        """
        snapshot, sheet = last_moment(resume_point, self._config())
        if snapshot.step not in self.params.value("snapshot_steps"):
            yield from self._snapshot(snapshot)
            yield self._sheet(sheet)
        yield self._progress(snapshot.step, photos_seen=snapshot.photos_seen)
        asked = self.place.stop() and not self.place.interrupted()
        if snapshot.step < self.params.value("steps") and not asked:
            raise self._changed(snapshot.step)

    def _changed(self, step: int) -> JobFailed:
        gone = int(self.place.facts["dataset"].get("gone", 0))
        what = {
            0: "The photographs of this archive come out differently than when the training began",
            1: "A photograph of this archive was withdrawn or moved after the training had begun",
        }.get(gone, f"{gone:,} photographs of this archive were withdrawn or moved after the training had begun")
        return JobFailed(
            f"{what}, so it ended at step {step:,}.",
            code="archive_changed",
            remedy=f"What it had learnt is kept as its moment of step {step:,}. Begin a new training from that moment: "
            "it goes on with the archive as it is now.",
            step=step,
        )

    def _wanted(self, step: int) -> bool:
        """Say whether a step is a moment to keep: not where the training is only interrupted."""
        return step in self.params.value("snapshot_steps") or not self.place.interrupted()

    def _progress(self, step: int, **metrics: float) -> Progress:
        return Progress(
            done=step,
            total=self.params.value("steps"),
            unit="step",
            phase="learning",
            metrics={**metrics, **self.measuring.work(step)},
        )

    def _snapshot(self, event: events.Snapshot) -> Iterator[JobEvent]:
        told = self._rights() | ({"labels": list(self.classes.names)} if self.classes else {})
        told |= {"frame": self._frame()} if self._frame() else {}  # its own: what a base was shown as, it forgets
        folder = event.write(self.place.scratch / f"snapshot-{event.step:07d}", told)
        self.measuring.snapshot(folder, step=event.step)
        described = read_model_json(folder)
        licence = described["licence"]
        yield Artifact(
            type=Made.SNAPSHOT,
            files={"folder": folder},
            facts={
                "step": event.step,
                "photos_seen": event.photos_seen,
                "model": described,
                "licence": licence["spdx"],
                "terms": licence["terms"],
            },
        )

    def _rights(self) -> dict[str, Any]:
        base = self.place.inputs.get("model")
        return {"licence": rights(None if base is None else read_model_json(base).get("licence", {}))}

    def _sheet(self, event: events.Sheet) -> Artifact:
        file = self.place.scratch / f"sheet-{event.step:07d}.png"
        shown = all_shown(event.pictures, self._frame())
        write_sheet(file, shown, rows=event.rows, columns=event.columns)
        resolution, (height, width) = int(event.pictures.shape[-1]), shown.shape[-2:]
        facts = {"step": event.step, "rows": event.rows, "columns": event.columns, "resolution": resolution}
        facts |= {"width": width, "height": height}
        return Artifact(type=Made.SHEET, files={"sheet": file}, facts=facts)

    def _frame(self) -> dict[str, Any] | None:
        return squeezed(self.place.facts["dataset"].get("aspect"))

    def _config(self) -> TrainConfig:
        value, augment = self.params.value, self.params.value("augment")
        return TrainConfig(
            steps=value("steps"),
            batch=value("batch"),
            learning_rate=value("learning_rate"),
            gamma=value("gamma"),
            precision=self.params.precision or "float32",  # open in a job of a release that knew nothing else
            mirror=value("mirror"),
            augment=augment,
            ada=AdaConfig(target=value("ada_target")) if augment == "ada" else AdaConfig(),
            fixed_p=value("augment_p") if augment == "fixed" else 0.0,
            freeze_discriminator=value("freeze_discriminator"),
            snapshot_steps=tuple(value("snapshot_steps")),
            resume_every=value("resume_every"),
            seed=value("seed"),
            sheet_rows=SHEET_ROWS,
            sheet_columns=SHEET_COLUMNS,
        )

    def _net(self) -> NetConfig | None:
        c_dim = len(self.classes.names) if self.classes else 0
        base = self.place.inputs.get("model")
        if base is not None:
            own = net_config(read_model_json(base))
            return replace(own, c_dim=c_dim) if c_dim > own.c_dim else None
        value = self.params.value
        names = ("resolution", "channel_base", "channel_max")
        return NetConfig(**{name: value(name) for name in names}, c_dim=c_dim)
