"""Framings more: around what a photo is looked at for, and as many squares as a panorama is wide."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
IS = "framing IN ('centre', 'two_squares', 'whole', 'smart', 'several')"


def upgrade() -> None:
    """Let a photo have a focus, and a dataset two framings more."""
    op.add_column("photos", sa.Column("focus", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
    with op.batch_alter_table("datasets") as batch:
        batch.drop_constraint("ck_datasets_framing", type_="check")
        batch.create_check_constraint("ck_datasets_framing", IS)
