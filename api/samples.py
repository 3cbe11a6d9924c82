"""Samples: browse what was drawn, mark it, delete it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import shapes
from api.deps import Opened, Size, Where
from api.files import send_file
from api.problems import answers
from api.schemas.base import Page
from api.schemas.samples import Sample, SampleChanges

router = APIRouter(prefix="/samples", tags=["samples"])
THUMB_PX = 320


@router.get("", responses=answers(422))
def list_samples(
    store: Opened,
    where: Where,
    model: UUID | None = Query(None, description="Drawn from this model."),
    job: UUID | None = Query(None, description="Drawn by this job."),
    dataset: UUID | None = Query(None, description="Of models that learnt from this dataset."),
    favourite: bool | None = Query(None, description="With a heart, or without."),
    order: Literal["newest", "oldest", "best"] = Query("newest", description="best: most stars first."),
) -> Page[Sample]:
    """List samples."""
    with store.read() as tx:
        page = tx.samples.page(
            model_id=model,
            job_id=job,
            dataset_id=dataset,
            favourite=favourite,
            order=order,
            limit=where.limit,
            cursor=where.cursor,
        )
    return Page(items=[shapes.sample(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/{sample_id}", responses=answers(404, 422))
def look(sample_id: UUID, store: Opened) -> Sample:
    """Look at one sample and its recipe."""
    with store.read() as tx:
        return shapes.sample(tx.samples.get(sample_id))


@router.patch("/{sample_id}", responses=answers(400, 404, 422))
def change(sample_id: UUID, body: SampleChanges, store: Opened) -> Sample:
    """Give a heart, stars or tags."""
    with store.begin() as tx:
        changed = tx.samples.update(sample_id, favourite=body.favourite, rating=body.rating, tags=body.tags)
    return shapes.sample(changed)


@router.delete("/{sample_id}", status_code=204, responses=answers(404, 422))
def delete(sample_id: UUID, store: Opened) -> None:
    """Delete a sample; its recipe is gone with it."""
    with store.begin() as tx:
        tx.samples.delete(sample_id)


@router.get(
    "/{sample_id}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def image(sample_id: UUID, request: Request, store: Opened, size: Size = None) -> Response:
    """Send the picture, its recipe in a text chunk, or a thumbnail where a small one is asked for and is there."""
    with store.read() as tx:
        row = tx.samples.get(sample_id)
    small = size is not None and size <= THUMB_PX and size < max(row.width, row.height)
    return send_file(request, store, key=row.thumb_key if small and row.thumb_key else row.image_key)
