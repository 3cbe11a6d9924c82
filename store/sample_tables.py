"""The tables of the gallery: samples, and the tags and albums that hold them.

What a tag or an album holds is listed along a table of its own, whose rows repeat how a sample is rated and liked: so
each order of it is one run of an index. `store.samples` writes both at once.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.columns import METADATA, at, id_, orders, pins
from store.types import Json, Text

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
        *orders(f"{owner}_id", of=table, by="sample_id"),
        *more,
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
