"""Datasets: make, list, look, rename, delete."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Response

from api import shapes
from api.deps import Opened, Where, location
from api.framing import frame_anew, proposed
from api.gathering import gather
from api.problems import answers
from api.schemas.base import Page
from api.schemas.datasets import Dataset, DatasetChanges, DatasetInFull, NewDataset
from store import rows
from store.datasets import SERVING
from store.tx import Tx

router = APIRouter(prefix="/datasets", tags=["datasets"])
COVER = 4


@router.post("", status_code=201, responses=answers(400, 404, 409, 422))
def make(body: NewDataset, store: Opened, response: Response) -> Dataset:
    """Make a dataset: empty, archives are uploaded into it; or of photographs of others, which a job brings."""
    with store.begin() as tx:
        if body.sources is None:
            framing = body.framing or "centre"
            aspect = body.aspect or (proposed(tx, []) if framing == "squeeze" else None)
            made = tx.datasets.add(name=body.name, framing=framing, aspect=aspect)
        else:
            made = gather(tx, body.name, body.sources, framing=body.framing, aspect=body.aspect, move=body.move)
        (shape,) = shaped(tx, [made])
    response.headers.update(location("datasets", made.id))
    return shape


@router.get("", responses=answers(422))
def list_datasets(store: Opened, where: Where) -> Page[Dataset]:
    """List datasets, newest first."""
    with store.read() as tx:
        page = tx.datasets.page(limit=where.limit, cursor=where.cursor)
        return Page(items=shaped(tx, page.items), next_cursor=page.next_cursor)


@router.get("/{dataset_id}", responses=answers(404, 422))
def look(dataset_id: UUID, store: Opened) -> DatasetInFull:
    """Look at one dataset and its archives."""
    with store.read() as tx:
        return in_full(tx, dataset_id)


@router.patch("/{dataset_id}", responses=answers(400, 404, 409, 422))
def change(dataset_id: UUID, body: DatasetChanges, store: Opened) -> DatasetInFull:
    """Rename a dataset, or frame it anew: jobs that were posted before see it as it was."""
    with store.begin() as tx:
        if body.name is not None:
            tx.datasets.rename(dataset_id, body.name)
        if body.framing is not None or body.aspect is not None:
            frame_anew(tx, dataset_id, body.framing, body.aspect)
        return in_full(tx, dataset_id)


@router.delete("/{dataset_id}", status_code=204, responses=answers(404, 409, 422))
def delete(dataset_id: UUID, store: Opened) -> None:
    """Delete a dataset and its photographs; models that learnt from it stay."""
    with store.begin() as tx:
        for kind in SERVING:
            tx.jobs.call_off(kind, dataset_id)
        tx.datasets.delete(dataset_id)


def in_full(tx: Tx, dataset_id: UUID) -> DatasetInFull:
    """Answer a dataset with its archives."""
    row = tx.datasets.get(dataset_id)
    (shape,) = shaped(tx, [row])
    archives = [shapes.archive(archive) for archive in tx.archives.of_dataset(dataset_id)]
    return DatasetInFull.model_validate({**dict(shape), "archives": archives})


def shaped(tx: Tx, found: Sequence[rows.Dataset]) -> list[Dataset]:
    """Answer datasets with their counts, in a fixed number of queries."""
    ids = [row.id for row in found]
    counts, views = tx.datasets.counts_of(ids), tx.datasets.usable_views_of(ids)
    labels, unfinished = tx.labels.how_many(ids), tx.datasets.unfinished(ids)
    busy, covers = tx.datasets.busy(ids), tx.datasets.covers(ids, count=COVER)
    return [
        shapes.dataset(
            row,
            counts=counts.get(row.id, {}),
            usable_views=views.get(row.id, 0),
            labels=labels.get(row.id, 0),
            busy=row.id in busy,
            unfinished=row.id in unfinished,
            cover=covers.get(row.id, []),
        )
        for row in found
    ]
