"""The tables of what photographs look like from afar, and of how near those of an archive are to each other."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at
from store.types import Json

# A row for each square that was looked at: it goes with the square, and with what may no longer be known of its photo.
sketches = sa.Table(
    "sketches",
    METADATA,
    sa.Column("view_id", sa.Uuid, sa.ForeignKey("views.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of what a sketch is
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("ix_sketches_dataset", "dataset_id", "view_id"),
    sa.Index("ix_sketches_photo", "photo_id"),
)

calibrations = sa.Table(
    "calibrations",
    METADATA,
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False),  # follows from the squares that it was made from
    sa.Column("photos", sa.Integer, nullable=False),
    sa.Column("steps", Json),  # likeness by percent, 1 to 100; none where there are too few photos
    at(),
)
