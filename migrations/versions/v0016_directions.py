"""Directions in a model's space."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add what is found in a model's space."""
    op.create_table(
        "directions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("follows", sa.Uuid()),
        sa.Column("layers", JSON, nullable=False),
        sa.Column("deviation", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directions"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_directions_model_id", ondelete="CASCADE"),
        sa.UniqueConstraint("model_id", "kind", "position", name="uq_directions_model_id_kind_position"),
        sa.CheckConstraint(
            "kind IN ('sefa', 'ganspace', 'brightness', 'warmth', 'contrast')", name="ck_directions_kind"
        ),
    )
