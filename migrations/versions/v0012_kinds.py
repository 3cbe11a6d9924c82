"""Of what kind a photo is, and the index that a grid of one kind is read along."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; of photos from before the kind is unknown."""
    op.add_column("photos", sa.Column("kind", sa.String(16)))
    columns = ["dataset_id", "kind", "state", "taken_at", "id"]
    op.create_index("ix_photos_dataset_kind_taken", "photos", columns)
