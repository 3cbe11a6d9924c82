"""The tables. A change here comes with a migration; what a page lists has an index that serves its order."""

from __future__ import annotations

import sqlalchemy as sa

from jobs.state import State, Wish
from store.columns import METADATA, at, id_, one_of
from store.explored import directions as directions
from store.moment_tables import moment_choices as moment_choices
from store.types import Json, Moment, Serial, Text, Word

FRAMINGS = ["centre", "two_squares", "whole", "smart", "several", "squeeze"]
FOCUSED = ["smart", "squeeze"]  # of them, those that go by where a photo is looked at
LABELLED = ["none", "folders", "albums"]
PHOTO_STATES = ["ready", "repaired", "duplicate", "refused", "excluded", "withdrawn", "moved"]
PHOTO_KINDS = ["photograph", "screenshot", "text", "blurred", "tiny"]
ARCHIVE_STATES = ["received", "ready", "refused"]

datasets = sa.Table(
    "datasets",
    METADATA,
    id_(),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("framing", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, default=0),  # rises with each change of what training sees
    at(),
    sa.Column("labelled_by", sa.String(16), nullable=False, default="none"),  # what comes in gets its label so
    sa.Column("aspect", sa.String(9)),  # "3:2", of squeeze alone: what its photos are cut to, and then squeezed
    one_of("framing", FRAMINGS),
    sa.CheckConstraint("(framing = 'squeeze') = (aspect IS NOT NULL)", name="aspect"),
    one_of("labelled_by", LABELLED),
)

