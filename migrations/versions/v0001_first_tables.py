"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FAVOURITES: dict[str, Any] = {"sqlite_where": sa.text("favourite = 1"), "postgresql_where": sa.text("favourite")}


def upgrade() -> None:
    """Make the tables; each after those that it refers to."""
    _datasets()
    _idempotency_keys()
    _jobs()
    _models()
    _workers()
    _archives()
    _artifacts()
    _attempts()
    _events()
    _resume_points()
    _samples()
    _photos()
    _photo_changes()
    _views()


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("framing", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("framing IN ('centre', 'two_squares')", name="ck_datasets_framing"),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("pins", JSON, nullable=False),
        sa.Column("preset_hash", sa.String(64)),
        sa.Column("dataset_id", sa.Uuid()),
        sa.Column("model_id", sa.Uuid()),
        sa.Column("wish", sa.String(16)),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("phase", sa.String(64), nullable=False),
        sa.Column("remaining_s", sa.Float()),
        sa.Column("error", JSON),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Uuid()),
        sa.Column("heartbeat", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled')", name="ck_jobs_state"
        ),
        sa.CheckConstraint("wish IN ('stop', 'cancel', 'pause')", name="ck_jobs_wish"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_dataset", "jobs", ["dataset_id", "id"])
    op.create_index("ix_jobs_kind", "jobs", ["kind", "id"])
    op.create_index("ix_jobs_kind_state", "jobs", ["kind", "state", "id"])
    op.create_index("ix_jobs_state", "jobs", ["state", "id"])
    op.create_index(
        "ix_jobs_queued",
        "jobs",
        ["state", sa.text("priority DESC"), "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def _models() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("bundled", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("job_id", sa.Uuid()),
        sa.Column("dataset_id", sa.Uuid()),
        sa.Column("step", sa.Integer()),
        sa.Column("photos_seen", sa.Integer()),
        sa.Column("resolution", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("measures", JSON),
        sa.Column("licence", sa.String(200), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("sheet_key", sa.String(255)),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("job_id", "step", name="uq_models_job_id_step"),
    )
    op.create_index("ix_models_bundled", "models", ["bundled", "created_at", "id"])
    op.create_index("ix_models_created", "models", ["created_at", "id"])
    op.create_index("ix_models_dataset", "models", ["dataset_id", "created_at", "id"])
    op.create_index("ix_models_job", "models", ["job_id", "created_at", "id"])
    op.create_index("ix_models_kept", "models", ["kept", "created_at", "id"])
    op.create_index("ix_models_parent", "models", ["parent_id"])


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("heartbeat", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def _archives() -> None:
    op.create_table(
        "archives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("job_id", sa.Uuid()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('received', 'ready', 'refused')", name="ck_archives_state"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_archives_dataset_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_archives"),
    )
    op.create_index("ix_archives_dataset", "archives", ["dataset_id", "id"])
    op.create_index("ix_archives_job", "archives", ["job_id"])


def _artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("step", sa.Integer()),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_artifacts_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_artifacts"),
        sa.UniqueConstraint("job_id", "type", "step", name="uq_artifacts_job_id_type_step"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Uuid()),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String(16)),
        sa.Column("error", JSON),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_attempts_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "attempt", name="pk_attempts"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_events_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("job_id", "seq", name="uq_events_job_id_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_job_type", "events", ["job_id", "type", "seq"])


def _resume_points() -> None:
    op.create_table(
        "resume_points",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_resume_points_job_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name="pk_resume_points"),
    )


def _samples() -> None:
    op.create_table(
        "samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid()),
        sa.Column("dataset_id", sa.Uuid()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("average", sa.String(7), nullable=False),
        sa.Column("blur", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("image_key", sa.String(255), nullable=False),
        sa.Column("thumb_key", sa.String(255)),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 5", name="ck_samples_rating"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_samples_model_id"),
        sa.PrimaryKeyConstraint("id", name="pk_samples"),
        sa.UniqueConstraint("job_id", "position", name="uq_samples_job_id_position"),
    )
    op.create_index("ix_samples_best", "samples", ["rating", "id"])
    op.create_index("ix_samples_dataset_id_best", "samples", ["dataset_id", "rating", "id"])
    op.create_index("ix_samples_dataset_id_favourite_best", "samples", ["dataset_id", "rating", "id"], **FAVOURITES)
    op.create_index("ix_samples_dataset_id_favourite_newest", "samples", ["dataset_id", "id"], **FAVOURITES)
    op.create_index("ix_samples_dataset_id_newest", "samples", ["dataset_id", "id"])
    op.create_index("ix_samples_favourite_best", "samples", ["rating", "id"], **FAVOURITES)
    op.create_index("ix_samples_favourite_newest", "samples", ["id"], **FAVOURITES)
    op.create_index("ix_samples_job_id_best", "samples", ["job_id", "rating", "id"])
    op.create_index("ix_samples_job_id_favourite_best", "samples", ["job_id", "rating", "id"], **FAVOURITES)
    op.create_index("ix_samples_job_id_favourite_newest", "samples", ["job_id", "id"], **FAVOURITES)
    op.create_index("ix_samples_job_id_newest", "samples", ["job_id", "id"])
    op.create_index("ix_samples_model_id_best", "samples", ["model_id", "rating", "id"])
    op.create_index("ix_samples_model_id_favourite_best", "samples", ["model_id", "rating", "id"], **FAVOURITES)
    op.create_index("ix_samples_model_id_favourite_newest", "samples", ["model_id", "id"], **FAVOURITES)
    op.create_index("ix_samples_model_id_newest", "samples", ["model_id", "id"])


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("archive_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("phash", sa.String(16)),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("average", sa.String(7)),
        sa.Column("blur", sa.Text()),
        sa.Column("original_key", sa.String(255)),
        sa.Column("image_key", sa.String(255)),
        sa.Column("thumb_key", sa.String(255)),
        sa.Column("duplicate_of", sa.Uuid()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'repaired', 'duplicate', 'refused', 'excluded', 'withdrawn')", name="ck_photos_state"
        ),
        sa.ForeignKeyConstraint(["archive_id"], ["archives.id"], name="fk_photos_archive_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_photos_dataset_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_photos"),
        sa.UniqueConstraint("archive_id", "position", name="uq_photos_archive_id_position"),
    )
    op.create_index("ix_photos_dataset", "photos", ["dataset_id", "id"])
    op.create_index("ix_photos_dataset_sha256", "photos", ["dataset_id", "sha256"])
    op.create_index("ix_photos_dataset_state", "photos", ["dataset_id", "state", "id"])


def _photo_changes() -> None:
    op.create_table(
        "photo_changes",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "before IN ('ready', 'repaired', 'duplicate', 'refused', 'excluded', 'withdrawn')",
            name="ck_photo_changes_before",
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name="fk_photo_changes_dataset_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name="fk_photo_changes_photo_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", "revision", name="pk_photo_changes"),
    )
    op.create_index("ix_photo_changes_dataset", "photo_changes", ["dataset_id", "revision"])


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("box", JSON, nullable=False),
        sa.Column("frame", sa.String(16), nullable=False),
        sa.Column("label", sa.Integer()),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_views_dataset_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name="fk_views_photo_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.UniqueConstraint("photo_id", "position", name="uq_views_photo_id_position"),
    )
    op.create_index("ix_views_dataset", "views", ["dataset_id", "photo_id", "position"])
