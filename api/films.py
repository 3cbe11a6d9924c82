"""The film so far, while its job is at it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from api.deps import Opened, Set
from api.files import StoredFile, matches
from api.problems import answers
from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from store.journeys import KIND, PART

router = APIRouter(prefix="/jobs", tags=["journeys"])
_PLAYED = {"mp4": "video/mp4", "webm": "video/webm"}
_FILMS: dict[str, dict[str, str]] = {"video/mp4": {}, "video/webm": {}}


@router.get(
    "/{job_id}/film",
    response_class=Response,
    responses={200: {"content": _FILMS}, 304: {"description": "Unchanged"}, **answers(404, 409, 416, 422)},
)
def film(job_id: UUID, request: Request, store: Opened, settings: Set) -> Response:
    """Send what there is of a film that is being made, or the film, once it is whole. Each event `film` adds to it."""
    with store.read() as tx:
        job = tx.jobs.get(job_id)
        if job.kind != KIND:
            raise NotFound("This job makes no film.", remedy="Give the id of a journey job.")
        pieces = tx.artifacts.of_job(job_id, PART)
        whole = tx.videos.of_job(job_id)
    if whole is not None and whole.form in _PLAYED:
        path = store.objects.path(whole.key)
        return _answer(request, path, etag=f'"{whole.sha256}"', media_type=whole.media_type)
    form = job.params["recipe"]["form"]
    if form not in _PLAYED:
        raise Conflict(
            f"A film of the form {form} is there only once it is whole.",
            remedy="Wait for the job, and see GET /videos.",
        )
    if not pieces:
        raise Conflict("There is nothing of the film yet.", remedy="Wait for an event of the type film.")
    etag = f'"{job_id}-{len(pieces)}"'
    if matches(request, etag):
        return Response(status_code=304, headers={"ETag": etag})
    target = settings.uploads / new_id().hex  # what a crash leaves there is swept
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        fps = job.params["recipe"]["fps"]
        _joining().join([store.objects.path(piece.key) for piece in pieces], target, form=form, fps=fps)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return _answer(request, target, etag=etag, media_type=_PLAYED[form], once=True)


def _joining() -> ModuleType:
    """What joins pieces: with it come 30 MB of codecs, so it is loaded when somebody first looks at a film so far."""
    return import_module("kinds.journey.joining")


def _answer(request: Request, path: Path, *, etag: str, media_type: str, once: bool = False) -> Response:
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if matches(request, etag):
        return Response(status_code=304, headers=headers)
    return (_Once if once else StoredFile)(path, headers=headers, media_type=media_type)


class _Once(StoredFile):
    """A file that was made for one answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or the part of it that was asked for, and remove it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)
