"""Labels of photographs; what was withdrawn is known when it comes again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
STATED = "labelled_by IN ('none', 'folders', 'albums')"


def upgrade() -> None:
    """Let photographs have labels, in place of squares: no label of a square was ever stored."""
    with op.batch_alter_table("datasets") as batch:
        batch.add_column(sa.Column("labelled_by", sa.String(16), nullable=False, server_default="none"))
        batch.create_check_constraint("ck_datasets_labelled_by", STATED)
    with op.batch_alter_table("datasets") as batch:  # the default was for the rows that are there
        batch.alter_column("labelled_by", existing_type=sa.String(16), existing_nullable=False, server_default=None)
    with op.batch_alter_table("views") as batch:
        batch.drop_column("label")
    op.add_column("photos", sa.Column("gone_sha256", sa.String(64)))
    op.create_index("ix_photos_dataset_gone", "photos", ["dataset_id", "gone_sha256"])
    _labels()


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("into", sa.Integer()),
        sa.PrimaryKeyConstraint("dataset_id", "number", "since", name="pk_labels"),
        _of("labels", "dataset_id", "datasets"),
    )
    op.create_index("ix_labels_dataset_name", "labels", ["dataset_id", "name"])
    op.create_table(
        "photo_labels",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", "since", name="pk_photo_labels"),
        _of("photo_labels", "photo_id", "photos"),
        _of("photo_labels", "dataset_id", "datasets"),
    )
    op.create_index("ix_photo_labels_dataset", "photo_labels", ["dataset_id", "number", "photo_id"])


def _of(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=name, ondelete="CASCADE")
