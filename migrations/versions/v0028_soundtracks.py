"""Soundtracks: music that was brought or composed, and what was heard in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "soundtracks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Float()),
        sa.Column("heard", JSON),
        sa.Column("composed", JSON),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('listening', 'ready')", name="ck_soundtracks_state"),
        sa.CheckConstraint("(state = 'ready') = (heard IS NOT NULL)", name="ck_soundtracks_heard"),
        sa.PrimaryKeyConstraint("id", name="pk_soundtracks"),
    )
    op.create_index("ix_soundtracks_job", "soundtracks", ["job_id"])
