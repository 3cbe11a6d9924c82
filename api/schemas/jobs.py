"""Jobs, what they would cost, and what they say while they run."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.schemas.base import Answer, At, Facts, Id, JobError, Notice, Page
from api.schemas.datasets import Archive

JobState = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]


class Preview(Answer):
    """The newest picture of a job, for its thumbnail."""

    artifact_id: Id


class Job(Answer):
    """One piece of work in the queue."""

    id: Id
    kind: str = Field(examples=["train"])
    state: JobState
    attempt: int
    params: Facts = Field(description="Resolved: a job never changes its meaning.")
    preset: str | None = Field(None, examples=["faces_of_memory"])
    dataset_id: Id | None = None
    model_id: Id | None = Field(None, description="The model that it starts from or draws with.")
    wish: Literal["stop", "cancel", "pause"] | None = Field(None, description="What was asked of it and is not done.")
    done: int = Field(examples=[120])
    total: int = Field(examples=[500])
    unit: str = Field(examples=["step"])
    phase: str = ""
    remaining_s: float | None = None
    error: JobError | None = None
    created_at: At
    started_at: At | None = None
    ended_at: At | None = None
    last_seq: int = Field(description="Of its newest event.")
    preview: Preview | None = None


class PostedJob(Job):
    """A job as POST answers it, with what its owner should know."""

    notices: list[Notice] = Field(default_factory=list)


class Upload(Answer):
    """An archive that was received whole, and the job that reads it."""

    archive: Archive
    job: Job


class UploadState(Answer):
    """How much of a file that comes in pieces is here."""

    offset: int = Field(description="Bytes that are here.")
    size_bytes: int
    job_id: Id | None = Field(None, description="The job that reads it, once it is whole.")


class Estimate(Answer):
    """What a job would cost before it starts."""

    seconds: float | None = Field(description="Null where nothing is known of this machine.", examples=[312.5])
    rough: bool = Field(description="True until a training at this resolution was measured on this machine.")
    disk_bytes: int
    memory_bytes: int
    photos_seen: int = Field(0, examples=[4800])
    times_each_seen: float = Field(0, examples=[13.3])
    sentence: str = Field(examples=["About 5 minutes. Each photograph will have been seen 13 times."])
    snapshots: list[int] = Field(description="The steps at which moments are kept.")
    notices: list[Notice]
    fits: bool
    reasons: list[str] = Field(description="Why it does not fit, and what would help.")


class Sheet(Answer):
    """Pictures of the same latents at one step; its image is GET /artifacts/{artifact_id}/image."""

    artifact_id: Id
    step: int
    rows: int
    columns: int
    resolution: int
    width: int = Field(description="Of one picture as it is shown, in pixels.", examples=[64])
    height: int = Field(examples=[64])
    model_id: Id | None = Field(None, description="The snapshot of that step.")


class CurvePoint(Answer):
    """Numbers of one step."""

    step: int
    metrics: dict[str, float | None]


class Curves(Answer):
    """A training in numbers, thinned to at most 400 points."""

    progress: list[CurvePoint] = Field(description="Losses, augmentation, speed.")
    measures: list[CurvePoint] = Field(description="Distances of each measured snapshot.")


class Kind(Answer):
    """What can be asked for, with the JSON Schema of its parameters and its presets."""

    kind: str = Field(examples=["train"])
    label: str = Field(examples=["Learn from an archive"])
    parameters: dict[str, Any] = Field(alias="schema", description="JSON Schema of the parameters.")
    presets: list[Preset]


class Preset(Answer):
    """Parameters by a name in words."""

    name: str = Field(examples=["faces_of_memory"])
    label: str = Field(examples=["Faces of memory"])
    sentence: str = Field(examples=["Faces dissolve into places."])
    params: Facts = Field(examples=[{"steps": 500}])


Kind.model_rebuild()
JobPage = Page[Job]
