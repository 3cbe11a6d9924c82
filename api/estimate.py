"""What a job would cost, and whether this server can bear it."""

from __future__ import annotations

import psutil

from api import submit
from api.schemas.base import Notice
from api.schemas.jobs import Estimate
from api.submit import HEADROOM_BYTES
from api.units import in_units, in_words
from kinds import registry
from kinds.cost import Cost
from store.store import Store


def estimate_of(asked: submit.Request, store: Store) -> Estimate:
    """Estimate time, disk and memory, and compare them with what is free."""
    found = registry.cost(asked.params, asked.facts)
    reasons = _reasons(found, store)
    return Estimate(
        seconds=found.seconds,
        rough=not asked.facts["host"],
        disk_bytes=found.disk_bytes,
        memory_bytes=found.memory_bytes,
        photos_seen=found.photos_seen,
        times_each_seen=found.times_each_seen,
        sentence=f"{in_words(found.seconds)}. {found.sentence}",
        snapshots=list(found.snapshots),
        notices=_shaped(found),
        fits=not reasons,
        reasons=reasons,
    )


def notices_of(asked: submit.Request) -> list[Notice]:
    """Say what the owner of a job should know."""
    return _shaped(registry.cost(asked.params, asked.facts))


def _shaped(found: Cost) -> list[Notice]:
    return [Notice(code=word.code, text=word.text) for word in found.notices]


def _reasons(found: Cost, store: Store) -> list[str]:
    reasons = []
    free_bytes = store.objects.free_bytes()
    if free_bytes is not None and free_bytes - HEADROOM_BYTES < found.disk_bytes:
        reasons.append(
            f"It needs {in_units(found.disk_bytes)} of disk, and {in_units(free_bytes)} are free. "
            "Keep fewer moments, or make room."
        )
    total_bytes = psutil.virtual_memory().total
    if store.database.is_sqlite and total_bytes < found.memory_bytes:
        reasons.append(
            f"It needs {in_units(found.memory_bytes)} of memory, and this machine has {in_units(total_bytes)}. "
            "Choose a smaller batch, or a smaller base."
        )
    return reasons
