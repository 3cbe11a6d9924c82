"""Answers that are made while they are sent, and that leave nothing open however they end."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from urllib.parse import quote

import anyio
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.file_names import safe_name


class Streamed(StreamingResponse):
    """A file that is made while it is sent, off the event loop and no faster than it is taken.

    When it is sent, or the client is gone, its maker is closed: what it has open is closed before the answer ends.
    An error on the way breaks the connection off, so that nobody takes half a file for a whole one.
    """

    def __init__(
        self,
        pieces: Generator[bytes, None, None],
        *,
        filename: str,
        media_type: str,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        headers = {
            "Content-Disposition": attachment(re.sub(r"[/\\]", "_", filename)),  # "1974/75" is no path here
            "Cache-Control": "private, no-store",  # it is of this moment: the next one may be another
            "X-Content-Type-Options": "nosniff",
        }
        super().__init__(pieces, headers=headers, media_type=media_type)
        self._pieces = pieces
        self._then = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):  # also when the server ends meanwhile
                await run_in_threadpool(self._close)

    def _close(self) -> None:
        try:
            self._pieces.close()
        finally:
            self._then()


def attachment(filename: str) -> str:
    """Say in a header that what comes is to be saved, and under which name."""
    name = safe_name(filename)
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in name)
    return f'attachment; filename="{plain}"' + ("" if plain == name else f"; filename*=utf-8''{quote(name, safe='')}")
