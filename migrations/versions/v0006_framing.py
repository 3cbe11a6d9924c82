"""Framings that change: all of a picture, squares set by hand, and squares that a job saw which was posted before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
WAS, IS = "framing IN ('centre', 'two_squares')", "framing IN ('centre', 'two_squares', 'whole')"


def upgrade() -> None:
    """Let a view have a time, and a dataset one framing more."""
    with op.batch_alter_table("views") as batch:
        batch.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("since", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("until", sa.Integer()))
        batch.drop_constraint("uq_views_photo_id_position", type_="unique")
        batch.create_unique_constraint("uq_views_photo_id_position_since", ["photo_id", "position", "since"])
    with op.batch_alter_table("views") as batch:  # the defaults were for the rows that are there
        batch.alter_column("by_hand", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.alter_column("since", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("datasets") as batch:
        batch.drop_constraint("ck_datasets_framing", type_="check")
        batch.create_check_constraint("ck_datasets_framing", IS)
