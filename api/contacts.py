"""The contact sheet: what of a dataset a training sees most, and least, and evening that out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter

from api import shapes
from api.alike import not_looked
from api.deps import Opened, Where
from api.problems import answers
from api.schemas.base import Page
from api.schemas.curation import Chosen
from api.schemas.datasets import Counts, Photo
from api.schemas.likeness import Contacts, Evening, Heap, Lonely
from jobs.errors import NotFound
from store.features import MILLION
from store.lists import pieces
from store.tx import Tx

router = APIRouter(tags=["photos"])
AT_ONCE = 500  # photographs of a transaction
TYPICAL, LONELY = 16, 16  # photographs that are shown


@router.get("/datasets/{dataset_id}/contacts", responses=answers(404, 409, 422))
def look(dataset_id: UUID, store: Opened) -> Contacts:
    """Show what of a dataset training sees most, as heaps of what goes together, and what is like no other."""
    with store.read() as tx:
        heaps = _heaps(tx, dataset_id)
        total = sum(heaps.values())
        lonely = tx.features.lonely(dataset_id, count=LONELY)
        typical = {heap: tx.features.typical(dataset_id, heap, count=TYPICAL) for heap in heaps}
        shown = _photos(tx, dataset_id, [id for ids in (*typical.values(), [id for id, _ in lonely]) for id in ids])
        return Contacts(
            photos=total,
            unlooked=tx.features.unlooked(dataset_id),
            heaps=[
                Heap(heap=heap, photos=count, share=count / total, typical=[shown[id] for id in typical[heap]])
                for heap, count in heaps.items()
            ],
            lonely=[Lonely(photo=shown[id], likeness=nearest / MILLION) for id, nearest in lonely],
        )


@router.get("/datasets/{dataset_id}/contacts/{heap}", responses=answers(404, 409, 422))
def open_heap(dataset_id: UUID, heap: int, store: Opened, where: Where) -> Page[Photo]:
    """List the photographs of a heap that training sees, the most typical first."""
    with store.read() as tx:
        _named(tx, dataset_id, heap)
        page = tx.features.heap(dataset_id, heap, limit=where.limit, cursor=where.cursor)
        shown = _photos(tx, dataset_id, page.items)
        return Page(items=[shown[id] for id in page.items], next_cursor=page.next_cursor)


@router.post("/datasets/{dataset_id}/contacts", responses=answers(400, 404, 409, 422))
def even_out(dataset_id: UUID, body: Evening, store: Opened) -> Chosen:
    """Keep at most so many photographs of each heap, or of one, and leave the others out.

    Some at a time, so that nobody waits for long to write: where it is broken off, the same once more does the rest.
    """
    with store.read() as tx:
        exclude = _surplus(tx, dataset_id, body)
    left_out: list[UUID] = []
    for some in pieces(sorted(exclude), most=AT_ONCE):
        with store.begin() as tx:
            left_out += tx.photos.leave_out(dataset_id, some)
    with store.read() as tx:
        return Chosen(
            include=left_out,
            exclude=[],
            counts=Counts.model_validate(tx.datasets.counts(dataset_id)),
            usable_views=tx.datasets.usable_views(dataset_id),
        )


def _surplus(tx: Tx, dataset_id: UUID, body: Evening) -> list[UUID]:
    heaps = _heaps(tx, dataset_id)
    if body.heap is not None:
        _named(tx, dataset_id, body.heap)
        heaps = {body.heap: heaps[body.heap]}
    many = [heap for heap, count in heaps.items() if count > body.keep]
    return [id for heap in many for id in tx.features.surplus(dataset_id, heap, keep=body.keep)]


def _heaps(tx: Tx, dataset_id: UUID) -> dict[int, int]:
    """Count the heaps. Raises: NotFound; NotLooked, where training sees photographs and none of them was sorted."""
    tx.datasets.get(dataset_id)
    heaps = tx.features.heaps(dataset_id)
    if not heaps and not tx.features.sorted_any(dataset_id):
        raise not_looked(tx, dataset_id)
    return heaps


def _named(tx: Tx, dataset_id: UUID, heap: int) -> None:
    if heap not in _heaps(tx, dataset_id):
        raise NotFound(
            f"There is no heap {heap} in this dataset now.", remedy="GET /datasets/{id}/contacts lists them."
        )


def _photos(tx: Tx, dataset_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Photo]:
    views = tx.views.of_photos(ids)
    return {row.id: shapes.photo(row, views[row.id]) for row in tx.photos.some(dataset_id, ids)}
