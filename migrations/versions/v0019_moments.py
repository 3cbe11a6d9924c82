"""Blind choices between moments of a training."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add what was chosen."""
    op.create_table(
        "moment_choices",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("left_step", sa.Integer(), nullable=False),
        sa.Column("right_step", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.String(8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "position", name="pk_moment_choices"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_moment_choices_job_id", ondelete="CASCADE"),
        sa.CheckConstraint("chosen IN ('left', 'right', 'neither')", name="ck_moment_choices_chosen"),
        sa.CheckConstraint("left_step <> right_step", name="ck_moment_choices_two"),
    )
