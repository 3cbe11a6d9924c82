"""Albums and tags: samples put together under a name, and words that they have."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.deps import Opened, Where, location
from api.problems import answers
from api.schemas.base import Page
from api.schemas.samples import Album, AlbumChanged, AlbumChanges, NamedTag, NewAlbum
from store import albums

router = APIRouter(tags=["samples"])


@router.get("/tags", responses=answers(422))
def list_tags(store: Opened, where: Where) -> Page[NamedTag]:
    """List tags, those first that were new last. One that no sample has is gone."""
    with store.read() as tx:
        page = tx.tags.page(limit=where.limit, cursor=where.cursor)
    items = [NamedTag.model_validate(row, from_attributes=True) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/albums", responses=answers(422))
def list_albums(store: Opened, where: Where) -> Page[Album]:
    """List albums, newest first."""
    with store.read() as tx:
        page = tx.albums.page(limit=where.limit, cursor=where.cursor)
    return Page(items=[_album(row) for row in page.items], next_cursor=page.next_cursor)


@router.post("/albums", status_code=201, response_model=Album, responses=answers(400, 409, 422))
def make(body: NewAlbum, store: Opened) -> JSONResponse:
    """Make an empty album. One whose name differs in nothing but capitals is 409, with its `album_id`."""
    with store.begin() as tx:
        made = _album(tx.albums.add(body.name))
    return JSONResponse(made.model_dump(mode="json"), status_code=201, headers=location("albums", made.id))


@router.get("/albums/{album_id}", responses=answers(404, 422))
def look(album_id: UUID, store: Opened) -> Album:
    """Look at one album; GET /samples?album= lists what is in it."""
    with store.read() as tx:
        return _album(tx.albums.get(album_id))


@router.patch("/albums/{album_id}", responses=answers(400, 404, 409, 422))
def rename(album_id: UUID, body: NewAlbum, store: Opened) -> Album:
    """Give an album another name."""
    with store.begin() as tx:
        return _album(tx.albums.rename(album_id, body.name))


@router.delete("/albums/{album_id}", status_code=204, responses=answers(404, 422))
def delete(album_id: UUID, store: Opened) -> None:
    """Delete an album; its pictures stay."""
    with store.begin() as tx:
        tx.albums.delete(album_id)


@router.post("/albums/{album_id}/samples", responses=answers(400, 404, 422))
def change(album_id: UUID, body: AlbumChanges, store: Opened) -> AlbumChanged:
    """Put samples into an album, and take others out: all of it, or nothing."""
    with store.begin() as tx:
        given, taken = tx.albums.change(album_id, add=body.add, remove=body.remove)
        return AlbumChanged(add=taken, remove=given, samples=tx.albums.get(album_id).samples)


def _album(row: albums.Album) -> Album:
    return Album.model_validate(row, from_attributes=True)
