"""A framing more: cut to an aspect, and squeezed into the square."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
IS = "framing IN ('centre', 'two_squares', 'whole', 'smart', 'several', 'squeeze')"


def upgrade() -> None:
    """Let a dataset have an aspect, where its framing is squeeze."""
    with op.batch_alter_table("datasets") as batch:
        batch.add_column(sa.Column("aspect", sa.String(9)))
        batch.drop_constraint("ck_datasets_framing", type_="check")
        batch.create_check_constraint("ck_datasets_framing", IS)
        batch.create_check_constraint("ck_datasets_aspect", "(framing = 'squeeze') = (aspect IS NOT NULL)")
