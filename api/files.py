"""Stored files over HTTP: strong ETags, immutable caching, ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from fastapi import Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.streamed import attachment
from store.store import Store

# Photographs and what was made of them are their owner's: no cache that others share may keep them.
IMMUTABLE = "private, max-age=31536000, immutable"
_RANGES = re.compile(r"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*", re.ASCII)
_RANGE = re.compile(r"(\d*)-(\d*)", re.ASCII)
MAX_DIGITS = 18
SMALL_BYTES = 2**16  # read at once, a file costs a third of what it does when streamed
_MEDIA: Mapping[str, str] = MappingProxyType({".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"})


class StoredFile(FileResponse):
    """A file that never changes. A Range that is none is ignored, as RFC 9110 (14.2) wants it; one outside is 416."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or the part of it that was asked for."""
        asked = Headers(scope=scope).get("range")
        size_bytes = Path(self.path).stat().st_size
        if asked is not None and not _well_formed(asked):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"range"]}
        elif asked is not None and not any(_inside(part, size_bytes) for part in _RANGE.findall(asked)):
            raise HTTPException(
                416, f"The file has {size_bytes} bytes.", headers={"Content-Range": f"bytes */{size_bytes}"}
            )
        await super().__call__(scope, receive, send)


def _well_formed(asked: str) -> bool:
    if _RANGES.fullmatch(asked) is None or len(asked) > 400:
        return False
    parts = _RANGE.findall(asked)
    if any(len(number) > MAX_DIGITS for part in parts for number in part):
        return False
    return all(not (first and last) or int(first) <= int(last) for first, last in parts)


def _inside(part: tuple[str, str], size_bytes: int) -> bool:
    first, last = part
    return int(first) < size_bytes if first else int(last) > 0


def matches(request: Request, etag: str) -> bool:
    """Say whether the client holds this version already."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in held.split(","))


def send_file(request: Request, store: Store, *, key: str, save_as: str | None = None) -> Response:
    """Send an object under the hash that its key holds; 304 where the client has it.

    With `save_as` it is sent as bytes to be saved under that name: what came from outside is not shown by a browser.
    """
    etag = f'"{PurePosixPath(key).stem}"'
    headers = {"ETag": etag, "Cache-Control": IMMUTABLE, "X-Content-Type-Options": "nosniff"}
    if save_as is not None:
        headers["Content-Disposition"] = attachment(save_as)
    if matches(request, etag):
        return Response(status_code=304, headers=headers)
    media_type = _MEDIA[PurePosixPath(key).suffix] if save_as is None else "application/octet-stream"
    path = store.objects.path(key)
    if "range" not in request.headers and path.stat().st_size <= SMALL_BYTES:
        return Response(path.read_bytes(), headers={**headers, "Accept-Ranges": "bytes"}, media_type=media_type)
    return StoredFile(path, headers=headers, media_type=media_type)
