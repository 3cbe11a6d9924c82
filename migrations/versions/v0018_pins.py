"""Samples that no job drew are listed along indexes of their own: pins of the explorer, among many that jobs drew."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
PINNED: dict[str, Any] = {"sqlite_where": sa.text("job_id IS NULL"), "postgresql_where": sa.text("job_id IS NULL")}


def upgrade() -> None:
    """Make the indexes."""
    for equal in (["model_id"], ["training_id"], ["dataset_id"], []):
        name = "_".join(["ix_samples_pins", *equal])
        op.create_index(f"{name}_newest", "samples", [*equal, "id"], **PINNED)
        op.create_index(f"{name}_best", "samples", [*equal, "rating", "id"], **PINNED)
