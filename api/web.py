"""The page: files that the web build made, served beside the interface."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent.parent / "web" / "dist"
IMMUTABLE = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"-[\w-]{8,}\.\w+$")
POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
MISSING = (
    "<!doctype html><title>Reverie</title><p>The page is not built: run <code>make setup</code>. "
    "The interface is described in <a href=/openapi.json>openapi.json</a>.</p>"
)


class Assets(StaticFiles):
    """Built files; those with a hash in their name never change."""

    async def check_config(self) -> None:
        """Take a build that is missing for one without files: the interface works without the page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Send one, cached for ever where it is hashed."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = IMMUTABLE if _HASHED.search(path) else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def install(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the page at `/`; routes of the interface come first, since they were added first."""

    @app.get("/", include_in_schema=False)
    def page() -> Response:
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
        index = dist / "index.html"
        if not index.is_file():
            return HTMLResponse(MISSING, status_code=503, headers=headers)
        return FileResponse(index, media_type="text/html", headers=headers)

    app.mount("/", Assets(directory=dist, check_dir=False), name="page")
