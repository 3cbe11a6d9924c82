"""Soundtracks: one request brings one, streamed to disk; a listen job finds its beats, bars and loudness."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import BODY, arrive, plain_name, room_for
from api.deps import Opened, Set, Where
from api.files import IMMUTABLE, StoredFile, matches
from api.problems import BadRequest, answers
from api.receive import Received
from api.schemas.base import Page
from api.schemas.soundtracks import Soundtrack, SoundtrackLine
from api.streamed import attachment
from jobs.errors import NotFound
from jobs.ids import new_id
from kinds.listen.forms import ENDINGS, UNKNOWN
from kinds.listen.params import ListenParams
from store import soundtracks
from store.settings import Settings
from store.store import Store

router = APIRouter(prefix="/soundtracks", tags=["soundtracks"])
MOST_BYTES = 2**30
_SOUNDS: dict[str, dict[str, str]] = {"audio/*": {}}


def most_bytes(settings: Settings) -> int:
    """Say how large a soundtrack may be."""
    return min(MOST_BYTES, settings.max_upload_bytes)


@router.post(
    "",
    status_code=202,
    responses=answers(400, 413, 422, 507),
    dependencies=[Depends(room_for(MOST_BYTES))],
    openapi_extra=BODY,
)
async def bring(
    request: Request,
    response: Response,
    store: Opened,
    settings: Set,
    filename: Annotated[
        str | None, Query(max_length=255, description="What it is called.", examples=["Evening.flac"])
    ] = None,
) -> Soundtrack:
    """Take music for journeys: mp3, flac, wav, ogg, opus, m4a or aac, the raw body or the one file of a form.

    A job listens to it; up to 30 minutes are taken.
    """
    arrived = await arrive(request, settings, limit_bytes=most_bytes(settings))
    called = plain_name(filename or arrived.filename, default="Music")
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    row = await asyncio.shield(run_in_threadpool(_taken, store, arrived.received, called))
    response.headers["Location"] = f"/soundtracks/{row.id}"
    return shaped(row)


def _taken(store: Store, received: Received, called: str) -> soundtracks.Soundtrack:
    try:
        if received.size_bytes == 0:
            raise BadRequest("the body is empty", remedy="Send the file itself: curl --data-binary @music.flac.")
        params = ListenParams(soundtrack_id=new_id())
        job_id = new_id()
        stored = store.objects.put_file(
            received.path, kind="soundtracks", id=params.soundtrack_id, share=True, sha256=received.sha256
        )
        row = soundtracks.Soundtrack(
            id=params.soundtrack_id,
            name=called,
            state="listening",
            job_id=job_id,
            media_type=ENDINGS.get(PurePosixPath(called).suffix.lower(), UNKNOWN),
            key=stored.key,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
        )
        with store.begin() as tx:
            tx.jobs.add(
                id=job_id,
                kind=params.kind,
                params=params.model_dump(mode="json"),
                pins={"sound": {"id": str(row.id), "sha256": row.sha256}},
            )
            return tx.soundtracks.add(row)
    finally:
        received.path.unlink(missing_ok=True)


@router.get("", responses=answers(422))
def list_soundtracks(store: Opened, where: Where) -> Page[SoundtrackLine]:
    """List soundtracks, newest first."""
    with store.read() as tx:
        page = tx.soundtracks.page(limit=where.limit, cursor=where.cursor)
    items = [SoundtrackLine.model_validate(_told(row)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/{soundtrack_id}", responses=answers(404, 422))
def look(soundtrack_id: UUID, store: Opened) -> Soundtrack:
    """Look at one soundtrack, with its beats, bars and waveform."""
    with store.read() as tx:
        return shaped(tx.soundtracks.get(soundtrack_id))


@router.get(
    "/{soundtrack_id}/file",
    response_class=Response,
    responses={200: {"content": _SOUNDS}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def file(
    soundtrack_id: UUID,
    request: Request,
    store: Opened,
    save: Annotated[str | None, Query(description="Given, the file is to be saved, not played.")] = None,
) -> Response:
    """Send what was brought or composed, or the part of it that was asked for."""
    with store.read() as tx:
        row = tx.soundtracks.get(soundtrack_id)
    if row.key is None:
        raise NotFound(f"The bytes of {row.name} were let go: {row.reason}", remedy="Send the file again.")
    headers = {"ETag": f'"{row.sha256}"', "Cache-Control": IMMUTABLE, "X-Content-Type-Options": "nosniff"}
    # What nobody has listened to may be anything: a browser saves it, and shows nothing of it.
    if save is not None or row.standing != "ready":
        headers["Content-Disposition"] = attachment(row.name.replace("/", "_"))
    if matches(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    media_type = row.media_type if row.standing == "ready" else UNKNOWN
    return StoredFile(store.objects.path(row.key), headers=headers, media_type=media_type)


@router.delete("/{soundtrack_id}", status_code=204, responses=answers(404, 409, 422))
def delete(soundtrack_id: UUID, store: Opened) -> None:
    """Delete a soundtrack; 409 while a journey goes with it, or a job needs it."""
    with store.begin() as tx:
        tx.soundtracks.delete(soundtrack_id)


def shaped(row: soundtracks.Soundtrack) -> Soundtrack:
    """Answer a soundtrack."""
    return Soundtrack.model_validate({"beats": [], "bars": [], "peaks": [], **_told(row)})


def _told(row: soundtracks.Soundtrack) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in SoundtrackLine.model_fields if hasattr(row, name)}
    unheard = {"tempo": None, "confidence": None, "loudness_lufs": None}
    return {**unheard, **(row.heard or {}), **named, "state": row.standing, "reason": row.reason}
