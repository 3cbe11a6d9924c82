"""The indexes of favourites hold all that is asked of them: SQLite walked those of all samples in their place."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
LIKED: dict[str, Any] = {"sqlite_where": sa.text("favourite = 1"), "postgresql_where": sa.text("favourite")}
SHELVES = (  # tables of samples: the columns that are equal, and that of the sample
    *(("samples", equal, "id") for equal in (["model_id"], ["training_id"], ["dataset_id"], ["job_id"], [])),
    ("sample_tags", ["tag_id"], "sample_id"),
    ("album_samples", ["album_id"], "sample_id"),
    ("sample_levels", ["level"], "sample_id"),
)


def upgrade() -> None:
    """Make them anew."""
    for table, equal, by in SHELVES:
        name = "_".join([f"ix_{table}", *equal, "favourite"])
        for order, columns in (("newest", [by]), ("best", ["rating", by]), ("original", ["nearness", by])):
            op.drop_index(f"{name}_{order}", table)
            op.create_index(f"{name}_{order}", table, [*equal, *columns, "favourite"], **LIKED)
