"""Soundtracks: what is heard in them is kept, what was composed becomes one, and they are laid out for runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jobs.errors import NotFound
from jobs.events import Artifact
from jobs.ids import derived_id
from kinds.listen.run import broken
from store.rows import Job
from store.soundtracks import Soundtrack
from store.store import Store
from store.tx import Tx

if TYPE_CHECKING:
    from worker.keep import Keeper

HEARD = ("tempo", "confidence", "beats", "bars", "loudness_lufs", "peaks")


def keep_heard(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Keep what was heard in the job's soundtrack: it is ready then."""
    job, facts = keeper.job, made[-1].facts
    soundtrack_id = UUID(job.params["soundtrack_id"])
    broken_at_s = facts["broken_at_s"]

    def change(tx: Tx) -> None:
        tx.soundtracks.heard(
            soundtrack_id,
            {name: facts[name] for name in HEARD},
            duration_s=facts["duration_s"],
            note=None if broken_at_s is None else broken(broken_at_s),
            media_type=facts["media_type"],
            job_id=job.id,
            attempt=job.attempt,
        )
        _tell(keeper, tx, soundtrack_id)

    keeper.write(change)


def keep_composed(keeper: Keeper, made: Sequence[Artifact]) -> None:
    """Make a soundtrack of what the job has composed."""
    job, artifact = keeper.job, made[-1]
    facts, id = artifact.facts, derived_id(job.id, "soundtrack", 0)
    stored = keeper.file(artifact.files["sound"], kind="soundtracks", id=id)
    row = Soundtrack(
        id=id,
        name=facts["name"],
        state="ready",
        job_id=job.id,
        media_type=facts["media_type"],
        key=stored.key,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        duration_s=facts["duration_s"],
        heard={name: facts[name] for name in HEARD},
        composed=facts["composed"],
    )

    def change(tx: Tx) -> None:
        tx.soundtracks.add_composed(row, attempt=job.attempt)
        _tell(keeper, tx, id)

    keeper.write(change)


def _tell(keeper: Keeper, tx: Tx, soundtrack_id: UUID) -> None:
    keeper.told(tx, "soundtrack", {"soundtrack_id": str(soundtrack_id), "name": tx.soundtracks.get(soundtrack_id).name})


def lay_sound(store: Store, job: Job, soundtrack_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out the file of a soundtrack that is to be listened to. Raises: NotFound."""
    with store.read() as tx:
        row = tx.soundtracks.get(soundtrack_id)
    if row.key is None:
        raise NotFound(f"The bytes of {row.name} were let go.", remedy="Send the file again.")
    return store.objects.path(row.key), {"name": row.name, "size_bytes": row.size_bytes}


def lay_soundtrack(store: Store, job: Job, soundtrack_id: UUID, into: Path) -> tuple[Path, dict[str, Any]]:
    """Lay out a soundtrack that is ready, with what was heard in it. Raises: NotFound, Conflict."""
    with store.read() as tx:
        row = tx.soundtracks.ready(soundtrack_id)
    path, facts = lay_sound(store, job, soundtrack_id, into)
    heard: Mapping[str, Any] = row.heard or {}
    return path, {**facts, "duration_s": row.duration_s, **heard}
