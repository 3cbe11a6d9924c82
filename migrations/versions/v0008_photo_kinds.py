"""What photos look like, and lists of them in the order of time; those from before have no kind: nobody has looked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column, and the indexes that a grid is read along."""
    op.add_column("photos", sa.Column("kind", sa.String(16)))
    for name, columns in {
        "ix_photos_dataset_state_taken": ["dataset_id", "state", "taken_at", "id"],
        "ix_photos_dataset_album_taken": ["dataset_id", "album", "state", "taken_at", "id"],
        "ix_photos_dataset_kind": ["dataset_id", "kind", "state", "id"],
        "ix_photos_dataset_kind_taken": ["dataset_id", "kind", "state", "taken_at", "id"],
    }.items():
        op.create_index(name, "photos", columns)
