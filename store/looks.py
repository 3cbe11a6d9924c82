"""Looks at photographs, posted by themselves: once an archive was read, and where a framing needs them."""

from __future__ import annotations

from uuid import UUID

from jobs.params import JobParams
from store.tx import Tx

AFTER_ALL = -10  # priority of what nobody waits for


def look_soon(tx: Tx, params: JobParams, dataset_id: UUID) -> None:
    """Have the new photographs of a dataset looked at, once no archive of it is being read and nothing else waits."""
    if tx.datasets.busy([dataset_id]) or tx.jobs.waits(params.kind, dataset_id):
        return
    if tx.features.unlooked(dataset_id) or tx.features.unfocused(dataset_id):
        tx.jobs.add(
            kind=params.kind,
            params=params.model_dump(mode="json"),
            pins={"photos": {"id": str(dataset_id)}},
            dataset_id=dataset_id,
            priority=AFTER_ALL,
        )
