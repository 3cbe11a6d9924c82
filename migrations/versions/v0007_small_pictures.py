"""Small clean pictures of large JPEGs: what needs more pixels takes them from the original."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; photos from before keep the large picture that they were decoded to."""
    op.add_column("photos", sa.Column("small_key", sa.String(255)))
