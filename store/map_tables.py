"""The tables of maps: where the map of a dataset lies, and files of what a look at samples has found."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at, id_

maps = sa.Table(
    "maps",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("photos", sa.Integer, nullable=False),
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.UniqueConstraint("dataset_id"),
)

seen_files = sa.Table(
    "seen_files",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of what looked; what another has found is looked at again
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.Index("ix_seen_files_dataset", "dataset_id", "id"),
)
