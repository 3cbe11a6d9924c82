"""The table of soundtracks: music that was brought or composed, and what was heard in it."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import METADATA, at, id_, one_of
from store.types import Json, Text

STATES = ["listening", "ready"]

soundtracks = sa.Table(
    "soundtracks",
    METADATA,
    id_(),
    sa.Column("name", Text(255), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("note", Text),  # what is to be known of it: where its file is broken
    sa.Column("job_id", sa.Uuid, nullable=False),  # that listens to it, or has composed it
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("key", sa.String(255)),  # of the file as it came; gone when it came to nothing
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("duration_s", sa.Float),
    sa.Column("heard", Json),  # tempo, confidence, beats, bars, loudness_lufs, peaks; null until it is ready
    sa.Column("composed", Json),  # how it was made; null, where it was brought
    at(),
    one_of("state", STATES),
    sa.CheckConstraint("(state = 'ready') = (heard IS NOT NULL)", name="heard"),
    sa.Index("ix_soundtracks_job", "job_id"),
)
