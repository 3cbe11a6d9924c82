"""The tables of what is found in a model's space. They are read as those of `store.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at, id_, one_of
from store.types import Json, Text

KINDS_OF_DIRECTIONS = ["sefa", "ganspace", "brightness", "warmth", "contrast"]
KINDS_OF_DIRECTIONS += ["time_of_day", "year", "album", "photo_light"]  # learnt from facts of photographs

# A row is never rewritten but for its name: a recipe that names it means the same ever after.
directions = sa.Table(
    "directions",
    METADATA,
    id_(),
    sa.Column("model_id", sa.Uuid, sa.ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # among those of its kind, the strongest first, range by range
    sa.Column("name", Text(200)),  # that its owner gave, that it goes on with, or that says which fact it is about
    sa.Column("follows", sa.Uuid),  # the direction of an earlier moment that it has its name from
    sa.Column("layers", Json, nullable=False),  # [first, last]: the ws that it moves
    sa.Column("deviation", sa.Float, nullable=False),  # standard deviation of w along it: an amount of 1
    sa.Column("share", sa.Float, nullable=False),  # of what its kind measures, 0 to 1
    sa.Column("key", sa.String(255), nullable=False),  # of its vector
    at(),
    one_of("kind", KINDS_OF_DIRECTIONS),
    sa.UniqueConstraint("model_id", "kind", "position"),
)
