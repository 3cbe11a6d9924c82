"""Photographs of other datasets that are to come into one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add what a gathering has to bring."""
    op.create_table(
        "gathered",
        sa.Column("archive_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", "position", name="pk_gathered"),
        sa.ForeignKeyConstraint(["archive_id"], ["archives.id"], name="fk_gathered_archive_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_gathered_dataset_id", ondelete="CASCADE"),
        sa.UniqueConstraint("dataset_id", "source_id", name="uq_gathered_dataset_id_source_id"),
    )
