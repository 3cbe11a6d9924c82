"""The indexes of samples that no job drew hold all that is asked of them: SQLite walked others in their place."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
PINNED: dict[str, Any] = {"sqlite_where": sa.text("job_id IS NULL"), "postgresql_where": sa.text("job_id IS NULL")}


def upgrade() -> None:
    """Make them anew."""
    _make("job_id")


def _make(*more: str) -> None:
    of: Sequence[Sequence[str]] = (["model_id"], ["training_id"], ["dataset_id"], [])
    for equal in of:
        name = "_".join(["ix_samples_pins", *equal])
        for order, columns in (("newest", ["id"]), ("best", ["rating", "id"])):
            op.drop_index(f"{name}_{order}", "samples")
            op.create_index(f"{name}_{order}", "samples", [*equal, *columns, *more], **PINNED)
