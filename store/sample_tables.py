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


def _holds(owner: str) -> list[sa.Column[Any]]:
    """Give the columns of what a tag or an album holds."""
    return [
        sa.Column(f"{owner}_id", sa.Uuid, sa.ForeignKey(f"{owner}s.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sample_id", sa.Uuid, sa.ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("favourite", sa.Boolean, nullable=False),  # as the sample is
        sa.Column("rating", sa.Integer, nullable=False),
    ]


# A name is known by its letters alone: one in capitals is the same (`store.names.folded`).
tags = sa.Table(
    "tags",
    METADATA,
    id_(),
    sa.Column("name", Text(64), nullable=False),
    sa.Column("folded", Text, nullable=False),
    at(),
    sa.UniqueConstraint("folded"),
)

sample_tags = sa.Table(
    "sample_tags",
    METADATA,
    *_holds("tag"),
    sa.Column("position", sa.Integer, nullable=False),  # among the tags of its sample
    *orders("tag_id", of="sample_tags", by="sample_id"),
    sa.Index("ix_sample_tags_sample", "sample_id", "position"),
)

albums = sa.Table(
    "albums",
    METADATA,
    id_(),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("folded", Text, nullable=False),
    at(),
    sa.UniqueConstraint("folded"),
)

album_samples = sa.Table(
    "album_samples",
    METADATA,
    *_holds("album"),
    *orders("album_id", of="album_samples", by="sample_id"),
    sa.Index("ix_album_samples_sample", "sample_id"),
)
