"""The states of a job and the moves between them, as data; documents and property tests derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a job stands. Only `store.jobs.Jobs` writes it."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Wish(StrEnum):
    """What the owner asked of a running job; a column that the worker reads with its heartbeat, not a state."""

    STOP = "stop"  # end soon, keep what was learnt as the result
    CANCEL = "cancel"  # end now, drop the unfinished part
    PAUSE = "pause"  # free the device, keep the resume point


# RUNNING to QUEUED: the lease is lost, or the worker shuts down. FAILED to QUEUED: retried by the owner.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
        State.RUNNING: frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.PAUSED, State.QUEUED}),
        State.PAUSED: frozenset({State.QUEUED, State.CANCELLED}),
        State.FAILED: frozenset({State.QUEUED}),
        State.SUCCEEDED: frozenset(),
        State.CANCELLED: frozenset(),
    }
)

ENDED: frozenset[State] = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})


def sources(to: State) -> frozenset[State]:
    """Name the states that lead to `to`."""
    return frozenset(state for state, targets in MOVES.items() if to in targets)
