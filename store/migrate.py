"""Bringing the tables up to date, in process."""

from __future__ import annotations

from store import tables as t
from store.database import Database


def upgrade(database: Database) -> None:
    """Make all tables."""
    with database.begin() as connection:
        t.METADATA.create_all(connection)
