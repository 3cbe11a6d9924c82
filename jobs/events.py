"""What a job's run yields: facts for its worker to store. Files named here lie in the job's scratch folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Made(StrEnum):
    """What an artifact is; the worker stores each in the way of its type."""

    SNAPSHOT = "snapshot"  # a model folder                      facts: step, photos_seen
    SHEET = "sheet"  # one PNG of the same latents               facts: step, rows, columns, resolution
    RESUME_POINT = "resume_point"  # a folder                    facts: step
    SAMPLE = "sample"  # image.png, thumb.webp                   facts: recipe, width, height, average, blur
    MODEL = "model"  # a model folder, and its sheet             facts: name, licence, terms, model, notes, sheet
    FEATURES = "features"  # one file                            facts: photos, the ids of its rows
    FOCUS = "focus"  # no file                                facts: focus, [x, y] by photo
    HEAPS = "heaps"  # one file                                  facts: none
    BLEND = "blend"  # a model folder, and its sheet            facts: name, licence, terms, model
    SEEN = "seen"  # one file                                   facts: samples, how many it is of
    MAP = "map"  # one file                                    facts: photos, samples, whether places were kept
    ECHOES = "echoes"  # one file, of one moment              facts: step, hash, photos, steps, done
    SKETCHES = "sketches"  # one file                            facts: none
    CALIBRATION = "calibration"  # no file                      facts: id, photos, steps
    TRACES = "traces"  # no file                              facts: by, traces
    DIRECTIONS = "directions"  # a file each                 facts: directions, what each is, and of which file
    PREVIEW = "preview"  # one picture of what was found so far  facts: step, width, height, distance
    FOUND = "found"  # as a sample: what was looked for          facts: as a sample
    HEARD = "heard"  # no file                                facts: as `kinds.listen.heard` gives them
    COMPOSED = "composed"  # one sound                       facts: as HEARD, and name, composed
    COPIES = "copies"  # no file                              facts: archive, positions
    PACE = "pace"  # no file                                   facts: lengths, of a journey's stretches
    FILM_PART = "film_part"  # one file                        facts: step, frames, all_frames, form
    FILM = "film"  # one file, and its poster                 facts: the columns of `videos`
    PHOTO = "photo"  # original, image.jpg, thumb.jpg (or none)  facts: the columns of `photos`, and its views


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the job is; `metrics` are numbers worth a curve, at `done`."""

    done: int
    total: int
    unit: str
    phase: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Distances of a snapshot to its archive and its base, by the names that `gan.metrics` gives."""

    step: int
    measures: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A word to the owner, in plain words, with a code that a program can read; `once`: in one attempt alone."""

    code: str
    text: str
    once: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """Something made: files by their role, and facts about it."""

    type: Made
    files: Mapping[str, Path] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


JobEvent = Progress | Measured | Notice | Artifact
