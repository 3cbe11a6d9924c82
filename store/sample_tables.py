"""The tables of the gallery: samples, and the tags and albums that hold them.

What a tag or an album holds is listed along a table of its own, whose rows repeat how a sample is rated and liked: so
each order of it is one run of an index. `store.samples` writes both at once.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from jobs.originality import LEVELS, UNKNOWN
from store.columns import METADATA, at, id_, one_of, orders, pins
from store.types import Json, Text

MARKS = ("favourite", "rating", "nearness")  # columns that the tables of tags, albums and levels repeat
_NAMED: dict[str, Any] = {f"{dialect}_where": sa.text("nearest_id IS NOT NULL") for dialect in ("sqlite", "postgresql")}


def nearness() -> sa.Column[Any]:
    """Give the column of how many percent of an archive's photographs are less like each other than a sample is."""
    return sa.Column("nearness", sa.Integer, nullable=False, default=UNKNOWN, server_default=str(UNKNOWN))


samples = sa.Table(
    "samples",
    METADATA,
    id_(),
    sa.Column("model_id", sa.Uuid, sa.ForeignKey("models.id"), nullable=False),
    sa.Column("job_id", sa.Uuid),
    sa.Column("dataset_id", sa.Uuid),
    sa.Column("position", sa.Integer, nullable=False, default=0),  # in its job
    sa.Column("recipe", Json, nullable=False),  # {"model": hash, "seed", "truncation_psi", "noise_mode", …}
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("average", sa.String(7), nullable=False),
    sa.Column("blur", Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("image_key", sa.String(255), nullable=False),
    sa.Column("thumb_key", sa.String(255)),
    sa.Column("favourite", sa.Boolean, nullable=False, default=False),
    sa.Column("rating", sa.Integer, nullable=False, default=0),  # 0: not given
    at(),
    sa.Column("training_id", sa.Uuid),  # the job that its model was learnt in
    sa.Column("recipe_hash", sa.String(64)),  # of what of its recipe the picture is drawn from
    nearness(),
    sa.Column("nearest_id", sa.Uuid),  # the photo that it is most like
    sa.Column("likeness", sa.Integer),  # to that one, in millionths
    sa.Column("traced_by", sa.Uuid),  # the calibration that says so
    sa.CheckConstraint("rating BETWEEN 0 AND 5", name="rating"),
    sa.UniqueConstraint("job_id", "position"),
    *orders("model_id"),
    *orders("training_id"),
    *orders("dataset_id"),
    *orders("job_id"),
    *orders(),
    *pins("model_id"),
    *pins("training_id"),
    *pins("dataset_id"),
    *pins(),
    sa.Index("ix_samples_recipe", "recipe_hash", "id"),
    sa.Index("ix_samples_nearest", "nearest_id", **_NAMED),
)

# Each sample by the word for how near it is to a photograph.
sample_levels = sa.Table(
    "sample_levels",
    METADATA,
    sa.Column("level", sa.String(8), primary_key=True),
    sa.Column("sample_id", sa.Uuid, sa.ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("favourite", sa.Boolean, nullable=False),  # as the sample is, as are those below
    sa.Column("rating", sa.Integer, nullable=False),
    nearness(),
    one_of("level", [*LEVELS]),
    sa.UniqueConstraint("sample_id"),
    *orders("level", of="sample_levels", by="sample_id"),
)


def _named(table: str, *, length: int) -> sa.Table:
    """A table of things that are known by the letters of their name alone: one in capitals is the same (`folded`)."""
    return sa.Table(
        table,
        METADATA,
        id_(),
        sa.Column("name", Text(length), nullable=False),
        sa.Column("folded", Text, nullable=False),
        at(),
        sa.UniqueConstraint("folded"),
    )


def _holding(table: str, owner: str, *more: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table of the samples that a tag or an album holds."""
    return sa.Table(
        table,
        METADATA,
        sa.Column(f"{owner}_id", sa.Uuid, sa.ForeignKey(f"{owner}s.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sample_id", sa.Uuid, sa.ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("favourite", sa.Boolean, nullable=False),  # as the sample is
        sa.Column("rating", sa.Integer, nullable=False),
        *more,
        nearness(),
        *orders(f"{owner}_id", of=table, by="sample_id"),
    )


tags = _named("tags", length=64)
albums = _named("albums", length=200)
sample_tags = _holding(
    "sample_tags",
    "tag",
    sa.Column("position", sa.Integer, nullable=False),  # among the tags of its sample
    sa.Index("ix_sample_tags_sample", "sample_id", "position"),
)
album_samples = _holding("album_samples", "album", sa.Index("ix_album_samples_sample", "sample_id"))

# What of a sample is written in several tables: the samples, and those that repeat its MARKS, by its id.
COPIES = (samples.c.id, sample_tags.c.sample_id, album_samples.c.sample_id, sample_levels.c.sample_id)
