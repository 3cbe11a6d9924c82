"""The tables of journeys: their recipes, the films that were made of them, and how long their ways are."""

from __future__ import annotations

import sqlalchemy as sa

from jobs.journey import FORMS
from store.columns import METADATA, at, id_, one_of
from store.types import Json, Text

journeys = sa.Table(
    "journeys",
    METADATA,
    id_(),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("recipe", Json, nullable=False),  # `jobs.journey.Recipe`; points name no samples
    sa.Column("photos", Json, nullable=False),  # ids of the photographs that places of it were found for
    sa.Column("revision", sa.Integer, nullable=False, default=0),
    at(),
    at("changed_at"),
)

videos = sa.Table(
    "videos",
    METADATA,
    id_(),
    sa.Column("journey_id", sa.Uuid, sa.ForeignKey("journeys.id", ondelete="SET NULL")),
    sa.Column("job_id", sa.Uuid, nullable=False),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("form", sa.String(8), nullable=False),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("fps", sa.Integer, nullable=False),
    sa.Column("duration_s", sa.Float, nullable=False),
    sa.Column("frames", sa.Integer, nullable=False),
    sa.Column("has_sound", sa.Boolean, nullable=False, default=False),
    sa.Column("partial", sa.Boolean, nullable=False, default=False),  # stopped before its end
    sa.Column("recipe", Json, nullable=False),
    sa.Column("photos", Json, nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("poster_key", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    one_of("form", [*FORMS]),
    sa.UniqueConstraint("job_id"),
    sa.Index("ix_videos_created", "created_at", "id"),
    sa.Index("ix_videos_journey", "journey_id", "created_at", "id"),
)

# The models that a film was drawn with.
video_models = sa.Table(
    "video_models",
    METADATA,
    sa.Column("model_id", sa.Uuid, primary_key=True),
    sa.Column("video_id", sa.Uuid, sa.ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    sa.Index("ix_video_models_video", "video_id"),
)

# How long the stretches of a way are to the eye; measured once, known by the way's hash.
paces = sa.Table(
    "paces",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("lengths", Json, nullable=False),
    at(),
)
