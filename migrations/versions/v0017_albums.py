"""Tags and albums in tables of their own; the training of each sample, and the hash of what it is drawn from."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
AT_ONCE = 2000  # samples
TOLD = ("format", "model_id", "licence", "label_name")
LIKED: dict[str, Any] = {"sqlite_where": sa.text("favourite = 1"), "postgresql_where": sa.text("favourite")}
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, move the tags there, and say of each sample what it is found by."""
    for table, length in (("tags", 64), ("albums", 200)):
        op.create_table(
            table,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("name", sa.String(length), nullable=False),
            sa.Column("folded", sa.Text(), nullable=False),
            sa.Column("created_at", MOMENT, nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
            sa.UniqueConstraint("folded", name=f"uq_{table}_folded"),
        )
    _holding("sample_tags", "tag", sa.Column("position", sa.Integer(), nullable=False))
    op.create_index("ix_sample_tags_sample", "sample_tags", ["sample_id", "position"])
    _holding("album_samples", "album")
    op.create_index("ix_album_samples_sample", "album_samples", ["sample_id"])
    op.add_column("samples", sa.Column("training_id", sa.Uuid()))
    op.add_column("samples", sa.Column("recipe_hash", sa.String(64)))
    op.execute("UPDATE samples SET training_id = (SELECT job_id FROM models WHERE models.id = samples.model_id)")
    _move(op.get_bind())
    op.drop_column("samples", "tags")
    op.create_index("ix_samples_recipe", "samples", ["recipe_hash", "id"])
    op.create_index("ix_samples_training_id_newest", "samples", ["training_id", "id"])
    op.create_index("ix_samples_training_id_best", "samples", ["training_id", "rating", "id"])
    op.create_index("ix_samples_training_id_favourite_newest", "samples", ["training_id", "id"], **LIKED)
    op.create_index("ix_samples_training_id_favourite_best", "samples", ["training_id", "rating", "id"], **LIKED)
    op.create_index("ix_models_hash", "models", ["hash", "created_at", "id"])


def _holding(table: str, owner: str, *more: sa.Column[Any]) -> None:
    """Make the table of what a tag or an album holds, with the indexes of each order."""
    key = f"{owner}_id"
    op.create_table(
        table,
        sa.Column(key, sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        *more,
        sa.ForeignKeyConstraint([key], [f"{owner}s.id"], f"fk_{table}_{key}", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sample_id"], ["samples.id"], f"fk_{table}_sample_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(key, "sample_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{key}_best", table, [key, "rating", "sample_id"])
    op.create_index(f"ix_{table}_{key}_favourite_newest", table, [key, "sample_id"], **LIKED)
    op.create_index(f"ix_{table}_{key}_favourite_best", table, [key, "rating", "sample_id"], **LIKED)


def _move(connection: sa.Connection) -> None:
    """Write the tags and the hash of each sample, some at a time."""
    samples = sa.table(
        "samples",
        sa.column("id", sa.Uuid()),
        sa.column("recipe", JSON),
        sa.column("tags", JSON),
        sa.column("favourite", sa.Boolean()),
        sa.column("rating", sa.Integer()),
        sa.column("recipe_hash", sa.String()),
    )
    tags = sa.table("tags", *(sa.column(name, kind) for name, kind in TAG.items()))
    links = sa.table("sample_tags", *(sa.column(name, kind) for name, kind in LINK.items()))
    known: dict[str, UUID] = {}
    hashed = sa.update(samples).where(samples.c.id == sa.bindparam("of")).values(recipe_hash=sa.bindparam("hash"))
    for rows in _pages(connection, samples):
        connection.execute(hashed, [{"of": row.id, "hash": _hash(row.recipe)} for row in rows])
        given = [(row, list(_tags(row.tags))) for row in rows]
        new: dict[str, str] = {}
        for letters, name in (one for _, named in given for one in named if one[0] not in known):
            new.setdefault(letters, name)  # as it was first written
        known |= {letters: uuid4() for letters in new}
        if new:
            at = datetime.now(UTC)
            made = [{"id": known[one], "name": name, "folded": one, "created_at": at} for one, name in new.items()]
            connection.execute(sa.insert(tags), made)
        has = [
            {"tag_id": known[letters], "sample_id": row.id, "position": position} | _marks(row)
            for row, named in given
            for position, (letters, _) in enumerate(named)
        ]
        if has:
            connection.execute(sa.insert(links), has)


TAG: dict[str, Any] = {"id": sa.Uuid(), "name": sa.String(), "folded": sa.Text(), "created_at": MOMENT}
LINK: dict[str, Any] = {
    "tag_id": sa.Uuid(),
    "sample_id": sa.Uuid(),
    "favourite": sa.Boolean(),
    "rating": sa.Integer(),
    "position": sa.Integer(),
}


def _pages(connection: sa.Connection, samples: sa.TableClause) -> Iterator[Sequence[Any]]:
    """Walk all samples by their ids; nothing is open between two pages, since each is written to meanwhile."""
    of = samples.c
    query = sa.select(of.id, of.recipe, of.tags, of.favourite, of.rating).order_by(of.id).limit(AT_ONCE)
    rows = connection.execute(query).all()
    while rows:
        yield rows
        rows = connection.execute(query.where(of.id > rows[-1].id)).all()


def _marks(row: Any) -> dict[str, Any]:
    return {"favourite": row.favourite, "rating": row.rating}


def _tags(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each tag once, by its letters alone, with its name."""
    seen: set[str] = set()
    for told in names or ():
        name = " ".join(told.split())
        letters = normalize("NFC", normalize("NFC", name).casefold())
        if name and letters not in seen:
            seen.add(letters)
            yield letters, name


def _hash(recipe: dict[str, Any]) -> str:
    drawn = {name: _plain(value) for name, value in recipe.items() if name not in TOLD}
    return hashlib.sha256(json.dumps(drawn, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
