"""Lists of photos in the order of time."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the indexes that a grid is read along."""
    for name, columns in {
        "ix_photos_dataset_state_taken": ["dataset_id", "state", "taken_at", "id"],
        "ix_photos_dataset_album_taken": ["dataset_id", "album", "state", "taken_at", "id"],
    }.items():
        op.create_index(name, "photos", columns)
