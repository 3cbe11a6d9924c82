"""Jobs: submit, list, look, steer; their sheets and curves."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Request
from fastapi.responses import Response

from api import shapes, submit
from api.catalogue import check_retry
from api.curves import MOST, curves_of
from api.deps import Opened, Where, location
from api.estimate import estimate_of, notices_of
from api.files import matches, send_file
from api.problems import answers
from api.schemas.base import Page
from api.schemas.jobs import Curves, Estimate, Job, JobState, PostedJob, Sheet
from api.sheets import sheets_of
from jobs.errors import NotFound
from jobs.events import Made
from jobs.state import State, Wish
from kinds.registry import AnyParams, KindName
from store import rows
from store.searches import KIND as SEARCH
from store.store import Store
from store.tx import Tx

router = APIRouter(tags=["jobs"])
EXAMPLES = {
    "train": {
        "summary": "Learn 500 steps from an archive",
        "value": {
            "kind": "train",
            "dataset_id": "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
            "base_model_id": "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6072",
            "preset": "faces_of_memory",
        },
    },
    "generate": {
        "summary": "Draw 28 pictures",
        "value": {
            "kind": "generate",
            "model_id": "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6072",
            "count": 28,
            "seed": 0,
            "truncation_psi": 0.7,
        },
    },
}
Asked = Annotated[
    AnyParams, Body(description="`kind`, and the parameters of that kind (GET /kinds).", openapi_examples=EXAMPLES)
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key and body within 24 hours give the same job, once.",
    ),
]


@router.post("/jobs", status_code=202, responses=answers(400, 404, 409, 413, 422, 507))
def post(asked: Asked, store: Opened, response: Response, key: Key = None) -> PostedJob:
    """Put a job into the queue. What its preset leaves open is resolved now, and stays."""
    row, prepared = submit.post(store, asked, key=key)
    response.headers.update(location("jobs", row.id))
    notices = notices_of(prepared) if prepared is not None else []
    return PostedJob.model_validate({**dict(shapes.job(row)), "notices": notices})


@router.post("/jobs/estimate", responses=answers(400, 404, 409, 413, 422))
def estimate(asked: Asked, store: Opened) -> Estimate:
    """Say what a job would cost in time, disk and memory, before it starts."""
    with store.read() as tx:
        prepared = submit.prepare(tx, asked)
    return estimate_of(prepared, store)


@router.get("/jobs", responses=answers(422))
def list_jobs(
    store: Opened,
    where: Where,
    kind: KindName | None = None,
    state: JobState | None = None,
) -> Page[Job]:
    """List jobs, newest first."""
    with store.read() as tx:
        wanted = State(state) if state is not None else None
        page = tx.jobs.page(kind=kind, state=wanted, limit=where.limit, cursor=where.cursor)
        return Page(items=_shaped(tx, page.items), next_cursor=page.next_cursor)


@router.get("/jobs/{job_id}", response_model=Job, responses={304: {"description": "Unchanged"}, **answers(404, 422)})
def look(job_id: UUID, request: Request, store: Opened, response: Response) -> Job | Response:
    """Look at one job; its ETag is the `seq` of its newest event, with what changes between two events."""
    with store.read() as tx:
        row = tx.jobs.get(job_id)
        etag = f'"{row.last_seq}-{row.attempt}-{row.done}-{row.wish or ""}-{row.state}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if matches(request, etag):
            return Response(status_code=304, headers=headers)
        response.headers.update(headers)
        return _shaped(tx, [row])[0]


def _steer(store: Store, job_id: UUID, wish: Wish) -> Job:
    with store.begin() as tx:
        tx.jobs.wish(job_id, wish)
        return _shaped(tx, [tx.jobs.get(job_id)])[0]


@router.post("/jobs/{job_id}/stop", status_code=202, responses=answers(404, 409, 422))
def stop(job_id: UUID, store: Opened) -> Job:
    """End soon, and keep what was learnt so far as the result."""
    return _steer(store, job_id, Wish.STOP)


@router.post("/jobs/{job_id}/cancel", status_code=202, responses=answers(404, 409, 422))
def cancel(job_id: UUID, store: Opened) -> Job:
    """End now, and drop the unfinished part."""
    return _steer(store, job_id, Wish.CANCEL)


@router.post("/jobs/{job_id}/pause", status_code=202, responses=answers(404, 409, 422))
def pause(job_id: UUID, store: Opened) -> Job:
    """Free the device, and keep the resume point."""
    return _steer(store, job_id, Wish.PAUSE)


@router.post("/jobs/{job_id}/resume", status_code=202, responses=answers(404, 409, 422))
def resume(job_id: UUID, store: Opened) -> Job:
    """Put a paused job back into the queue."""
    with store.begin() as tx:
        tx.jobs.resume(job_id)
        return _shaped(tx, [tx.jobs.get(job_id)])[0]


@router.post("/jobs/{job_id}/retry", status_code=202, responses=answers(404, 409, 422))
def retry(job_id: UUID, store: Opened) -> Job:
    """Put a failed job back into the queue; it goes on from its resume point where it has one."""
    with store.begin() as tx:
        failed = tx.jobs.get(job_id)
        check_retry(tx, failed)
        if failed.state is State.FAILED:
            tx.searches.check_retry(failed)
            tx.journeys.check_retry(failed)
        tx.jobs.retry(job_id)
        return _shaped(tx, [tx.jobs.get(job_id)])[0]


@router.get("/jobs/{job_id}/sheets", responses=answers(404, 422))
def sheets(job_id: UUID, store: Opened) -> list[Sheet]:
    """List the sheets of a training by step: the same latents at each snapshot."""
    with store.read() as tx:
        tx.jobs.get(job_id)
        return sheets_of(tx, job_id)


@router.get("/jobs/{job_id}/curves", responses=answers(404, 422))
def curves(job_id: UUID, store: Opened) -> Curves:
    """Give a training in numbers, thinned to at most 400 points a curve."""
    with store.read() as tx:
        tx.jobs.get(job_id)
        # Twice the points, so that thinning to just so many has some to choose from.
        progress = tx.events.thinned(job_id, "progress", most=2 * MOST)
        later = {model.step: model.measures for model in tx.models.of_job(job_id) if model.measures}
        return curves_of(progress, tx.events.of_types(job_id, "measures"), later=later)


@router.get(
    "/artifacts/{artifact_id}/image",
    tags=["jobs"],
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 304: {"description": "Unchanged"}, **answers(404, 416, 422)},
)
def image(artifact_id: UUID, request: Request, store: Opened) -> Response:
    """Send a picture that a job made beside its samples, such as a sheet."""
    with store.read() as tx:
        row = tx.artifacts.get(artifact_id)
    if not row.media_type.startswith("image/"):
        raise NotFound("This artifact is no picture.", remedy="Give the id of a sheet or a preview.")
    return send_file(request, store, key=row.key)


def _shaped(tx: Tx, found: list[rows.Job]) -> list[Job]:
    newest = tx.artifacts.latest_of([row.id for row in found], Made.SHEET)
    if searches := [row.id for row in found if row.kind == SEARCH]:
        newest |= tx.artifacts.latest_of(searches, Made.PREVIEW)
    return [shapes.job(row, preview=newest[row.id].id if row.id in newest else None) for row in found]
