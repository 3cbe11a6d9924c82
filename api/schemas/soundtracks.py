"""Soundtracks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import Answer, At, Facts, Id


class SoundtrackLine(Answer):
    """A soundtrack, as a list has it."""

    id: Id
    name: str = Field(examples=["Evening.flac"])
    state: Literal["listening", "ready", "refused"]
    reason: str | None = Field(
        description="Why it was refused; of one that is ready, where its file is damaged.", examples=[None]
    )
    duration_s: float | None = Field(description="In seconds; null until it is ready.", examples=[183.2])
    tempo: float | None = Field(description="Beats a minute; null where nothing beats.", examples=[96.0])
    confidence: float | None = Field(
        description="0 to 1: how much more begins on the beats than between them, and how evenly they come.",
        examples=[0.71],
    )
    loudness_lufs: float | None = Field(description="Integrated, by ITU-R BS.1770-4.", examples=[-14.2])
    composed: Facts | None = Field(description="How it was made; null, where it was brought.")
    job_id: Id = Field(description="The job that listens to it, or has composed it.")
    size_bytes: int
    created_at: At


class Soundtrack(SoundtrackLine):
    """A soundtrack, and what was heard in it."""

    beats: list[float] = Field(description="In seconds.", examples=[[0.52, 1.02, 1.52]])
    bars: list[float] = Field(description="The beats that begin bars, in seconds.", examples=[[0.52, 2.52]])
    peaks: list[float] = Field(description="The highest swing of each of 1,000 equal parts, 0 to 1.")
