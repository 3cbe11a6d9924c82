"""The body of an upload, raw or as the one file of a form, and what is told of it before its first byte is read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.deps import Opened, Set
from api.limits import allow_body
from api.multipart import FileOfForm
from api.problems import BadRequest
from api.receive import Received, disk_full, land, too_large
from api.splice import STRAIGHT, Straight, nothing
from jobs.ids import new_id
from store.settings import Settings
from store.store import Store

_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


def room_for_it(request: Request, store: Opened, settings: Set) -> None:
    """Refuse by the declared length what is too large or does not fit, before its first byte is read."""
    check_room(request, store, limit_bytes=settings.max_upload_bytes)


def room_for(most_bytes: int) -> Callable[..., None]:
    """Make a dependency as `room_for_it` for bodies of at most so many bytes, or what the server takes if less."""

    def room(request: Request, store: Opened, settings: Set) -> None:
        check_room(request, store, limit_bytes=min(most_bytes, settings.max_upload_bytes))

    return room


def check_room(request: Request, store: Store, *, limit_bytes: int) -> None:
    """Refuse by the declared length what is above the limit or does not fit.

    Raises: TooLarge, DiskFull.
    """
    declared = request.headers.get("content-length", "")
    size_bytes = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else 0
    if size_bytes > limit_bytes:
        raise too_large(limit_bytes)
    free_bytes = store.objects.free_bytes()
    if free_bytes is not None and size_bytes > free_bytes:
        raise disk_full(size_bytes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A body that lies on the disk, the name that its sender gave it, if any, and small files that came beside it."""

    received: Received
    filename: str | None
    beside: Mapping[str, bytes] = field(default_factory=dict)


async def arrive(request: Request, settings: Settings, *, limit_bytes: int, small: Collection[str] = ()) -> Arrived:
    """Bring a body to disk; of a form its file, while files of fields with `small` names are kept beside it.

    Raises: TooLarge, DiskFull; BadRequest, for a form that cannot be read and for a client that left.
    """
    allow_body(request, limit_bytes)
    chunks, form = _chunks(request, small)
    whole = straight(request) if form is None else nothing
    path = settings.uploads / new_id().hex
    try:
        received = await land(chunks, path, limit_bytes=limit_bytes, straight=whole)
    except ClientDisconnect as error:
        raise BadRequest("the client left before the whole file was sent", remedy="Send it again.") from error
    beside = {name: bytes(content) for name, content in form.beside.items()} if form else {}
    return Arrived(received=received, filename=form.filename if form else None, beside=beside)


def straight(request: Request) -> Straight:
    """Say how the rest of a raw body is moved within the kernel, where the server knows of a way."""
    way: Straight = request.scope.get("extensions", {}).get(STRAIGHT, nothing)
    return way


def plain_name(given: str | None, *, default: str) -> str:
    """Keep the last part of a name that came from outside; it is shown, and never a path of ours."""
    last = re.split(r"[/\\]", given or "")[-1]
    return _UNSAFE.sub("", last).strip()[:255] or default


def _chunks(request: Request, small: Collection[str]) -> tuple[AsyncIterator[bytes], FileOfForm | None]:
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        form = FileOfForm(content_type, small=small)
        return form.read(request.stream()), form
    return request.stream(), None
