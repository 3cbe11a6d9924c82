"""Looks at photographs, posted by themselves: once an archive was read, where a framing needs them, and where a
withdrawal leaves samples without the photograph that they were nearest to.
"""

from __future__ import annotations

from uuid import UUID

from jobs.params import JobParams
from store.tx import Tx

AFTER_ALL = -10  # priority of what nobody waits for


def look_soon(tx: Tx, params: JobParams, dataset_id: UUID) -> None:
    """Have the new photographs of a dataset looked at, once no archive of it is being read and nothing else waits."""
    if tx.features.unlooked(dataset_id) or tx.features.unfocused(dataset_id):
        _post(tx, params, dataset_id)


def compare_soon(tx: Tx, params: JobParams, dataset_id: UUID) -> None:
    """Have samples looked at again of which nothing is known any more, since their nearest photograph was withdrawn."""
    if tx.tracing.forgotten(dataset_id):
        _post(tx, params, dataset_id)


def _post(tx: Tx, params: JobParams, dataset_id: UUID) -> None:
    if tx.datasets.busy([dataset_id]) or tx.jobs.waits(params.kind, dataset_id):
        return
    tx.jobs.add(
        kind=params.kind,
        params=params.model_dump(mode="json"),
        pins={"photos": {"id": str(dataset_id)}},
        dataset_id=dataset_id,
        priority=AFTER_ALL,
    )
