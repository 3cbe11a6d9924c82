"""The renderer's own HTTP, for the API alone: orders in, pictures out, errors as a problem document has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobs.errors import ReverieError
from jobs.originals import Search
from jobs.picture import Order
from jobs.touring import Tour
from renderer.drawing import Renderer
from renderer.encoding import MEDIA
from renderer.keeping import keep
from renderer.originals import Originals
from renderer.touring import toured

log = structlog.get_logger()
FAILED = 500  # of every error: the API knows which status a problem has, by its code

Handler = Callable[[Request], Awaitable[Response]]


def create_app(renderer: Renderer, originals: Originals) -> Starlette:
    """Make the app of a renderer and of what searches for originals, both of which it closes at its end."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(originals.close)
        await asyncio.to_thread(renderer.close)

    async def picture(request: Request) -> Response:
        order = Order.model_validate_json(await request.body())
        drawn = await unless_gone(request, renderer.picture(order))
        return Response(drawn, media_type=MEDIA[order.format])

    async def sample(request: Request) -> Response:
        order = Order.model_validate_json(await request.body())
        if order.sample_id is None:
            raise ValueError("the API names the sample")
        model, made = await unless_gone(request, renderer.whole(order))
        # Shielded: what is drawn is kept, whoever leaves meanwhile.
        await asyncio.shield(asyncio.to_thread(keep, renderer.store, model, made, sample_id=order.sample_id))
        return JSONResponse({"id": str(order.sample_id)}, 201)

    async def near(request: Request) -> Response:
        asked = Search.model_validate_json(await request.body())
        found = await unless_gone(request, originals.find(asked))
        return Response(found.model_dump_json(), media_type="application/json")

    async def tour(request: Request) -> Response:
        asked = Tour.model_validate_json(await request.body())
        found = await unless_gone(request, toured(renderer.store, renderer.warm, asked))
        return Response(found.model_dump_json(), media_type="application/json")

    async def look(_: Request) -> Response:
        return JSONResponse(facts(renderer))

    routes = [
        Route("/picture", told(picture), methods=["POST"]),
        Route("/sample", told(sample), methods=["POST"]),
        Route("/originals", told(near), methods=["POST"]),
        Route("/tours", told(tour), methods=["POST"]),
        Route("/", look),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def facts(renderer: Renderer) -> dict[str, Any]:
    """Say what is warm, and how much waits."""
    warm = renderer.warm
    return {
        "warm": [str(model_id) for model_id in warm.ids],
        "warm_bytes": warm.size_bytes,
        "waiting": renderer.waiting,
        "drawn": renderer.drawn,
    }


def told(handler: Handler) -> Handler:
    """Answer the errors of a handler as JSON."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Gone:
            return Response(status_code=FAILED)  # nobody reads it
        except ReverieError as error:
            return JSONResponse({**error.as_json(), "pointer": getattr(error, "pointer", None)}, FAILED)
        except ValidationError as error:  # the API has checked it: another release of it, perhaps
            return JSONResponse({"code": "error", "detail": str(error)}, FAILED)

    return answered


class Gone(Exception):
    """Who asked has left."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """Wait for work whose request was read whole; it is cancelled when the client leaves. Raises: Gone."""
    doing, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Gone
    finally:
        for task in (doing, leaving):
            task.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
