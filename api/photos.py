"""Photographs of a dataset: look, take in or leave out, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api import shapes
from api.deps import Opened, Size, Where
from api.developing import developed
from api.files import matches, send_file
from api.framing import take_in_views
from api.kept import Kept, pack, packed_response, takes_packed
from api.labels import label_by_hand
from api.problems import answers
from api.schemas.base import Answer, Page
from api.schemas.datasets import Photo, PhotoChanges, PhotoIds, PhotoIndex, PhotoKind, PhotoState
from api.withdrawing import withdraw_from
from jobs.errors import NotFound
from store import rows
from store.listing import Listing
from store.pages import LIMIT
from store.store import Store
from store.tx import Tx

router = APIRouter(tags=["photos"])
THUMB_PX, GRID_PX, SMALL_PX = 320, 400, 640
LISTED = 1  # the version of what is said of a list; a revision of a dataset is said in one way
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged"}}
States = Annotated[
    list[PhotoState] | None, Query(max_length=len(get_args(PhotoState)), description="Of these states; repeat it.")
]
Every = Annotated[int, Query(ge=1, le=LIMIT, description="Photographs of a page, 1 to 200.")]
Taken = Annotated[
    str | None,
    Query(
        pattern=r"^([12][0-9]{3}(-(0[1-9]|1[0-2]))?|undated)$",
        description="Of this year or month, UTC, or without a date.",
        examples=["1991-09"],
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which photographs, and in which order."""

    state: States = None
    album: Annotated[
        str | None, Query(max_length=200, description="Of this album alone.", examples=["Summer in the valley"])
    ] = None
    taken: Taken = None
    kind: Annotated[PhotoKind | None, Query(description="Of this kind.", examples=["screenshot"])] = None
    order: Annotated[
        Literal["came", "oldest", "newest"], Query(description="As they came, or by time; those without a date last.")
    ] = "came"

    @property
    def words(self) -> dict[str, Any]:
        """Give them as `Listing` has them."""
        return {
            "states": self.state or (),
            "album": self.album,
            "taken": self.taken,
            "kind": self.kind,
            "order": self.order,
        }


Wanted = Annotated[Asked, Depends()]


@router.get("/datasets/{dataset_id}/photos", response_model=Page[Photo], responses=answers(404, 422))
def list_photos(dataset_id: UUID, store: Opened, where: Where, wanted: Wanted) -> Response:
    """List the files of a dataset, each with its state and its reason; a page costs the same wherever it is."""
    with store.read() as tx:
        tx.datasets.get(dataset_id)
        page = tx.photos.page(dataset_id, **wanted.words, limit=where.limit, cursor=where.cursor)
        views = tx.views.of_photos([row.id for row in page.items])
        labels = tx.labels.of_photos([row.id for row in page.items])
        items = [shapes.photo(row, views.get(row.id, []), labels.get(row.id)) for row in page.items]
    told = Page[Photo](items=items, next_cursor=page.next_cursor)
    return Response(told.model_dump_json(), media_type="application/json")  # FastAPI would check each item once more


@router.get("/datasets/{dataset_id}/photos/index", response_model=PhotoIndex, responses=_UNCHANGED | answers(404, 422))
def index(dataset_id: UUID, request: Request, store: Opened, wanted: Wanted, every: Every = 100) -> Response:
    """Look at a list of photographs from afar: its length, its months, and where each of its pages begins.

    So any place of it is one page away: the first page is read without a cursor, page `n` from `starts[n - 1]` on, with
    `limit` as long as `every` was.
    """

    def told(tx: Tx, listing: Listing) -> Answer:
        return shapes.photo_index(tx.photos.overview(dataset_id, listing, every=every), every=every)

    return _of_revision(request, store, dataset_id, wanted, what=f"index by {every}", told=told)


@router.get("/datasets/{dataset_id}/photos/ids", response_model=PhotoIds, responses=_UNCHANGED | answers(404, 422))
def name_all(dataset_id: UUID, request: Request, store: Opened, wanted: Wanted) -> Response:
    """Name all photographs of a list, in its order, to choose among them."""

    def told(tx: Tx, listing: Listing) -> Answer:
        return PhotoIds(ids=tx.photos.ids(dataset_id, listing))

    return _of_revision(request, store, dataset_id, wanted, what="ids", told=told)


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
    withdraw_from(store, dataset_id, lambda tx: [photo_id])


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


def _of_revision(
    request: Request,
    store: Store,
    dataset_id: UUID,
    wanted: Asked,
    *,
    what: str,
    told: Callable[[Tx, Listing], Answer],
) -> Response:
    """Answer what is said of a list until its dataset changes: 304 where the client has it, else worked out once.

    The revision is read first: an answer may be newer than the revision that it is kept by, never older.
    """
    kept: Kept = request.app.state.kept
    listing = Listing(**wanted.words | {"states": tuple(wanted.state or ())})
    packs = takes_packed(request)
    with store.read() as tx:
        revision = tx.datasets.get(dataset_id).revision
        headers = {
            "ETag": f'"{LISTED}-{revision}{"-gzip" if packs else ""}"',
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Encoding",
        }
        if matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        body = kept.get(dataset_id, (what, listing), revision=revision)
        if body is None:
            body = pack(told(tx, listing).model_dump_json().encode())
            kept.put(dataset_id, (what, listing), body, revision=revision)
    return packed_response(body, unpack=not packs, headers=headers, media_type="application/json")


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
