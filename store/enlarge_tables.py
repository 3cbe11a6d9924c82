"""The tables of enlarging: weights that owners have brought, and pictures that were made larger."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at, id_
from store.types import Json

enlargers = sa.Table(
    "enlargers",
    METADATA,
    id_(),  # of its name
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),  # of the file that came
    sa.Column("architecture", Json, nullable=False),
    sa.Column("notes", Json, nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.UniqueConstraint("name"),
    sa.UniqueConstraint("sha256"),
)

enlargements = sa.Table(
    "enlargements",
    METADATA,
    id_(),
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("sample_id", sa.Uuid, sa.ForeignKey("samples.id", ondelete="CASCADE")),
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE")),
    sa.Column("factor", sa.Integer, nullable=False),
    sa.Column("made_with", sa.String(200), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("print", Json),
    sa.Column("recipe", Json, nullable=False),
    sa.Column("blur", sa.String(500), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("view_key", sa.String(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.UniqueConstraint("job_id"),
    sa.CheckConstraint("(sample_id IS NULL) <> (photo_id IS NULL)", name="picture"),
    sa.Index("ix_enlargements_sample", "sample_id", "id"),
    sa.Index("ix_enlargements_photo", "photo_id", "id"),
)
