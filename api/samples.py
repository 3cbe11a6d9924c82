"""Samples: browse what was drawn, mark it, delete it, one by one or many at once."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import shapes
from api.deps import Cursor, Opened, Size, Where
from api.files import send_file
from api.problems import answers
from api.schemas.base import Page
from api.schemas.samples import Found, ManyChanges, Recipe, Sample, SampleChanges, SampleIds, SampleIndex, Some
from api.sought import Sought

router = APIRouter(prefix="/samples", tags=["samples"])
THUMB_PX = 320
MOST_NAMED = 100_000
Named = Annotated[int, Query(ge=1, le=MOST_NAMED, description="How many, 1 to 100,000.")]
Every = Annotated[int, Query(ge=1, le=200, description="Samples of a page, 1 to 200.")]
_HASH = re.compile(r"[0-9a-f]{1,64}")


@router.get("", response_model=Page[Sample], responses=answers(422))
def list_samples(store: Opened, where: Where, words: Sought) -> Response:
    """List samples."""
    with store.read() as tx:
        page = tx.samples.page(words.wanted(), limit=where.limit, cursor=where.cursor)
    told = Page[Sample](items=[shapes.sample(row) for row in page.items], next_cursor=page.next_cursor)
    return Response(told.model_dump_json(), media_type="application/json")  # FastAPI would check each item once more


@router.get("/index", response_model=SampleIndex, responses=answers(422))
def index(store: Opened, words: Sought, every: Every = 100) -> Response:
    """Look at a list of samples from afar: its length, and where each of its pages begins.

    So any place of it is one page away: the first page is read without a cursor, page `n` from `starts[n - 1]` on, with
    `limit` as long as `every` was.
    """
    with store.read() as tx:
        found = tx.samples.overview(words.wanted(), every=every)
    told = SampleIndex(total=found.total, every=every, starts=found.starts)
    return Response(told.model_dump_json(), media_type="application/json")


@router.get("/ids", response_model=SampleIds, responses=answers(422))
def name(store: Opened, words: Sought, limit: Named = MOST_NAMED, cursor: Cursor = None) -> Response:
    """Name samples of a list, in its order, to choose among them: up to 100,000, and where those after them begin.

    A cursor of any page of the list does, also one that `GET /samples/index` gave.
    """
    with store.read() as tx:
        page = tx.samples.ids(words.wanted(), limit=limit, cursor=cursor)
    told = SampleIds(ids=page.items, next_cursor=page.next_cursor)
    return Response(told.model_dump_json(), media_type="application/json")


@router.post("/changes", status_code=204, responses=answers(400, 404, 422))
def change_many(body: ManyChanges, store: Opened) -> None:
    """Give hearts, stars or tags to many samples, or take them away: all of it, or nothing."""
    with store.begin() as tx:
        tx.samples.mark(
            body.samples,
            favourite=body.favourite,
            rating=body.rating,
            add_tags=body.add_tags,
            remove_tags=body.remove_tags,
        )


@router.post("/deletions", status_code=204, responses=answers(400, 404, 422))
def delete_many(body: Some, store: Opened) -> None:
    """Delete many samples, all or none; their recipes are gone with them."""
    with store.begin() as tx:
        tx.samples.delete_many(body.samples)


@router.post("/lookups", responses=answers(400, 422))
def look_up(body: Recipe, store: Opened) -> Found:
    """Find the sample that was drawn from a recipe, such as a PNG carries, and the model that it names by its hash.

    A recipe from elsewhere finds the same picture here, where its model is here too.
    """
    with store.read() as tx:
        sample, hash = tx.samples.drawn_from(body.recipe), body.recipe.get("model")
        models = tx.models.page(hash=hash, limit=1).items if isinstance(hash, str) and _HASH.fullmatch(hash) else []
        drew = tx.models.get(sample.model_id) if sample is not None else None
    model = drew or next(iter(models), None)
    return Found(
        sample=shapes.sample(sample) if sample is not None else None,
        model=shapes.model(model) if model is not None else None,
    )


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
