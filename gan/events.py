"""What a training tells its caller. Typed facts; who calls decides what to keep and show."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gan.config import NetConfig, TrainConfig

NOTICES: Mapping[str, str] = {  # code: words
    "pictures_repeat": "There are {count} pictures and each step takes {batch}, so some come twice in a step.",
    "few_pictures": "{count} pictures are few: the network will learn their mood rather than invent much that is new. "
    "More photographs, or fewer steps, give freer pictures.",
    "pictures_alike": "The pictures are all but the same, so that there is nothing to learn but this one.",
    "memory_short": "{shortage}",
    "environment_changed": "The training goes on under other conditions, so its last bits may differ: {changed}.",
    "micro_batch_halved": "Memory ran out with {before} pictures at a time; it goes on with {now}, and more slowly.",
    "augment_strong": "The pictures shown to the critic are changed with probability {p:.2f}, close to the limit of "
    "{max_p:.2f}: the archive is small for so long a training, and the network begins to learn it by heart. Stop here, "
    "or add photographs.",
    "gone_back": "At step {broken} the training broke down: {reason}. It goes back to step {step}, and on from there "
    "with a learning_rate of {rate} and a gamma of {gamma}.",
}


class Started(NamedTuple):
    """First of all events. `memory_bytes` is an estimate of what each process will hold at its peak."""

    config: TrainConfig  # resolved: nothing is None
    net: NetConfig
    parameters_g: int
    parameters_d: int
    pictures: int
    memory_bytes: int
    resumed_from: int | None  # step


class Tick(NamedTuple):
    """Means since the last tick: loss_g, loss_d, r1, pl, real_score, fake_score, variety; r_t, augment_p as they are.

    `variety` is the standard deviation over drawn pictures of their 8 x 8 thumbnails, values in [-1, 1]."""

    step: int
    photos_seen: int
    metrics: Mapping[str, float]


class Snapshot(NamedTuple):
    """A model at this step. To be written before the next event is asked for: the networks move on then."""

    step: int
    photos_seen: int
    save: Callable[[Path, Mapping[str, Any]], Path]

    def write(self, folder: Path, facts: Mapping[str, Any] | None = None) -> Path:
        """Write the model folder; `facts` are laid over licence, lineage and recipe. Raises: OSError."""
        return self.save(folder, facts or {})


class Sheet(NamedTuple):
    """Pictures of the same latents at every snapshot, uint8 `[rows * columns, 3, R, R]`, row by row."""

    step: int
    rows: int
    columns: int
    pictures: NDArray[np.uint8]


class ResumePoint(NamedTuple):
    """All state at this step. `write(folder)` writes this copy of it at any time, whole or not at all; or OSError."""

    step: int
    write: Callable[[Path], Path]


class Notice(NamedTuple):
    """A warning in plain words; `code` is a key of NOTICES."""

    step: int
    code: str
    text: str

    @classmethod
    def of(cls, step: int, code: str, **facts: object) -> "Notice":
        return cls(step, code, NOTICES[code].format(step=step, **facts))


class Finished(NamedTuple):
    """Last of all events."""

    step: int
    photos_seen: int
    stopped: bool  # before its steps were done, because it was asked to


TrainEvent = Started | Tick | Snapshot | Sheet | ResumePoint | Notice | Finished
