"""Projections: a picture is sent, and a job looks for it in a model's space."""

from __future__ import annotations

import asyncio
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from api import shapes, submit
from api.bodies import BODY, Arrived, arrive, check_room
from api.deps import Opened, Set, location
from api.problems import answers
from api.schemas.jobs import Job
from api.sent import cut, kept, masked
from jobs.errors import BadParams
from jobs.ids import new_id
from kinds.ingest.decoders import Decoders
from kinds.project.params import Part, ProjectParams
from store.searches import MASK, SENT
from store.store import Store

router = APIRouter(prefix="/models", tags=["exploring"])
MOST_BYTES = 64 * 2**20  # of a picture
LONGEST = 20_000  # characters of the parts in an address
FORM: dict[str, Any] = deepcopy(BODY)
_form = FORM["requestBody"]["content"]["multipart/form-data"]["schema"]
_form["properties"][MASK] = {"type": "string", "format": "binary", "description": "A PNG: how much each place counts."}
del _form["required"]
PARTS = TypeAdapter(tuple[Part, ...])


def room_for_a_picture(request: Request, store: Opened) -> None:
    """Refuse by the declared length what is too large or does not fit."""
    check_room(request, store, limit_bytes=MOST_BYTES)


def wanted(
    model_id: UUID,
    store: Opened,
    preset: Annotated[str | None, Query(max_length=64, description="How long to look.", examples=["soon"])] = None,
    steps: Annotated[int | None, Query(ge=20, le=5000, description="The preset says, when left out.")] = None,
    space: Annotated[Literal["w", "w+"] | None, Query(description="As in a project job.")] = None,
    region: Annotated[
        str | None,
        Query(max_length=LONGEST, description="As in a project job, as JSON.", examples=['[{"box":[0,0,1,0.5]}]']),
    ] = None,
    photo_id: Annotated[
        UUID | None, Query(description="A photograph of an archive, in place of a picture: the form brings its mask.")
    ] = None,
) -> submit.Request:
    """Read what is asked for, and find the model, before the first byte of the body is read."""
    asked = ProjectParams(
        model_id=model_id, preset=preset, steps=steps, space=space, region=_parts(region), photo_id=photo_id
    )
    with store.read() as tx:
        return submit.prepare(tx, asked)


@router.post(
    "/{model_id}/projections",
    status_code=202,
    responses=answers(400, 404, 409, 413, 422, 507),
    dependencies=[Depends(room_for_a_picture)],
    openapi_extra=FORM,
)
async def find(
    model_id: UUID,
    prepared: Annotated[submit.Request, Depends(wanted)],
    request: Request,
    response: Response,
    store: Opened,
    settings: Set,
) -> Job:
    """Look for a picture in a model's space: the raw body, or the `file` of a form. Only a square of it is kept.

    A form may bring a `mask` beside it, a PNG of 8 bits and any size that is laid over the picture as the model shows
    it: what is white has to be alike, what is black does not, and grey counts in between.
    """
    arrived = await arrive(request, settings, limit_bytes=MOST_BYTES, small=(MASK,))
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    work = run_in_threadpool(_taken, store, request.app.state.decoders, model_id, arrived, prepared)
    job = await asyncio.shield(work)
    response.headers.update(location("jobs", job.id))
    return job


def _taken(store: Store, decoders: Decoders, model_id: UUID, arrived: Arrived, prepared: submit.Request) -> Job:
    job_id, file = new_id(), arrived.received.path
    with store.read() as tx:
        model = tx.models.get(model_id)
    try:
        prepared = _checked(prepared, arrived)
        with tempfile.TemporaryDirectory(prefix="reverie-") as name:
            folder, side = Path(name), model.resolution
            brought: dict[str, Path] = {}
            if MASK in arrived.beside:
                brought[MASK] = masked(decoders, arrived.beside[MASK], folder, side=side)
            if arrived.received.size_bytes or not arrived.beside:
                brought[SENT] = cut(decoders, file, folder, model)
            rows = [kept(store, job_id, type, square, side=side) for type, square in brought.items()]
    finally:
        file.unlink(missing_ok=True)
    with store.begin() as tx:
        row = submit.queue(tx, prepared, job_id=job_id)
        for brought_row in rows:
            tx.artifacts.bring(brought_row)
        return shapes.job(row)


def _checked(prepared: submit.Request, arrived: Arrived) -> submit.Request:
    """Say of a job that it has a mask, if it has. Raises: BadParams, for what does not go together."""
    params = prepared.params
    if not isinstance(params, ProjectParams):
        raise TypeError(f"these are parameters of {params.kind}")
    pictures = (params.photo_id is not None) + (arrived.received.size_bytes > 0)
    if pictures == 2:
        raise BadParams("here are two pictures", pointer="query:photo_id", remedy="Leave out photo_id, or the file.")
    if MASK not in arrived.beside:
        if params.photo_id is not None:
            raise BadParams(
                "a photograph is named, but no mask came with it",
                pointer="query:photo_id",
                remedy="Send a form with a mask; without one, POST /jobs looks for a photograph.",
            )
        return prepared
    if pictures == 0:
        raise BadParams(
            "a mask came without a picture",
            pointer="query:photo_id",
            remedy="Send a file beside it, or name a photo_id.",
        )
    if params.region:
        raise BadParams("give either region or a mask", pointer="query:region", remedy="Draw the region into the mask.")
    return replace(prepared, params=params.model_copy(update={"mask": True}))


def _parts(text: str | None) -> tuple[Part, ...]:
    try:
        return PARTS.validate_json(text) if text else ()
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise BadParams(
                "region is no JSON", pointer="query:region", remedy='Give one such as [{"box":[0,0,1,0.5]}].'
            ) from error
        found = [{**each, "loc": ("query", "region", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from error
