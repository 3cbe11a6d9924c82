"""The film so far, while its job is at it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Opened
from api.files import StoredFile, matches
from api.problems import answers
from api.receive import room
from api.so_far import Shared, SoFar
from api.submit import HEADROOM_BYTES
from api.units import in_units
from jobs.errors import Conflict, DiskFull, NotFound
from jobs.state import ENDED, State
from store.journeys import KIND, PART
from store.store import Store
from store.videos import Video

router = APIRouter(prefix="/jobs", tags=["journeys"])
_PLAYED = {"mp4": "video/mp4", "webm": "video/webm"}
_FILMS: dict[str, dict[str, str]] = {"video/mp4": {}, "video/webm": {}}


@router.get(
    "/{job_id}/film",
    response_class=Response,
    responses={200: {"content": _FILMS}, 304: {"description": "Unchanged"}, **answers(404, 409, 416, 422, 507)},
)
def film(job_id: UUID, request: Request, store: Opened) -> Response:
    """Send what there is of a film that is being made, or the film, once it is whole. Each event `film` adds to it."""
    with store.read() as tx:
        job = tx.jobs.get(job_id)
        if job.kind != KIND:
            raise NotFound("This job makes no film.", remedy="Give the id of a journey job.")
        pieces = tx.artifacts.of_job(job_id, PART)
        whole = tx.videos.of_job(job_id)
    if whole is not None and whole.form in _PLAYED:
        return _whole(request, store, whole)
    form = job.params["recipe"]["form"]
    if form not in _PLAYED:
        raise Conflict(
            f"A film of the form {form} is there only once it is whole.",
            remedy="Wait for the job, and see GET /videos.",
        )
    if not pieces:
        raise _nothing(job.state)
    etag = f'"{job_id}-{len(pieces)}-{pieces[-1].sha256[:16]}"'
    if matches(request, etag):
        return Response(status_code=304, headers=_headers(etag))
    so_far: SoFar = request.app.state.so_far
    try:
        files = [store.objects.path(piece.key) for piece in pieces]
        join = partial(_join, store, files, form=form, fps=job.params["recipe"]["fps"])
        path = so_far.take(job_id, etag, join)
    except (NotFound, FileNotFoundError):  # it has ended meanwhile, and its pieces have gone
        with store.read() as tx:
            job, ended = tx.jobs.get(job_id), tx.videos.of_job(job_id)
        if ended is None:
            raise _nothing(job.state) from None
        return _whole(request, store, ended)
    answer = Shared(path, headers=_headers(etag), media_type=_PLAYED[form])
    answer.so_far = so_far
    return answer


def _whole(request: Request, store: Store, film: Video) -> Response:
    headers = _headers(f'"{film.sha256}"')
    if matches(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return StoredFile(store.objects.path(film.key), headers=headers, media_type=film.media_type)


def _nothing(state: State) -> Conflict:
    """Say why there is nothing to play."""
    if state in ENDED:
        return Conflict(
            f"This job has ended ({state}), and nothing of its film is left.",
            remedy="GET /videos lists the films that there are; or post the job again.",
        )
    return Conflict("There is nothing of the film yet.", remedy="Wait for an event of the type film.")


def _join(store: Store, files: Sequence[Path], target: Path, *, form: str, fps: int) -> None:
    """Put pieces together. Raises: DiskFull; FileNotFoundError, for one that has gone."""
    needed, free = sum(file.stat().st_size for file in files), store.objects.free_bytes()

    def full() -> DiskFull:
        return DiskFull(
            f"There is no room to put the film together so far, which takes {in_units(needed)}.",
            remedy="Free some space where the data lies, or wait for the whole film.",
            needed_bytes=needed,
        )

    if free is not None and free - HEADROOM_BYTES < needed:
        raise full()
    with room(full):
        _joining().join(files, target, form=form, fps=fps)


def _joining() -> ModuleType:
    """What joins pieces: with it come 30 MB of codecs, so it is loaded when somebody first looks at a film so far."""
    return import_module("kinds.journey.joining")


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
