"""Films: list them, look at them, play them, take them along."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.deps import Opened, Where
from api.files import IMMUTABLE, StoredFile, matches, send_file
from api.journeyed import short
from api.problems import answers
from api.schemas.base import Page
from api.schemas.journeys import Video
from api.streamed import attachment
from jobs.journey import Recipe
from store import videos
from store.tx import Tx

router = APIRouter(prefix="/videos", tags=["journeys"])
ENDINGS = {"mp4": ".mp4", "webm": ".webm", "gif": ".gif", "frames": ".zip"}
_FILMS: dict[str, dict[str, str]] = {"video/mp4": {}, "video/webm": {}, "image/gif": {}, "application/zip": {}}


@router.get("", responses=answers(422))
def list_videos(store: Opened, where: Where, journey: UUID | None = None, model: UUID | None = None) -> Page[Video]:
    """List films, newest first: of one journey, or of one model."""
    with store.read() as tx:
        page = tx.videos.page(journey_id=journey, model_id=model, limit=where.limit, cursor=where.cursor)
        return Page(items=[shaped(tx, row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/{video_id}", responses=answers(404, 422))
def look(video_id: UUID, store: Opened) -> Video:
    """Look at one film and its recipe."""
    with store.read() as tx:
        return shaped(tx, tx.videos.get(video_id))


@router.get(
    "/{video_id}/file",
    response_class=Response,
    responses={200: {"content": _FILMS}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def file(
    video_id: UUID,
    request: Request,
    store: Opened,
    save: Annotated[str | None, Query(description="Given, the file is to be saved, not played.")] = None,
) -> Response:
    """Send the film, or the part of it that was asked for."""
    with store.read() as tx:
        row = tx.videos.get(video_id)
    headers = {"ETag": f'"{row.sha256}"', "Cache-Control": IMMUTABLE, "X-Content-Type-Options": "nosniff"}
    if save is not None or row.form == "frames":
        headers["Content-Disposition"] = attachment(f"{row.name}{ENDINGS[row.form]}".replace("/", "_"))
    if matches(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return StoredFile(store.objects.path(row.key), headers=headers, media_type=row.media_type)


@router.get(
    "/{video_id}/poster",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def poster(video_id: UUID, request: Request, store: Opened) -> Response:
    """Send a picture of it: its first frame."""
    with store.read() as tx:
        row = tx.videos.get(video_id)
    return send_file(request, store, key=row.poster_key)


@router.delete("/{video_id}", status_code=204, responses=answers(404, 422))
def delete(video_id: UUID, store: Opened) -> None:
    """Delete a film; its journey stays."""
    with store.begin() as tx:
        tx.videos.get(video_id)
        tx.videos.delete(video_id)


def shaped(tx: Tx, row: videos.Video) -> Video:
    """Answer a film."""
    named = {name: getattr(row, name) for name in Video.model_fields if name != "recipe"}
    recipe = short(tx, Recipe.model_validate(row.recipe)).as_json()
    return Video.model_validate({**named, "recipe": recipe})
