"""Enlarged pictures, and what enlarges: what comes along, and weights that owners bring."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import BODY, Arrived, arrive, plain_name, room_for
from api.deps import Opened, Set, Size
from api.files import send_file
from api.problems import BadRequest, answers
from api.schemas import enlarging as told
from jobs.errors import BadParams, Conflict
from kinds.convert.apart import read_apart
from kinds.upscale.known import DETAIL, LANCZOS, OWN, REAL_ESRGAN, VIEW_SIDE, enlarger_id, has_real_esrgan, scale_of
from store.enlargements import Enlargement, EnlargerRow
from store.store import Store

router = APIRouter(tags=["enlarging"])
MOST_BYTES = 512 * 2**20  # of weights; the largest that are shared have 140 MB
READER, WEIGHTS = "kinds.upscale.reader", "weights.safetensors"
Told = dict[int | str, dict[str, Any]]
SAME: Told = {304: {"description": "Unchanged"}}
PICTURE: Told = {200: {"content": {"image/png": {}, "image/jpeg": {}}}, **SAME}
FILE: Told = {200: {"content": {"application/octet-stream": {}}}, **SAME}


@router.get("/samples/{sample_id}/enlargements", responses=answers(404, 422))
def of_sample(sample_id: UUID, store: Opened) -> told.Enlargements:
    """List what was made of a sample, the newest first."""
    with store.read() as tx:
        tx.samples.get(sample_id)
        return told.Enlargements(items=[shaped(row) for row in tx.enlargements.of_sample(sample_id)])


@router.get("/photos/{photo_id}/enlargements", responses=answers(404, 422))
def of_photo(photo_id: UUID, store: Opened) -> told.Enlargements:
    """List what was made of a photograph, the newest first."""
    with store.read() as tx:
        tx.photos.get(photo_id)
        return told.Enlargements(items=[shaped(row) for row in tx.enlargements.of_photo(photo_id)])


@router.get("/enlargements/{enlargement_id}", responses=answers(404, 422))
def look(enlargement_id: UUID, store: Opened) -> told.Enlargement:
    """Look at one."""
    with store.read() as tx:
        return shaped(tx.enlargements.get(enlargement_id))


@router.get(
    "/enlargements/{enlargement_id}/image", response_class=Response, responses={**PICTURE, **answers(404, 416, 422)}
)
def image(enlargement_id: UUID, request: Request, store: Opened, size: Size = None) -> Response:
    """Send it to look at: the whole PNG, or a JPEG of 2,048 px where that is enough, and of a TIFF always."""
    with store.read() as tx:
        row = tx.enlargements.get(enlargement_id)
    small = form_of(row) == "tiff" or (size is not None and size <= VIEW_SIDE and size < max(row.width, row.height))
    return send_file(request, store, key=row.view_key if small else row.key)


@router.get(
    "/enlargements/{enlargement_id}/file", response_class=Response, responses={**FILE, **answers(404, 416, 422)}
)
def file(enlargement_id: UUID, request: Request, store: Opened) -> Response:
    """Send the file itself, to be saved: PNG or TIFF, with its profile, and its size on paper."""
    with store.read() as tx:
        row = tx.enlargements.get(enlargement_id)
    name = f"reverie-{str(row.sample_id or row.photo_id)[-8:]}-{row.width}x{row.height}.{form_of(row)}"
    return send_file(request, store, key=row.key, save_as=name)


@router.delete("/enlargements/{enlargement_id}", status_code=204, responses=answers(404, 422))
def delete(enlargement_id: UUID, store: Opened) -> None:
    """Delete one; the original stays."""
    with store.begin() as tx:
        tx.enlargements.delete(enlargement_id)


@router.get("/enlargers")
def enlargers(store: Opened) -> told.Enlargers:
    """List what enlarges: what comes along, and files that were brought."""
    with store.read() as tx:
        own = tx.enlargements.enlargers()
    along = [
        told.Enlarger(
            id=None,
            name=REAL_ESRGAN,
            label="Real-ESRGAN",
            what="Makes up detail such as photographs have. It sharpens, and invents what was not there.",
            licence="BSD-3-Clause",
            makes_up=True,
            detail=DETAIL,
            factors=[2, 4],
            scale=4,
            available=has_real_esrgan(),
        ),
        told.Enlarger(
            id=None,
            scale=None,
            name=LANCZOS,
            label="Lanczos",
            what="Only spreads out what is there. Soft, and nothing is made up.",
            licence="Apache-2.0",
            makes_up=False,
            detail=None,
            factors=[2, 4],
            available=True,
        ),
    ]
    return told.Enlargers(items=along + [_of(row) for row in own])


@router.post(
    "/enlargers",
    status_code=201,
    responses=answers(400, 409, 413, 422, 507),
    dependencies=[Depends(room_for(MOST_BYTES))],
    openapi_extra=BODY,
)
async def bring(
    request: Request,
    store: Opened,
    settings: Set,
    filename: Annotated[
        str | None, Query(max_length=200, description="What it is called.", examples=["4x-UltraSharp.pth"])
    ] = None,
) -> told.Enlarger:
    """Take weights of an ESRGAN, .safetensors or .pth: the raw body, or the one file of a form.

    They are read as data in a process of its own, and no code in them is run. The same file again is the same enlarger.
    """
    arrived = await arrive(request, settings, limit_bytes=min(MOST_BYTES, settings.max_upload_bytes))
    name = plain_name(filename or arrived.filename, default="weights")[:200]
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    return await asyncio.shield(run_in_threadpool(_taken, store, arrived, name))


@router.delete("/enlargers/{enlarger_id}", status_code=204, responses=answers(404, 422))
def let_go(enlarger_id: UUID, store: Opened) -> None:
    """Delete weights that were brought; what they have enlarged stays."""
    with store.begin() as tx:
        tx.enlargements.let_go(enlarger_id)


def _taken(store: Store, arrived: Arrived, name: str) -> told.Enlarger:
    received = arrived.received
    try:
        if received.size_bytes == 0:
            raise BadRequest("the body is empty", remedy="Send the file itself: curl --data-binary @weights.pth.")
        if name in OWN:
            raise BadParams(
                f"{name} is what comes along", pointer="query:filename", remedy="Give the file another name."
            )
        id = enlarger_id(name)
        with store.read() as tx:
            there = tx.enlargements.same(id, name, sha256=received.sha256)
        if there is not None:
            return _of(there)
        with tempfile.TemporaryDirectory(prefix="reverie-", dir=received.path.parent) as folder:
            found = read_apart(received.path, Path(folder), reader=READER)
            if found is None:
                raise RuntimeError("nobody asked the reader to stop")
            stored = store.objects.put_file(Path(folder) / WEIGHTS, kind="enlargers", id=id, consume=True)
    finally:
        received.path.unlink(missing_ok=True)
    row = EnlargerRow(
        id=id,
        name=name,
        sha256=received.sha256,
        architecture=found["architecture"],
        notes=found["notes"],
        key=stored.key,
        size_bytes=stored.size_bytes,
    )
    try:
        with store.begin() as tx:
            return _of(tx.enlargements.bring(row))
    except Conflict:  # others have brought something of this name meanwhile
        store.let_go([stored.key])
        raise


def _of(row: EnlargerRow) -> told.Enlarger:
    shape = row.architecture
    scale = scale_of(shape)
    how = {1: "mends and does not enlarge; Lanczos does the rest", 2: "for 2x; for 4x it runs twice", 4: "for 4x"}[
        scale
    ]
    return told.Enlarger(
        id=row.id,
        name=row.name,
        label=row.name,
        what=f"Your file: a network {how}, {shape['blocks']} blocks of {shape['channels']} channels.",
        licence="NOASSERTION",
        makes_up=True,
        detail=DETAIL,
        factors=[2, 4],
        scale=scale,
        available=True,
        notes=list(row.notes),
        size_bytes=row.size_bytes,
    )


def form_of(row: Enlargement) -> str:
    """Say what its file is."""
    return "tiff" if PurePosixPath(row.key).suffix == ".tiff" else "png"


def shaped(row: Enlargement) -> told.Enlargement:
    """Answer one."""
    return told.Enlargement.model_validate(
        {
            "id": row.id,
            "job_id": row.job_id,
            "sample_id": row.sample_id,
            "photo_id": row.photo_id,
            "factor": row.factor,
            "with": row.made_with,
            "words": row.words,
            "width": row.width,
            "height": row.height,
            "print": row.print,
            "form": form_of(row),
            "recipe": row.recipe,
            "blur": row.blur,
            "size_bytes": row.size_bytes,
            "sha256": row.sha256,
            "created_at": row.created_at,
        }
    )
