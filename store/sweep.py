"""Sweeping: objects that no row names, and rows that have had their time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from store import echo_tables as e
from store import enlarge_tables as large
from store import journey_tables as j
from store import map_tables as m
from store import sample_tables as s
from store import soundtrack_tables as st
from store import tables as t
from store.folder import sweep_files
from store.objects import KINDS, owner_of

if TYPE_CHECKING:
    from store.store import Store

_BATCH = 500
# Where a row of each kind names its objects: its id, columns of one key, columns of keys by file name.
_NAMED: dict[str, tuple[sa.Column[Any], list[sa.Column[Any]], list[sa.Column[Any]]]] = {
    "archives": (t.archives.c.id, [t.archives.c.key], []),
    "photos": (t.photos.c.id, [t.photos.c[f"{role}_key"] for role in ("original", "image", "small", "thumb")], []),
    "models": (t.models.c.id, [t.models.c.sheet_key], [t.models.c.files]),
    "model_files": (t.model_files.c.id, [t.model_files.c.key], []),
    "samples": (s.samples.c.id, [s.samples.c.image_key, s.samples.c.thumb_key], []),
    "artifacts": (t.artifacts.c.id, [t.artifacts.c.key], []),
    "features": (t.feature_files.c.id, [t.feature_files.c.key, t.feature_files.c.parts_key], []),
    "maps": (m.maps.c.id, [m.maps.c.key], []),
    "seen": (m.seen_files.c.id, [m.seen_files.c.key], []),
    "echoes": (e.echoes.c.id, [e.echoes.c.key], []),
    "soundtracks": (st.soundtracks.c.id, [st.soundtracks.c.key], []),
    "videos": (j.videos.c.id, [j.videos.c.key, j.videos.c.poster_key], []),
    "enlargers": (large.enlargers.c.id, [large.enlargers.c.key], []),
    "enlargements": (large.enlargements.c.id, [large.enlargements.c.key, large.enlargements.c.view_key], []),
    "directions": (t.directions.c.id, [t.directions.c.key], []),
    "resume_points": (t.resume_points.c.job_id, [], [t.resume_points.c.files]),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """How much a sweep took away."""

    objects: int
    parts: int  # files that a crash left half-written, uploads among them
    workers: int
    keys: int


def sweep(store: Store, *, older_than_s: float) -> Swept:
    """Delete objects that no row names, uploads that broke off, model files that came to nothing, all older than this.

    Old workers and keys are forgotten as well.
    An object is named, if at all, by the row that its key tells: so a sweep asks the primary keys, batch by batch, and
    holds no transaction across file work.
    """
    gone = 0
    old = store.objects.older_than(older_than_s)
    while batch := list(islice(old, _BATCH)):
        gone += let_go(store, batch)
    uploads = sweep_files(store.settings.uploads, older_than_s=older_than_s)
    if (downloads := store.settings.cache / "downloads").is_dir():
        uploads += sweep_files(downloads, older_than_s=older_than_s)
    parts = uploads + store.objects.sweep_parts(older_than_s)
    with store.begin() as tx:
        tx.model_files.let_go(older_than_s=older_than_s)
        tx.soundtracks.let_go(older_than_s=older_than_s)
        tx.searches.let_go(older_than_s=older_than_s)
        tx.journeys.let_go(older_than_s=older_than_s)
        tx.enlargements.let_go_of_points()
        # One whose file has been written to since then goes on, however long ago it was announced.
        tx.uploads.delete(
            *(id for id in tx.uploads.older_than(older_than_s) if not store.settings.upload_file(id).exists())
        )
        return Swept(objects=gone, parts=parts, workers=tx.workers.forget(), keys=tx.keys.forget())


def let_go(store: Store, keys: Sequence[str]) -> int:
    """Delete those of these objects that no row names; return how many."""
    gone = 0
    with store.read() as tx:
        unnamed = set(keys) - named(tx.connection, keys)
    for key in unnamed:
        with contextlib.suppress(OSError):  # tried again at the next sweep
            store.objects.delete(key)
            gone += 1
    return gone


def named(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
    """Say which of these keys a row names."""
    owners: dict[str, set[UUID]] = {kind: set() for kind in KINDS}
    for key in keys:
        kind, id = owner_of(key)
        owners[kind].add(id)
    return {key for kind, ids in owners.items() if ids for key in _of_rows(connection, kind, ids)}


def _of_rows(connection: sa.Connection, kind: str, ids: set[UUID]) -> Iterator[str]:
    id_column, single, by_name = _NAMED[kind]
    for row in connection.execute(sa.select(*single, *by_name).where(id_column.in_(ids))):
        yield from (key for key in row[: len(single)] if key)
        for files in row[len(single) :]:
            yield from files.values()
