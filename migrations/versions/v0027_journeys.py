"""Journeys, the films that were made of them, and how long their ways are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "journeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journeys"),
    )
    op.create_table(
        "videos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid()),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("fps", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("has_sound", sa.Boolean(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("poster_key", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('mp4', 'webm', 'gif', 'frames')", name="ck_videos_form"),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], "fk_videos_journey_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_videos"),
        sa.UniqueConstraint("job_id", name="uq_videos_job_id"),
    )
    op.create_index("ix_videos_created", "videos", ["created_at", "id"])
    op.create_index("ix_videos_journey", "videos", ["journey_id", "created_at", "id"])
    op.create_table(
        "video_models",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], "fk_video_models_video_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model_id", "video_id", name="pk_video_models"),
    )
    op.create_index("ix_video_models_video", "video_models", ["video_id"])
    op.create_table(
        "paces",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("lengths", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_paces"),
    )
