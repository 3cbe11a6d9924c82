"""What tables are made of: how their constraints are named, and columns that many have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.types import Moment

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_() -> sa.Column[Any]:
    """Give the primary key of a table of things."""
    return sa.Column("id", sa.Uuid, primary_key=True)


def at(name: str = "created_at", *, nullable: bool = False) -> sa.Column[Any]:
    """Give a column of moments."""
    return sa.Column(name, Moment, nullable=nullable)


def one_of(column: str, words: list[str]) -> sa.CheckConstraint:
    """Hold a column to some words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def orders(*equal: str, of: str = "samples", by: str = "id") -> list[sa.Index]:
    """Serve the gallery's orders, newest, best and original, among rows of `of` that share `equal`; favourites apart.

    `by`: the id of a sample. The primary key serves the newest of all samples, and of what a tag or an album holds.
    Indexes of favourites hold `favourite`, which is true in all of them: SQLite would else look it up in the row, and
    walk an index of samples that nobody likes as gladly.
    """
    name = "_".join([f"ix_{of}", *equal])
    favourites: dict[str, Any] = {"sqlite_where": sa.text("favourite = 1"), "postgresql_where": sa.text("favourite")}
    newest = [sa.Index(f"{name}_newest", *equal, by)] if equal and of == "samples" else []
    return [
        *newest,
        sa.Index(f"{name}_best", *equal, "rating", by),
        sa.Index(f"{name}_favourite_newest", *equal, by, "favourite", **favourites),
        sa.Index(f"{name}_favourite_best", *equal, "rating", by, "favourite", **favourites),
        sa.Index(f"{name}_original", *equal, "nearness", by),
        sa.Index(f"{name}_favourite_original", *equal, "nearness", by, "favourite", **favourites),
        sa.Index(f"{name}_rated_original", *equal, "rating", "nearness", by),
    ]


def pins(*equal: str) -> list[sa.Index]:
    """Serve the same orders among samples that no job drew: each was kept by hand, so favourites among them are few.

    They hold `job_id`, which is null in all of them, as indexes of favourites hold `favourite`.
    """
    name = "_".join(["ix_samples_pins", *equal])
    pinned: dict[str, Any] = {f"{dialect}_where": sa.text("job_id IS NULL") for dialect in ("sqlite", "postgresql")}
    return [
        sa.Index(f"{name}_newest", *equal, "id", "job_id", **pinned),
        sa.Index(f"{name}_best", *equal, "rating", "id", "job_id", **pinned),
        sa.Index(f"{name}_original", *equal, "nearness", "id", "job_id", **pinned),
        sa.Index(f"{name}_rated_original", *equal, "rating", "nearness", "id", "job_id", **pinned),
    ]
