"""Likenesses: files of features, which photo's lie in which, and the heaps of the contact sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "feature_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], "fk_feature_files_dataset_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_feature_files"),
    )
    op.create_index("ix_feature_files_dataset", "feature_files", ["dataset_id", "id"])
    op.create_table(
        "features",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("heap", sa.Integer()),
        sa.Column("place", sa.Integer()),
        sa.Column("nearest", sa.Integer()),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], "fk_features_photo_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], "fk_features_dataset_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["feature_files.id"], "fk_features_file_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", name="pk_features"),
    )
    op.create_index("ix_features_file", "features", ["file_id"])
    op.create_index("ix_features_heap", "features", ["dataset_id", "heap", "place", "photo_id"])
    op.create_index("ix_features_nearest", "features", ["dataset_id", "nearest"])
