"""Photos that have left a dataset for another."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
STATES = "('ready', 'repaired', 'duplicate', 'refused', 'excluded', 'withdrawn', 'moved')"


def upgrade() -> None:
    """Let a photo be moved, and name what it is now."""
    with op.batch_alter_table("photos") as batch:
        batch.add_column(sa.Column("moved_to", sa.Uuid()))
        batch.drop_constraint("ck_photos_state", type_="check")
        batch.create_check_constraint("ck_photos_state", f"state IN {STATES}")
    op.create_index("ix_photos_moved", "photos", ["moved_to"])
    with op.batch_alter_table("photo_changes") as batch:
        batch.drop_constraint("ck_photo_changes_before", type_="check")
        batch.create_check_constraint("ck_photo_changes_before", f"before IN {STATES}")
