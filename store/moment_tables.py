"""The table of blind choices between moments of a training. It is read as those of `store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at, one_of

CHOSEN = ["left", "right", "neither"]

# A choice outlives the moments that it is of: it still tells of the others that those were compared with.
moment_choices = sa.Table(
    "moment_choices",
    METADATA,
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    # From 0, without a gap: of two that answer the same question at once, one comes first.
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, nullable=False),  # of the sheet: the point that both pictures are of
    sa.Column("left_step", sa.Integer, nullable=False),
    sa.Column("right_step", sa.Integer, nullable=False),
    sa.Column("chosen", sa.String(8), nullable=False),
    at(),
    one_of("chosen", CHOSEN),
    sa.CheckConstraint("left_step <> right_step", name="two"),
)
