"""Model files that are fetched from where they are published: their size and hash may be known only at the end."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Name the entry of the catalogue and the address."""
    with op.batch_alter_table("model_files") as batch:
        batch.add_column(sa.Column("published_id", sa.String(100)))
        batch.add_column(sa.Column("url", sa.Text()))
        batch.alter_column("size_bytes", existing_type=sa.BigInteger(), nullable=True)
        batch.alter_column("sha256", existing_type=sa.String(64), nullable=True)
        batch.create_index("ix_model_files_published", ["published_id", "id"])
