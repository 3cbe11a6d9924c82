"""What jobs are told of soundtracks, and the job that listens to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from jobs.errors import Conflict
from store.tx import Tx


def sound_facts(tx: Tx, soundtrack_id: UUID) -> Mapping[str, Any]:
    """Give what listening to a soundtrack is told. Raises: NotFound; Conflict, where there is nothing to hear."""
    row = tx.soundtracks.get(soundtrack_id)
    if row.standing == "listening":
        raise Conflict(f"{row.name} is being listened to already.", remedy="Wait for its job.", job_id=str(row.job_id))
    if row.composed is not None:
        raise Conflict(f"{row.name} was composed here: its beats are known.", remedy="There is nothing to find.")
    if row.key is None:
        raise Conflict(f"The bytes of {row.name} were let go.", remedy="Send the file again to POST /soundtracks.")
    return {"name": row.name, "size_bytes": row.size_bytes}


def soundtrack_facts(tx: Tx, soundtrack_id: UUID) -> Mapping[str, Any]:
    """Give what a film is told of its soundtrack. Raises: NotFound; Conflict, where it is not ready."""
    row = tx.soundtracks.ready(soundtrack_id)
    return {"name": row.name, "size_bytes": row.size_bytes, "duration_s": row.duration_s, **(row.heard or {})}
