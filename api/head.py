"""HEAD wherever there is GET: the same status and headers, and no body."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

_STREAMS = "/events"  # these end with their job, or never


class AnswerHead:
    """Has the app answer HEAD as it would answer GET, and drops the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
        elif scope["path"].endswith(_STREAMS):
            await _no_stream(scope["path"])(scope, receive, send)
        else:
            await self.app({**scope, "method": "GET"}, receive, _headers_alone(send))


def _no_stream(path: str) -> ASGIApp:
    answer = problem(
        405,
        code="method_not_allowed",
        title="This address does not do that",
        detail=f"HEAD is not possible at {path}, which is a stream.",
    )
    answer.headers["Allow"] = "GET"
    return answer


def _headers_alone(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return sent
