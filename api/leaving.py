"""Those who leave before they are answered: a page scrolls on, and what it asked for is free again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from fastapi import Request
from fastapi.responses import Response

CLIENT_LEFT = 499  # nobody reads it


async def unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """Wait for an answer; when the client leaves before, the renderer is told, and its work is free."""
    asking, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else Response(status_code=CLIENT_LEFT)
    finally:
        leaving.cancel()
        if not asking.done():
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
