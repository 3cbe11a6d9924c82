"""How large a body may be: JSON bodies are small, and only an upload asks for more."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES = 5_000_000  # the ids of a hundred thousand photographs
_ALLOWED = "reverie.body_bytes"


def allow_body(request: Request, size_bytes: int) -> None:
    """Let this request bring a larger body."""
    request.scope[_ALLOWED][0] = size_bytes


class LimitBody:
    """Refuses a body above its limit with 413, as it is read: a declared length may lie, or be missing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app with a `receive` that counts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = [JSON_BYTES]
        declared = Headers(scope=scope).get("content-length", "0")
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if declared.isdigit() and int(declared[:18]) > allowed[0]:
                raise _too_large(allowed[0])
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > allowed[0]:
                raise _too_large(allowed[0])
            return message

        await self.app({**scope, _ALLOWED: allowed}, counted, send)


def _too_large(limit_bytes: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than the {limit_bytes:,} bytes that are taken here.")
