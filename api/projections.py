"""Projections: a picture is sent, and a job looks for it in a model's space."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from api import shapes, submit
from api.bodies import BODY, arrive, check_room
from api.deps import Opened, Set, location
from api.problems import answers
from api.schemas.jobs import Job
from jobs.errors import BadParams, Rejected
from jobs.ids import new_id
from kinds.ingest.decoders import Decoders, Undecoded
from kinds.ingest.magic import HEIF, PICTURES, kind_of
from kinds.project.box import box_for
from kinds.project.params import Part, ProjectParams
from store.rows import ArtifactRow, Model
from store.searches import SENT
from store.store import Store

router = APIRouter(prefix="/models", tags=["exploring"])
MOST_BYTES = 64 * 2**20  # of a picture
LONGEST = 20_000  # characters of the parts in an address
READ = PICTURES - HEIF
REMEDY = "Send another picture: JPEG, PNG, WebP, TIFF, GIF or BMP."
IMAGE, SMALL = (
    "image.jpg",
    "small.jpg",
)  # what a decoder writes: the picture, or of a large JPEG a smaller one
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
) -> submit.Request:
    """Read what is asked for, and find the model, before the first byte of the body is read."""
    asked = ProjectParams(model_id=model_id, preset=preset, steps=steps, space=space, region=_parts(region))
    with store.read() as tx:
        return submit.prepare(tx, asked)


@router.post(
    "/{model_id}/projections",
    status_code=202,
    responses=answers(400, 404, 413, 422, 507),
    dependencies=[Depends(room_for_a_picture)],
    openapi_extra=BODY,
)
async def find(
    model_id: UUID,
    prepared: Annotated[submit.Request, Depends(wanted)],
    request: Request,
    response: Response,
    store: Opened,
    settings: Set,
) -> Job:
    """Look for a picture in a model's space: the raw body, or the one file of a form. Only a square of it is kept."""
    arrived = await arrive(request, settings, limit_bytes=MOST_BYTES)
    decoders, file = request.app.state.decoders, arrived.received.path
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    job = await asyncio.shield(run_in_threadpool(_taken, store, decoders, model_id, file, prepared))
    response.headers.update(location("jobs", job.id))
    return job


def _taken(store: Store, decoders: Decoders, model_id: UUID, file: Path, prepared: submit.Request) -> Job:
    job_id, artifact_id = new_id(), new_id()
    with store.read() as tx:
        model = tx.models.get(model_id)
    try:
        with tempfile.TemporaryDirectory(prefix="reverie-") as name:
            square = _written(_cut(decoders, file, Path(name), model), Path(name), side=model.resolution)
            stored = store.objects.put_file(square, kind="artifacts", id=artifact_id, consume=True)
    finally:
        file.unlink(missing_ok=True)
    with store.begin() as tx:
        row = submit.queue(tx, prepared, job_id=job_id)
        tx.artifacts.bring(
            ArtifactRow(
                id=artifact_id,
                job_id=job_id,
                attempt=0,
                type=SENT,
                key=stored.key,
                sha256=stored.sha256,
                media_type="image/png",
                facts={"resolution": model.resolution},
            )
        )
        return shapes.job(row)


def _cut(decoders: Decoders, file: Path, into: Path, model: Model) -> bytes:
    """Decode a picture in the process beside this one, and cut it as the model's pictures are. Raises: Rejected."""
    with file.open("rb") as sent:
        kind = kind_of(sent.read(512))
    if kind not in READ:
        raise Rejected("This is no picture that can be read here.", remedy=REMEDY)
    told = decoders.decode(file, into=into).result()
    if "facts" not in told:
        raise Rejected(str(told.get("refused", "The picture is gone.")), remedy=REMEDY)
    width, height = told["facts"]["width"], told["facts"]["height"]
    box = box_for(model.facts.get("frame"), width, height)
    small = (into / SMALL).exists()
    view = {"image": str(into / (SMALL if small else IMAGE)), "width": width, "box": list(box)}
    view |= {"original": str(file)} if small else {}
    try:
        return decoders.square(view, resolution=model.resolution).result()
    except (FileNotFoundError, Undecoded) as error:
        raise Rejected(f"The picture cannot be read: {error}", remedy=REMEDY) from error


def _written(pixels: bytes, folder: Path, *, side: int) -> Path:
    from PIL import Image  # its start is not worth it before somebody asks

    file = folder / "square.png"
    Image.frombytes("RGB", (side, side), pixels).save(file)
    return file


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
