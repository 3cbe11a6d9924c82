"""Labels: made of folders or albums, renamed, merged, and given by hand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.deps import Opened, Where
from api.problems import answers
from api.schemas.base import Page
from api.schemas.labels import MOST_NUMBER, Label, LabelChanges, Labelled, Labelling, LabelsFrom
from jobs.errors import NotFound
from store import rows
from store.labels import REST
from store.tx import Tx

router = APIRouter(prefix="/datasets", tags=["labels"])
FEW = 10  # squares of a label that a network hardly learns
NAMED = 20
Number = Annotated[int, Path(ge=0, le=MOST_NUMBER)]


@router.get("/{dataset_id}/labels", responses=answers(404, 422))
def list_labels(dataset_id: UUID, store: Opened, where: Where) -> Page[Label]:
    """List a dataset's labels by their numbers."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        page = tx.labels.page(dataset_id, limit=where.limit, cursor=where.cursor)
        return Page(items=_shaped(tx, dataset_id, page.items), next_cursor=page.next_cursor)


@router.get("/{dataset_id}/labels/summary", responses=answers(404, 422))
def summary(dataset_id: UUID, store: Opened) -> Labelled:
    """Say how a dataset is labelled."""
    with store.read() as tx:
        return _labelled(tx, dataset_id)


@router.post("/{dataset_id}/labels", responses=answers(400, 404, 422))
def make(dataset_id: UUID, body: LabelsFrom, store: Opened) -> Labelled:
    """Label a dataset by its folders or albums; a job that was posted before sees it as it was."""
    with store.begin() as tx:
        revision = tx.datasets.touch_revision(dataset_id)
        tx.labels.make(dataset_id, body.source, revision=revision)
        return _labelled(tx, dataset_id)


@router.put("/{dataset_id}/labels", responses=answers(400, 404, 422))
def label(dataset_id: UUID, body: Labelling, store: Opened) -> Labelled:
    """Label photographs by hand: all of them, or nothing."""
    with store.begin() as tx:
        label_by_hand(tx, dataset_id, body.photos, body.label)
        return _labelled(tx, dataset_id)


@router.patch("/{dataset_id}/labels/{number}", responses=answers(400, 404, 409, 422))
def change(dataset_id: UUID, number: Number, body: LabelChanges, store: Opened) -> Label:
    """Rename a label, or make one label of two; gives the one that is left."""
    with store.begin() as tx:
        revision = tx.datasets.touch_revision(dataset_id)
        if body.name is not None:
            tx.labels.rename(dataset_id, number, body.name, revision=revision)
        elif body.into is not None:
            tx.labels.merge(dataset_id, number, body.into, revision=revision)
            number = body.into
        (shaped,) = _shaped(tx, dataset_id, [tx.labels.get(dataset_id, number)])
        return shaped


def label_by_hand(tx: Tx, dataset_id: UUID, photo_ids: list[UUID], name: str | None) -> None:
    """Give photographs of a dataset a label, or none. Raises: NotFound; Rejected."""
    revision = tx.datasets.touch_revision(dataset_id)
    if missing := set(photo_ids) - {photo.id for photo in tx.photos.some(dataset_id, photo_ids)}:
        raise NotFound(f"There is no photo {min(missing)} in this dataset.")
    tx.labels.put(dataset_id, photo_ids, name, revision=revision)


def _labelled(tx: Tx, dataset_id: UUID) -> Labelled:
    squares = tx.labels.squares(dataset_id)
    return Labelled.model_validate(
        {
            "labelled_by": tx.datasets.get(dataset_id).labelled_by,
            "labels": tx.labels.how_many([dataset_id]).get(dataset_id, 0),
            "squares": sum(squares.values()),
            "unlabelled": squares.get(REST, 0),
            "small": [name for name, count in squares.items() if count < FEW and name != REST][:NAMED],
        }
    )


def _shaped(tx: Tx, dataset_id: UUID, found: list[rows.Label]) -> list[Label]:
    numbers = [one.number for one in found]
    counts, covers = tx.labels.counts(dataset_id, numbers), tx.labels.covers(dataset_id, numbers)
    return [
        Label(number=one.number, name=one.name, photographs=counts[one.number], cover=covers[one.number])
        for one in found
    ]
