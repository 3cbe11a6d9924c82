"""Enlarging: weights that owners have brought, and pictures that were made larger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "enlargers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("architecture", JSON, nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enlargers"),
        sa.UniqueConstraint("name", name="uq_enlargers_name"),
        sa.UniqueConstraint("sha256", name="uq_enlargers_sha256"),
    )
    op.create_table(
        "enlargements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid()),
        sa.Column("photo_id", sa.Uuid()),
        sa.Column("factor", sa.Integer(), nullable=False),
        sa.Column("made_with", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("print", JSON),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("blur", sa.String(500), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("view_key", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], "fk_enlargements_job_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], "fk_enlargements_sample_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], "fk_enlargements_photo_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_enlargements"),
        sa.UniqueConstraint("job_id", name="uq_enlargements_job_id"),
        sa.CheckConstraint("(sample_id IS NULL) <> (photo_id IS NULL)", name="ck_enlargements_picture"),
    )
    op.create_index("ix_enlargements_sample", "enlargements", ["sample_id", "id"])
    op.create_index("ix_enlargements_photo", "enlargements", ["photo_id", "id"])
