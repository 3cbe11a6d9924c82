"""What a training tells its caller. Typed facts; who calls decides what to keep and show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan.config import NetConfig, TrainConfig


@dataclass(frozen=True, kw_only=True)
class Started:
    """First of all events. `memory_bytes` is an estimate of what each process will hold at its peak."""

    config: TrainConfig  # resolved: nothing is None
    net: NetConfig
    parameters_g: int
    parameters_d: int
    pictures: int
    memory_bytes: int
    resumed_from: int | None  # step


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Means since the last tick: loss_g, loss_d, r1, pl, real_score, fake_score, variety; r_t, augment_p as they are.

    `variety` is the standard deviation over drawn pictures of their 8 x 8 thumbnails, values in [-1, 1].
    """

    step: int
    photos_seen: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A model at this step. To be written before the next event is asked for: the networks move on then."""

    step: int
    photos_seen: int
    save: Callable[[Path, Mapping[str, Any]], Path] = field(repr=False)

    def write(self, folder: Path, facts: Mapping[str, Any] | None = None) -> Path:
        """Write the model folder; `facts` are laid over licence, lineage and recipe. Raises: OSError."""
        return self.save(folder, facts or {})


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Pictures of the same latents at every snapshot, uint8 `[rows * columns, 3, R, R]`, row by row."""

    step: int
    rows: int
    columns: int
    pictures: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ResumePoint:
    """All state at this step. `write(folder)` writes this copy of it at any time, whole or not at all; or OSError."""

    step: int
    write: Callable[[Path], Path] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A warning in plain words. Codes: `pictures_repeat`, `few_pictures`, `pictures_alike`, `memory_short`,
    `micro_batch_halved`, `augment_strong`, `gone_back` (to `step`, after a breakdown), `environment_changed`."""

    step: int
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Last of all events."""

    step: int
    photos_seen: int
    stopped: bool  # before its steps were done, because it was asked to


TrainEvent = Started | Tick | Snapshot | Sheet | ResumePoint | Notice | Finished
