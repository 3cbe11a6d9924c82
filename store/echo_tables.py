"""The table of echoes: where what each moment of a training remembers lies."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.columns import METADATA, at, id_
from store.types import Json


def _of(name: str, table: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


echoes = sa.Table(
    "echoes",
    METADATA,
    id_(),
    _of("training_id", "jobs"),
    _of("dataset_id", "datasets"),
    _of("model_id", "models"),  # the moment
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),  # of its weights: learnt again, it is looked at again
    sa.Column("version", sa.Integer, nullable=False),  # of the network that looked
    sa.Column("pictures", sa.Integer, nullable=False),
    sa.Column("truncation_psi", sa.Float, nullable=False),
    sa.Column("photos", sa.Integer, nullable=False),
    sa.Column("steps", Json),  # likeness by percent, 1 to 100; none where there are too few photos
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.UniqueConstraint("training_id", "pictures", "truncation_psi", "step"),
    sa.Index("ix_echoes_dataset", "dataset_id", "training_id"),
    sa.Index("ix_echoes_model", "model_id"),
)
