"""The HTTP interface: routers, problem documents, the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from api import (
    albums,
    alike,
    archives,
    blending,
    catalogue,
    contacts,
    curation,
    datasets,
    directions,
    echoes,
    enlarging,
    events,
    explained,
    exports,
    films,
    framing,
    health,
    imports,
    jobs,
    journeys,
    kinds,
    labels,
    maps,
    models,
    moments,
    originals,
    outgoing,
    packs,
    photos,
    problems,
    projections,
    render,
    repairs,
    samples,
    soundtracks,
    taking,
    triptych,
    uploads,
    videos,
    web,
)
from api.contract import described
from api.echoed import Told
from api.guard import Guard
from api.head import AnswerHead
from api.kept import Kept
from api.limits import LimitBody
from api.renderers import Renderers
from api.so_far import SoFar
from api.sums import Sums
from api.tailer import Tailer
from api.version import VERSION
from kinds.ingest.decoders import Decoders
from kinds.ingest.limits import Limits
from store.settings import Settings
from store.store import Store

ROUTERS = (
    datasets,
    archives,
    curation,
    framing,
    labels,
    photos,
    alike,
    contacts,
    maps,
    repairs,
    outgoing,
    models,
    render,
    projections,
    imports,
    exports,
    catalogue,
    directions,
    blending,
    uploads,
    jobs,
    moments,
    echoes,
    kinds,
    events,
    originals,
    taking,  # before samples: its address is no id
    samples,
    triptych,
    albums,
    enlarging,
    health,
    packs,
    journeys,
    videos,
    films,
    soundtracks,
)


def create_app(store: Store | None = None) -> FastAPI:
    """Make the app; without a store it opens the one that the environment names, and closes it at the end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = store if store is not None else Store.open(Settings())
        app.state.store, app.state.settings = opened, opened.settings
        app.state.tailer, app.state.sums, app.state.kept = Tailer(opened), Sums(), Kept()
        app.state.renderers, app.state.echoes = Renderers(opened), Told()
        app.state.so_far = SoFar(opened.settings.uploads)
        with Decoders(1, max_pixels=Limits().max_pixels) as app.state.decoders:
            async with app.state.tailer.running():
                yield
        await app.state.renderers.close()
        app.state.so_far.close()
        if store is None:
            opened.close()

    app = FastAPI(
        title="Reverie",
        version=VERSION,
        summary="Trains a picture-making network on a photo archive, and lets one explore what it remembers.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        # Their pages fetch scripts from elsewhere, and Reverie works without a network.
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    for part in ROUTERS:
        app.include_router(part.router)
    explained.install(app)
    web.install(app)
    for layer in (LimitBody, AnswerHead, Guard):  # the last one is the outermost
        app.add_middleware(layer)

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = described(FastAPI.openapi(app))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending the schema
    return app
