"""Photographs of a dataset: look, take in or leave out, withdraw."""

from __future__ import annotations

from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import shapes
from api.deps import Opened, Size, Where
from api.developing import developed
from api.files import send_file
from api.framing import take_in_views
from api.labels import label_by_hand
from api.problems import answers
from api.schemas.base import Page
from api.schemas.datasets import Photo, PhotoChanges, PhotoState
from api.withdrawing import give_back, spared
from jobs.errors import NotFound
from store import rows
from store.tx import Tx

router = APIRouter(tags=["photos"])
THUMB_PX, GRID_PX, SMALL_PX = 320, 400, 640
States = Annotated[
    list[PhotoState] | None, Query(max_length=len(get_args(PhotoState)), description="Of these states; repeat it.")
]
Album = Annotated[
    str | None, Query(max_length=200, description="Of this album alone.", examples=["Summer in the valley"])
]


@router.get("/datasets/{dataset_id}/photos", responses=answers(404, 422))
def list_photos(
    dataset_id: UUID, store: Opened, where: Where, state: States = None, album: Album = None
) -> Page[Photo]:
    """List the files of a dataset in the order of their upload; each has its state and its reason."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        page = tx.photos.page(dataset_id, states=state or (), album=album, limit=where.limit, cursor=where.cursor)
        views = tx.views.of_photos([row.id for row in page.items])
        labels = tx.labels.of_photos([row.id for row in page.items])
        items = [shapes.photo(row, views.get(row.id, []), labels.get(row.id)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/photos/{photo_id}", responses=answers(404, 422))
def look(photo_id: UUID, store: Opened) -> Photo:
    """Look at one photograph."""
    with store.read() as tx:
        return _shaped(tx, photo_id)


@router.patch("/photos/{photo_id}", responses=answers(400, 404, 409, 422))
def change(photo_id: UUID, body: PhotoChanges, store: Opened) -> Photo:
    """Take a photograph into training, or leave it out; label it by hand."""
    with store.begin() as tx:
        if body.included is not None:
            take_in_views(tx, [tx.photos.set_included(photo_id, body.included)])
        if "label" in body.model_fields_set:
            label_by_hand(tx, tx.photos.get(photo_id).dataset_id, [photo_id], body.label)
        return _shaped(tx, photo_id)


@router.delete("/photos/{photo_id}", status_code=204, responses=answers(404, 422))
def withdraw(photo_id: UUID, store: Opened) -> None:
    """Withdraw a photograph, with copies of it: their files are deleted, their lines stay."""
    with store.read() as tx:
        dataset_id = tx.photos.get(photo_id).dataset_id
    spares = spared(store, dataset_id, [photo_id])
    with store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photo_id])
        give_back(tx, spares)


@router.delete("/photos/{photo_id}/withdrawal", status_code=204, responses=answers(404, 422))
def welcome(photo_id: UUID, store: Opened) -> None:
    """Let a photograph that was withdrawn come in again, when its file is sent once more; until then it is refused."""
    with store.begin() as tx:
        tx.photos.welcome(photo_id)


@router.get(
    "/photos/{photo_id}/image",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def image(photo_id: UUID, request: Request, store: Opened, size: Size = None) -> Response:
    """Send the decoded picture, upright, in sRGB and without EXIF: its thumbnail of 320 px, a small one, or a large."""
    with store.read() as tx:
        row = tx.photos.get(photo_id)
    key = _stored(row, size) or developed(store, request.app.state.decoders, row)
    if key is None:
        raise NotFound(f"photograph {photo_id} has no picture: it is {row.state}", remedy="Its reason says why.")
    return send_file(request, store, key=key)


@router.get(
    "/photos/{photo_id}/original",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        304: {"description": "Unchanged"},
        **answers(404, 416, 422),
    },
)
def original(photo_id: UUID, request: Request, store: Opened) -> Response:
    """Send the file as it came, byte for byte, to be saved: with its EXIF, and whatever else it holds."""
    with store.read() as tx:
        row = tx.photos.get(photo_id)
    if row.original_key is None:
        raise _no_original(row)
    return send_file(request, store, key=row.original_key, save_as=row.name)


def _stored(row: rows.Photo, size: int | None) -> str | None:
    """Name the smallest stored picture that has about `size` pixels; a sharp screen's grid is content with less."""
    if size is not None and row.thumb_key and (size <= THUMB_PX or (size <= GRID_PX and not row.small_key)):
        return row.thumb_key
    if size is not None and size <= SMALL_PX and row.small_key:
        return row.small_key
    return row.image_key


def _no_original(row: rows.Photo) -> NotFound:
    if row.duplicate_of is not None:
        return NotFound(
            f"the bytes of photograph {row.id} are kept once, with the one that it is the same as",
            remedy=f"GET /photos/{row.duplicate_of}/original",
            duplicate_of=str(row.duplicate_of),
        )
    return NotFound(
        f"the file of photograph {row.id} is not kept: it is {row.state}", remedy=row.reason or "Nothing of it is left."
    )


def _shaped(tx: Tx, photo_id: UUID) -> Photo:
    views, labels = tx.views.of_photos([photo_id]), tx.labels.of_photos([photo_id])
    return shapes.photo(tx.photos.get(photo_id), views.get(photo_id, []), labels.get(photo_id))
