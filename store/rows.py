"""Rows as frozen values; a field is a column of `store.tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from jobs.ids import derived_id
from jobs.originality import UNKNOWN, told
from jobs.state import State, Wish
from store.types import now


def columns(row: Any) -> dict[str, Any]:
    """Give a row's columns by name."""
    return {column.name: getattr(row, column.name) for column in fields(row)}


def photo_id(archive_id: UUID, position: int) -> UUID:
    """Name the photo that an archive's file at `position` becomes, in this attempt and the next."""
    return derived_id(archive_id, "photo", position)


def view_id(of_photo: UUID, position: int, *, since: int = 0) -> UUID:
    """Name a photo's view, of the framing that it has since a revision."""
    return derived_id(of_photo, f"view of {since}" if since else "view", position)


def snapshot_id(job_id: UUID, step: int) -> UUID:
    """Name the model that a training is at `step`."""
    return derived_id(job_id, "snapshot", step)


def imported_id(job_id: UUID) -> UUID:
    """Name the model that a job makes of a file."""
    return derived_id(job_id, "model", 0)


def sample_id(job_id: UUID, position: int) -> UUID:
    """Name a job's picture."""
    return derived_id(job_id, "sample", position)


def direction_id(model_id: UUID, kind: str, position: int) -> UUID:
    """Name a direction in a model's space."""
    return derived_id(model_id, f"direction {kind}", position)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """Photographs of one archive or several."""

    id: UUID
    name: str
    framing: str
    revision: int
    created_at: datetime
    labelled_by: str = "none"
    aspect: str | None = None  # of framing squeeze


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A file that a person uploaded."""

    id: UUID
    dataset_id: UUID
    filename: str
    size_bytes: int
    sha256: str
    key: str | None
    state: str
    reason: str | None
    job_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """One original; `id` is `photo_id(archive_id, position)`. `revision` is given by the repository."""

    id: UUID
    dataset_id: UUID
    archive_id: UUID
    position: int
    name: str
    state: str
    reason: str | None = None
    sha256: str | None = None
    phash: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int = 0
    taken_at: datetime | None = None
    dated_by: str | None = None
    caption: str | None = None
    album: str | None = None
    average: str | None = None
    blur: str | None = None
    original_key: str | None = None
    image_key: str | None = None
    small_key: str | None = None
    thumb_key: str | None = None
    duplicate_of: UUID | None = None
    focus: Sequence[float] | None = None
    gone_sha256: str | None = None
    kind: str | None = None
    moved_to: UUID | None = None
    revision: int = 0
    created_at: datetime = field(default_factory=now)

    @property
    def keys(self) -> list[str]:
        """The objects that it names."""
        return [key for key in (self.original_key, self.image_key, self.small_key, self.thumb_key) if key]

    @property
    def clean_key(self) -> str | None:
        """The picture that squares are cut from: always the same one, whatever is made for looking at."""
        return self.small_key or self.image_key


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One square that training sees; `box` is (left, top, right, bottom) in pixels of the upright picture."""

    id: UUID
    dataset_id: UUID
    photo_id: UUID
    position: int
    box: Sequence[int]
    frame: str
    by_hand: bool = False
    since: int = 0  # revision of the dataset
    until: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureFile:
    """The two files of what a look has found in some photographs; those of version 0, from before, have no parts."""

    id: UUID
    dataset_id: UUID
    key: str
    size_bytes: int  # of both
    parts_key: str | None = None
    version: int = 0
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """Where a photo stands among the others; `nearest` is in millionths."""

    photo_id: UUID
    dataset_id: UUID
    file_id: UUID
    heap: int | None
    place: int | None
    nearest: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What photographs of a dataset are told apart by."""

    dataset_id: UUID
    number: int
    since: int  # revision of the dataset
    until: int | None
    name: str
    into: int | None = None  # the label that it became one with


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One piece of work in the queue."""

    id: UUID
    kind: str
    state: State
    attempt: int
    params: Mapping[str, Any]
    pins: Mapping[str, Any]
    preset_hash: str | None
    dataset_id: UUID | None
    model_id: UUID | None
    wish: Wish | None
    priority: int
    done: int
    total: int
    unit: str
    phase: str
    remaining_s: float | None
    error: Mapping[str, Any] | None
    crashes: int
    worker_id: UUID | None
    heartbeat: int
    last_seq: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One claim of a job, and how it ended: the state that it left the job in, or "lost"."""

    job_id: UUID
    attempt: int
    worker_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    error: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A line of a job's story; `id` orders all of them, `seq` one job's."""

    id: int
    job_id: UUID
    seq: int
    attempt: int
    type: str
    body: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A generator that can draw pictures; `files` are object keys by file name, `facts` is model.json."""

    id: UUID
    name: str
    parent_id: UUID | None = None
    bundled: bool = False
    kept: bool = False
    job_id: UUID | None = None
    dataset_id: UUID | None = None
    step: int | None = None
    photos_seen: int | None = None
    resolution: int
    facts: Mapping[str, Any]
    measures: Mapping[str, Any] | None = None
    licence: str = "NOASSERTION"
    terms: str = ""
    hash: str
    files: Mapping[str, str]
    sheet_key: str | None = None
    size_bytes: int
    created_at: datetime = field(default_factory=now)

    @property
    def keys(self) -> list[str]:
        """The objects that it names."""
        return [*self.files.values(), *([self.sheet_key] if self.sheet_key else [])]


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """A direction in a model's space; `id` is `direction_id(model, kind, position)`."""

    id: UUID
    model_id: UUID
    kind: str
    position: int
    name: str | None = None
    follows: UUID | None = None  # the direction of an earlier moment that it has its name from
    layers: Sequence[int]  # the first and the last one
    deviation: float
    share: float
    key: str
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """A model file that a person brought, or that is fetched from `url`; `key` is None once its bytes are gone."""

    id: UUID
    filename: str
    # Of one to be fetched, what its publisher says, if anything, until it is here.
    size_bytes: int | None
    sha256: str | None
    published_id: str | None
    url: str | None
    key: str | None
    job_id: UUID
    model_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file that comes in pieces; `job_id` reads it, once it is whole."""

    id: UUID
    dataset_id: UUID | None
    filename: str
    asked: Mapping[str, Any]
    size_bytes: int
    job_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A generated picture that was asked for or kept; `id` is `sample_id(job_id, position)` where a job made it."""

    id: UUID
    model_id: UUID
    job_id: UUID | None = None
    dataset_id: UUID | None = None
    position: int = 0
    recipe: Mapping[str, Any]
    width: int
    height: int
    average: str
    blur: str
    sha256: str
    image_key: str
    thumb_key: str | None = None
    favourite: bool = False
    rating: int = 0
    created_at: datetime = field(default_factory=now)
    training_id: UUID | None = None  # given by the repository, as are those below
    recipe_hash: str | None = None
    tags: Sequence[str] = ()  # of a table of their own
    nearness: int = UNKNOWN  # percent of the photographs that are less like each other
    nearest_id: UUID | None = None  # the photograph that it is most like
    likeness: int | None = None  # to that one, in millionths
    traced_by: UUID | None = None  # the calibration that says so

    @property
    def originality(self) -> dict[str, Any] | None:
        """Say how near it is to a photograph, as it is told; None, as long as nobody has looked."""
        return None if self.nearest_id is None else told(self.nearest_id, self.likeness or 0, percent=self.nearness)

    @property
    def keys(self) -> list[str]:
        """The objects that it names."""
        return [key for key in (self.image_key, self.thumb_key) if key]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtifactRow:
    """A file that a job made beside models and samples, such as a sheet."""

    id: UUID
    job_id: UUID
    attempt: int
    type: str
    step: int | None = None
    key: str
    sha256: str
    media_type: str
    facts: Mapping[str, Any]
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResumePointRow:
    """The full state from which a job goes on; `files` are object keys by file name."""

    job_id: UUID
    step: int
    attempt: int
    files: Mapping[str, str]
    size_bytes: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerRow:
    """A process that works: a "worker" or a "renderer"."""

    id: UUID
    name: str
    role: str
    device: str
    facts: Mapping[str, Any]
    heartbeat: int
    started_at: datetime
    seen_at: datetime