archives = sa.Table(
    "archives",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("filename", Text(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("key", sa.String(255)),  # of the file as it came; gone when all of it lies in `photos`
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", Text),
    sa.Column("job_id", sa.Uuid),  # the ingest job that reads it
    at(),
    one_of("state", ARCHIVE_STATES),
    sa.Index("ix_archives_dataset", "dataset_id", "id"),
    sa.Index("ix_archives_job", "job_id"),
)

photos = sa.Table(
    "photos",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("archive_id", sa.Uuid, sa.ForeignKey("archives.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # of the file in its archive
    sa.Column("name", Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", Text),  # why refused, duplicate of which, or what was repaired: one plain sentence
    sa.Column("sha256", sa.String(64)),
    sa.Column("phash", sa.String(16)),
    sa.Column("width", sa.Integer),  # of the upright picture
    sa.Column("height", sa.Integer),
    sa.Column("size_bytes", sa.BigInteger, nullable=False, default=0),
    sa.Column("taken_at", Moment),
    sa.Column("average", sa.String(7)),  # "#rrggbb"
    sa.Column("blur", Text),  # 16 px WebP or JPEG, base64, ≤ 400 bytes
    sa.Column("original_key", sa.String(255)),
    # Decoded, upright, sRGB, long side ≤ 2048. Of a large JPEG it is made when somebody first looks at it.
    sa.Column("image_key", sa.String(255)),
    sa.Column("thumb_key", sa.String(255)),  # long side ≤ 320
    sa.Column("duplicate_of", sa.Uuid),
    sa.Column("revision", sa.Integer, nullable=False, default=0),  # of the dataset, when the photo came in
    at(),
    sa.Column("caption", Text),  # ≤ 2,200 characters
    sa.Column("album", Text),  # ≤ 200 characters
    sa.Column("dated_by", sa.String(16)),  # where `taken_at` is from: "camera" | "export" | "name"
    sa.Column("small_key", sa.String(255)),  # of a large JPEG: decoded at a fraction; larger squares need the original
    sa.Column("gone_sha256", sa.String(64)),  # of a withdrawn one, so that its file does not come in again
    sa.Column("focus", Json),  # [x, y], 0 to 1 from left and top: where it is looked at; looked for when framed so
    sa.Column("kind", sa.String(16)),  # one of PHOTO_KINDS; unknown of those that came before it was looked for
    sa.Column("moved_to", sa.Uuid),  # of a moved one: the photo of another dataset that it is now
    one_of("state", PHOTO_STATES),
    sa.UniqueConstraint("archive_id", "position"),
    sa.Index("ix_photos_dataset", "dataset_id", "id"),
    sa.Index("ix_photos_dataset_state", "dataset_id", "state", "id"),
    sa.Index("ix_photos_dataset_sha256", "dataset_id", "sha256"),
    sa.Index("ix_photos_dataset_album", "dataset_id", "album", "id"),
    sa.Index("ix_photos_dataset_gone", "dataset_id", "gone_sha256"),
    sa.Index("ix_photos_moved", "moved_to"),
    sa.Index("ix_photos_dataset_state_taken", "dataset_id", "state", "taken_at", "id"),
    sa.Index("ix_photos_dataset_album_taken", "dataset_id", "album", "state", "taken_at", "id"),
    sa.Index("ix_photos_dataset_kind_taken", "dataset_id", "kind", "state", "taken_at", "id"),
)

# The photos of other datasets that are to come into one, until its job has brought all of them.
gathered = sa.Table(
    "gathered",
    METADATA,
    sa.Column("archive_id", sa.Uuid, sa.ForeignKey("archives.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("source_id", sa.Uuid, nullable=False),  # the photo; gone, where its dataset was deleted meanwhile
    sa.UniqueConstraint("dataset_id", "source_id"),
)

# What a photo was before a change of the dataset to `revision`: so a job sees the dataset that it was posted with.
photo_changes = sa.Table(
    "photo_changes",
    METADATA,
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("before", sa.String(16), nullable=False),
    at(),
    one_of("before", PHOTO_STATES),
    sa.Index("ix_photo_changes_dataset", "dataset_id", "revision"),
)

views = sa.Table(
    "views",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # 0, or 1 for the second square of a wide picture
    sa.Column("box", Json, nullable=False),  # [left, top, right, bottom] in pixels of the upright picture
    sa.Column("frame", sa.String(16), nullable=False),
    sa.Column("by_hand", sa.Boolean, nullable=False, default=False),  # a new framing of the dataset leaves it alone
    # Of the dataset's revisions from which on it is seen, and at which others take its place: as with photo_changes.
    sa.Column("since", sa.Integer, nullable=False, default=0),
    sa.Column("until", sa.Integer),
    sa.UniqueConstraint("photo_id", "position", "since"),
    sa.Index("ix_views_dataset", "dataset_id", "photo_id", "position"),
)

# What a look at photos has found: a file of the features of some, and where each photo stands among the others.
feature_files = sa.Table(
    "feature_files",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),  # of both files
    at(),
    sa.Column("parts_key", sa.String(255)),  # what parts of the same photos show; none before version 1
    sa.Column("version", sa.Integer, nullable=False, default=0),  # of the network that looked
    sa.Index("ix_feature_files_dataset", "dataset_id", "id"),
)

features = sa.Table(
    "features",
    METADATA,
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("file_id", sa.Uuid, sa.ForeignKey("feature_files.id", ondelete="CASCADE"), nullable=False),
    sa.Column("heap", sa.Integer),  # its group on the contact sheet; these are none until all was sorted
    sa.Column("place", sa.Integer),  # in its heap: the most typical first, what repeats another last
    sa.Column("nearest", sa.Integer),  # likeness to the nearest other photo, in millionths
    sa.Index("ix_features_file", "file_id"),
    sa.Index("ix_features_heap", "dataset_id", "heap", "place", "photo_id"),
    sa.Index("ix_features_nearest", "dataset_id", "nearest"),
)

# What photographs are told apart by. A number keeps its meaning for good; its name has a time, as views have.
labels = sa.Table(
    "labels",
    METADATA,
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("since", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("until", sa.Integer),
    sa.Column("name", Text(300), nullable=False),
    sa.Column("into", sa.Integer),  # the label that it became one with
    sa.Index("ix_labels_dataset_name", "dataset_id", "name"),
)

photo_labels = sa.Table(
    "photo_labels",
    METADATA,
    sa.Column("photo_id", sa.Uuid, sa.ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("since", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("until", sa.Integer),
    sa.Column("dataset_id", sa.Uuid, sa.ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("by_hand", sa.Boolean, nullable=False, default=False),  # labels made anew leave it alone
    sa.Index("ix_photo_labels_dataset", "dataset_id", "number", "photo_id"),
)

jobs = sa.Table(
    "jobs",
    METADATA,
    id_(),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("state", Word(State), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("params", Json, nullable=False),  # resolved: a job never changes its meaning
    sa.Column("pins", Json, nullable=False),  # what the job was posted with: {"dataset": {"id", "revision"}, …}
    sa.Column("preset_hash", sa.String(64)),
    sa.Column("dataset_id", sa.Uuid),
    sa.Column("model_id", sa.Uuid),  # the model that it starts from or draws with
    sa.Column("wish", Word(Wish)),
    sa.Column("priority", sa.Integer, nullable=False, default=0),
    sa.Column("done", sa.Integer, nullable=False, default=0),
    sa.Column("total", sa.Integer, nullable=False, default=0),
    sa.Column("unit", sa.String(32), nullable=False, default=""),
    sa.Column("phase", sa.String(64), nullable=False, default=""),
    sa.Column("remaining_s", sa.Float),
    sa.Column("error", Json),
    sa.Column("crashes", sa.Integer, nullable=False, default=0),  # with nothing new kept between them
    sa.Column("worker_id", sa.Uuid),
    sa.Column("heartbeat", sa.BigInteger, nullable=False, default=0),  # a counter: clocks of machines are not compared
    sa.Column("last_seq", sa.Integer, nullable=False, default=0),
    at(),
    at("started_at", nullable=True),
    at("ended_at", nullable=True),
    one_of("state", [state.value for state in State]),
    one_of("wish", [wish.value for wish in Wish]),  # NULL passes a check
    sa.Index("ix_jobs_kind", "kind", "id"),
    sa.Index("ix_jobs_state", "state", "id"),
    sa.Index("ix_jobs_kind_state", "kind", "state", "id"),
    sa.Index("ix_jobs_dataset", "dataset_id", "id"),
    # The claim reads this one alone, whatever the number of ended jobs.
    sa.Index(
        "ix_jobs_queued",
        "state",  # always the same, but SQLite then sees that it need not sort
        sa.text("priority DESC"),
        "id",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    ),
)

attempts = sa.Table(
    "attempts",
    METADATA,
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("worker_id", sa.Uuid),
    at("started_at"),
    at("ended_at", nullable=True),
    sa.Column("outcome", sa.String(16)),  # the state that it left the job in, or "lost"
    sa.Column("error", Json),
)

events = sa.Table(
    "events",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),  # the order of all events
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),  # the order of one job's
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("body", Json, nullable=False),
    at("at"),
    sa.UniqueConstraint("job_id", "seq"),
    sa.Index("ix_events_job_type", "job_id", "type", "seq"),
    sqlite_autoincrement=True,
)

models = sa.Table(
    "models",
    METADATA,
    id_(),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("bundled", sa.Boolean, nullable=False, default=False),
    sa.Column("kept", sa.Boolean, nullable=False, default=False),  # a moment that the owner kept
    sa.Column("job_id", sa.Uuid),
    sa.Column("dataset_id", sa.Uuid),
    sa.Column("step", sa.Integer),
    sa.Column("photos_seen", sa.Integer),
    sa.Column("resolution", sa.Integer, nullable=False),
    sa.Column("facts", Json, nullable=False),  # model.json
    sa.Column("measures", Json),
    sa.Column("licence", Text(200), nullable=False),  # an SPDX expression
    sa.Column("terms", Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("files", Json, nullable=False),  # {"model.json": key, "generator.safetensors": key, …}
    sa.Column("sheet_key", sa.String(255)),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
    sa.UniqueConstraint("job_id", "step"),
    sa.Index("ix_models_created", "created_at", "id"),
    sa.Index("ix_models_parent", "parent_id"),
    sa.Index("ix_models_dataset", "dataset_id", "created_at", "id"),
    sa.Index("ix_models_job", "job_id", "created_at", "id"),
    sa.Index("ix_models_kept", "kept", "created_at", "id"),
    sa.Index("ix_models_bundled", "bundled", "created_at", "id"),
    sa.Index("ix_models_hash", "hash", "created_at", "id"),
)

# A model file as it came from outside, or as it will be fetched; what it became is known by its hash long after its
# bytes are gone.
model_files = sa.Table(
    "model_files",
    METADATA,
    id_(),
    sa.Column("filename", Text(255), nullable=False),
    sa.Column("size_bytes", sa.BigInteger),  # of one to be fetched: as published, or unknown
    sa.Column("sha256", sa.String(64)),  # likewise
    sa.Column("key", sa.String(255)),  # of the file as it came; gone once its model is stored
    sa.Column("job_id", sa.Uuid, nullable=False),  # the convert job that reads it
    sa.Column("model_id", sa.Uuid),  # what it became
    at(),
    sa.Column("published_id", sa.String(100)),  # the entry of the catalogue that it is
    sa.Column("url", sa.Text),  # where its job fetches it; none where its bytes were sent
    sa.Index("ix_model_files_sha256", "sha256", "id"),
    sa.Index("ix_model_files_job", "job_id"),
    sa.Index("ix_model_files_published", "published_id", "id"),
)

# A file that comes in pieces (tus), until it is whole; how much of it is here, the file itself says.
uploads = sa.Table(
    "uploads",
    METADATA,
    id_(),
    sa.Column("dataset_id", sa.Uuid),  # the dataset whose archive it is; none: a model file
    sa.Column("filename", Text(255), nullable=False),
    sa.Column("asked", Json, nullable=False),  # what is said of a model file: name, licence, terms, published
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("job_id", sa.Uuid),  # that reads it, once it is whole
    at(),
    sa.Index("ix_uploads_created", "created_at"),
)

artifacts = sa.Table(
    "artifacts",
    METADATA,
    id_(),
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("step", sa.Integer),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("facts", Json, nullable=False),
    at(),
    sa.UniqueConstraint("job_id", "type", "step"),
)

resume_points = sa.Table(
    "resume_points",
    METADATA,
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("files", Json, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    at(),
)

workers = sa.Table(
    "workers",
    METADATA,
    id_(),
    sa.Column("name", Text(200), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),  # "worker" | "renderer"
    sa.Column("device", sa.String(64), nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("heartbeat", sa.BigInteger, nullable=False, default=0),
    at("started_at"),
    at("seen_at"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    METADATA,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("job_id", sa.Uuid, nullable=False),
    at(),
)
