"""Echoes: files of what each moment of a training remembers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "echoes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("truncation_psi", sa.Float(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("steps", JSON),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["jobs.id"], "fk_echoes_training_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], "fk_echoes_dataset_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], "fk_echoes_model_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_echoes"),
        sa.UniqueConstraint(
            "training_id",
            "pictures",
            "truncation_psi",
            "step",
            name="uq_echoes_training_id_pictures_truncation_psi_step",
        ),
    )
    op.create_index("ix_echoes_dataset", "echoes", ["dataset_id", "training_id"])
    op.create_index("ix_echoes_model", "echoes", ["model_id"])
