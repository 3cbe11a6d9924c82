"""The index by part: a second file beside each file of features, and which version of the network both are of."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Let what was kept before be of version 0, without parts: it is looked at again."""
    with op.batch_alter_table("feature_files") as batch:
        batch.add_column(sa.Column("parts_key", sa.String(255)))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("feature_files") as batch:  # the default was for the rows that are there
        batch.alter_column("version", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
