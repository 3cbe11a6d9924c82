"""How a lost lease is judged, and what three crashes mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from store import tables as t

MAX_CRASHES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """A job's attempt and heartbeat, and when this sweeper first saw them, in seconds of its monotonic clock."""

    attempt: int
    heartbeat: int
    since: float


def left_alone(
    seen: dict[UUID, Seen], beats: Mapping[UUID, tuple[int, int]], *, at: float, lease_s: float
) -> set[UUID]:
    """Name the jobs whose heartbeat has not moved for `lease_s`, and renew the memory `seen`."""
    for gone in seen.keys() - beats.keys():
        del seen[gone]
    for job_id, (attempt, heartbeat) in beats.items():
        last = seen.get(job_id)
        if last is None or (last.attempt, last.heartbeat) != (attempt, heartbeat):
            seen[job_id] = Seen(attempt, heartbeat, at)
    return {job_id for job_id, last in seen.items() if at - last.since >= lease_s}


def still(heartbeat: int) -> sa.ColumnElement[bool]:
    """Say that a job's heartbeat has not moved since it was read."""
    return t.jobs.c.heartbeat == heartbeat


def crash_error(crashes: int, reason: str) -> dict[str, Any]:
    """Say why a job is given up."""
    return {
        "code": "worker_crashed",
        "title": "The work broke off again and again",
        "detail": f"The job broke off {crashes} times without getting further. {reason}".strip(),
        "remedy": "Often the memory is too small: try a smaller resolution or batch, or close other programs, "
        "then retry the job. What it had saved is kept.",
        "crashes": crashes,
    }
