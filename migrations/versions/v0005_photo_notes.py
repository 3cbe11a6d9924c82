"""What exports say of photographs: captions, albums, and where a date is from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, and say of the dates that there are that cameras noted them: nothing else was read."""
    op.add_column("photos", sa.Column("caption", sa.Text()))
    op.add_column("photos", sa.Column("album", sa.Text()))
    op.add_column("photos", sa.Column("dated_by", sa.String(16)))
    op.create_index("ix_photos_dataset_album", "photos", ["dataset_id", "album", "id"])
    op.execute("UPDATE photos SET dated_by = 'camera' WHERE taken_at IS NOT NULL")
