"""What `GET /jobs/{id}/events` and `GET /events` send: the `event:` is the type, the `data:` one of these."""

from __future__ import annotations

from pydantic import Field

from api.schemas.base import Answer, At, Id, JobError
from api.schemas.jobs import JobState


class _Event(Answer):
    job_id: Id
    seq: int = Field(description="The order of the job's events; the id of the stream of one job.")
    attempt: int
    at: At


class StateEvent(_Event):
    """`state`: the job moved."""

    to: JobState
    error: JobError | None = None


class ProgressEvent(_Event):
    """`progress`: how far the job is."""

    done: int
    total: int
    unit: str
    phase: str
    metrics: dict[str, float | None]
    remaining_s: float | None
    pictures_per_s: float | None


class SnapshotEvent(_Event):
    """`snapshot`: a moment was kept as a model."""

    model_id: Id
    step: int
    photos_seen: int


class SheetEvent(_Event):
    """`sheet`: pictures of the same latents at a step."""

    artifact_id: Id
    step: int
    rows: int
    columns: int
    resolution: int
    width: int | None = Field(None, description="Of one picture as it is shown; of sheets from before, the resolution.")
    height: int | None = None


class MeasuresEvent(_Event):
    """`measures`: distances of a snapshot to its archive and its base, each a member of its own name."""

    model_config = _Event.model_config | {"extra": "allow"}

    step: int
    model_id: Id | None


class ModelEvent(_Event):
    """`model`: a file that was brought is a model now."""

    model_id: Id
    name: str


class DirectionsEvent(_Event):
    """`directions`: directions were found in a model's space; `new` are those that it had not."""

    model_id: Id
    found: int
    new: int


class MapEvent(_Event):
    """`map`: a dataset was laid out; `kept` says whether what was on its map before has stayed where it was."""

    map_id: Id
    photos: int
    samples: int
    kept: bool


class PreviewEvent(_Event):
    """`preview`: what is found so far of a picture; GET /artifacts/{artifact_id}/image, until there is a nearer one."""

    artifact_id: Id
    step: int
    width: int
    height: int
    distance: float | None


class FoundEvent(_Event):
    """`found`: a picture was looked for in a model's space; the sample's recipe says where it is, and how near."""

    sample_id: Id
    model_id: Id


class FilmEvent(_Event):
    """`film`: there is more of a film, GET /jobs/{job_id}/film; the film itself, where `video_id` names it."""

    frames: int
    duration_s: float
    video_id: Id | None = None


class NoticeEvent(_Event):
    """`notice`: a word to the owner; of a moment, where it names one."""

    code: str
    text: str
    step: int | None = None
    model_id: Id | None = None


EVENTS = (
    StateEvent,
    ProgressEvent,
    SnapshotEvent,
    SheetEvent,
    MeasuresEvent,
    ModelEvent,
    DirectionsEvent,
    MapEvent,
    PreviewEvent,
    FoundEvent,
    FilmEvent,
    NoticeEvent,
)
