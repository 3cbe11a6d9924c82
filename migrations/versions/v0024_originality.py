"""How near samples are to photographs: sketches of squares, calibrations, and a shelf of samples for each level."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
UNKNOWN = "101"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SHELVES = (  # tables of samples: the columns that are equal, and that of the sample
    *(("samples", equal, "id") for equal in (["model_id"], ["training_id"], ["dataset_id"], ["job_id"], [])),
    ("sample_tags", ["tag_id"], "sample_id"),
    ("album_samples", ["album_id"], "sample_id"),
    ("sample_levels", ["level"], "sample_id"),
)


def upgrade() -> None:
    """Call all samples that there are unknown: the next look at their archive looks at them too."""
    _sketches()
    for table in ("samples", "sample_tags", "album_samples"):
        op.add_column(table, sa.Column("nearness", sa.Integer(), nullable=False, server_default=UNKNOWN))
    for name, kind in (("nearest_id", sa.Uuid()), ("likeness", sa.Integer()), ("traced_by", sa.Uuid())):
        op.add_column("samples", sa.Column(name, kind))
    _levels()
    for table, equal, by in SHELVES:
        _orders(table, equal, by)
    for equal in (["model_id"], ["training_id"], ["dataset_id"], []):
        name = "_".join(["ix_samples_pins", *equal])
        for rated, columns in (("", ["nearness"]), ("rated_", ["rating", "nearness"])):
            of = [*equal, *columns, "id", "job_id"]
            op.create_index(f"{name}_{rated}original", "samples", of, **_where("job_id IS NULL"))
    op.create_index("ix_samples_nearest", "samples", ["nearest_id"], **_where("nearest_id IS NOT NULL"))


def _sketches() -> None:
    op.create_table(
        "sketches",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *_keys("sketches", view_id="views", photo_id="photos", dataset_id="datasets"),
        sa.PrimaryKeyConstraint("view_id", name="pk_sketches"),
    )
    op.create_index("ix_sketches_dataset", "sketches", ["dataset_id", "view_id"])
    op.create_index("ix_sketches_photo", "sketches", ["photo_id"])
    op.create_table(
        "calibrations",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("steps", JSON),
        sa.Column("created_at", MOMENT, nullable=False),
        *_keys("calibrations", dataset_id="datasets"),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_calibrations"),
    )


def _levels() -> None:
    op.create_table(
        "sample_levels",
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("nearness", sa.Integer(), nullable=False, server_default=UNKNOWN),
        sa.CheckConstraint("level IN ('own', 'near', 'copy', 'unknown')", name="ck_sample_levels_level"),
        *_keys("sample_levels", sample_id="samples"),
        sa.PrimaryKeyConstraint("level", "sample_id", name="pk_sample_levels"),
        sa.UniqueConstraint("sample_id", name="uq_sample_levels_sample_id"),
    )
    into = "INSERT INTO sample_levels (level, sample_id, favourite, rating, nearness)"
    op.execute(f"{into} SELECT 'unknown', id, favourite, rating, {UNKNOWN} FROM samples")  # noqa: S608
    liked = _where("favourite = 1", "favourite")
    op.create_index("ix_sample_levels_level_best", "sample_levels", ["level", "rating", "sample_id"])
    op.create_index("ix_sample_levels_level_favourite_newest", "sample_levels", ["level", "sample_id"], **liked)
    op.create_index("ix_sample_levels_level_favourite_best", "sample_levels", ["level", "rating", "sample_id"], **liked)


def _orders(table: str, equal: list[str], by: str) -> None:
    name = "_".join([f"ix_{table}", *equal])
    op.create_index(f"{name}_original", table, [*equal, "nearness", by])
    op.create_index(
        f"{name}_favourite_original", table, [*equal, "nearness", by], **_where("favourite = 1", "favourite")
    )
    op.create_index(f"{name}_rated_original", table, [*equal, "rating", "nearness", by])


def _where(sqlite: str, postgresql: str | None = None) -> dict[str, Any]:
    return {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql or sqlite)}


def _keys(table: str, **owners: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], f"fk_{table}_{column}", ondelete="CASCADE")
        for column, owner in owners.items()
    ]
