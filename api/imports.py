"""Model files: one request brings one, streamed to disk; a convert job makes a model of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import BODY, arrive, plain_name, room_for
from api.catalogue import check_absent, published
from api.converting import begin
from api.deps import Opened, Set, location
from api.problems import BadRequest, answers
from api.receive import Received
from api.schemas.models import Import
from jobs.errors import Conflict, ModelRejected
from jobs.ids import new_id
from kinds.convert.catalogue import Published, Slug
from kinds.convert.params import ConvertParams, Licence, Terms
from kinds.fields import ModelName
from store.settings import Settings
from store.store import Store
from store.tx import Tx

router = APIRouter(tags=["models"])
MOST_BYTES = 4 * 2**30  # the largest published files hold less than one


def most_bytes(settings: Settings) -> int:
    """Say how large a model file may be."""
    return min(MOST_BYTES, settings.max_upload_bytes)


@router.post(
    "/models",
    status_code=202,
    responses=answers(400, 404, 409, 413, 422, 507),
    dependencies=[Depends(room_for(MOST_BYTES))],
    openapi_extra=BODY,
)
async def bring(
    request: Request,
    response: Response,
    store: Opened,
    settings: Set,
    filename: Annotated[str | None, Query(max_length=255, description="What it is called.", examples=["a.pkl"])] = None,
    name: Annotated[ModelName | None, Query(description="What to call the model.", examples=["Faces, 1024 px"])] = None,
    licence: Annotated[Licence | None, Query(description="An SPDX expression.", examples=["CC-BY-NC-4.0"])] = None,
    terms: Annotated[Terms | None, Query(description="What it asks.", examples=["Not for commercial use."])] = None,
    published_id: Annotated[
        Slug | None,
        Query(alias="published", description="The entry of the catalogue that it is: name, licence and terms are its."),
    ] = None,
) -> Import:
    """Take a model file of StyleGAN2, or a zipped model folder: the raw body, or the one file of a form."""
    entry = published(settings.catalogue, published_id) if published_id else None
    arrived = await arrive(request, settings, limit_bytes=most_bytes(settings))
    called = plain_name(filename or arrived.filename, default="model")
    asked = Asked.of(called, entry, name=name, licence=licence, terms=terms)
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    brought = await asyncio.shield(run_in_threadpool(_taken, store, arrived.received, asked))
    response.headers.update(location("jobs", brought.job.id))
    return brought


def _taken(store: Store, received: Received, asked: Asked) -> Import:
    try:
        return keep(store, received, asked)
    finally:
        received.path.unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is said of a file that came."""

    filename: str
    name: str | None = None
    licence: str | None = None
    terms: str | None = None
    entry: Published | None = None

    @classmethod
    def of(
        cls,
        filename: str,
        entry: Published | None,
        *,
        name: str | None = None,
        licence: str | None = None,
        terms: str | None = None,
    ) -> Asked:
        """What the catalogue says of `entry` stands, save for the name."""
        if entry is None:
            return cls(filename=filename, name=name, licence=licence, terms=terms)
        return cls(filename=filename, name=name or entry.name, licence=entry.licence, terms=entry.asks, entry=entry)


def keep(store: Store, received: Received, asked: Asked, *, upload_id: UUID | None = None) -> Import:
    """Put a file that came into the store, with the job that reads it; `upload_id` is the upload that it came by.

    The file itself stays where it is, and is the caller's to remove.
    Raises: BadRequest, for an empty one; Conflict, for one that is here; ModelRejected, for another than `asked.entry`.
    """
    params = ConvertParams(
        file_id=new_id(), filename=asked.filename, name=asked.name, licence=asked.licence, terms=asked.terms
    )
    if received.size_bytes == 0:
        raise BadRequest("the body is empty", remedy="Send the file itself: curl --data-binary @model.pkl.")
    with store.read() as tx:
        _check_new(tx, received, asked.entry)
    stored = store.objects.put_file(
        received.path, kind="model_files", id=params.file_id, share=True, sha256=received.sha256
    )
    with store.begin() as tx:
        # Another request may have brought it meanwhile; what lies there is swept.
        _check_new(tx, received, asked.entry)
        started = begin(
            tx,
            params,
            size_bytes=received.size_bytes,
            sha256=received.sha256,
            published_id=asked.entry.id if asked.entry else None,
            key=stored.key,
        )
        if upload_id is not None:
            tx.uploads.done(upload_id, started.job.id)
    return started


def check_size(entry: Published, size_bytes: int) -> None:
    """Refuse a file that is known to be another by its size. Raises: ModelRejected."""
    if entry.size_bytes not in (None, size_bytes):
        raise _another(entry, f"it has {size_bytes:,} bytes")


def _another(entry: Published, why: str) -> ModelRejected:
    return ModelRejected(
        f"this is not the file that was published as {entry.name}: {why}",
        remedy=f"Download {entry.filename} again from {entry.page}, or bring this one as a file of its own.",
    )


def _check_new(tx: Tx, received: Received, entry: Published | None) -> None:
    """Refuse the same bytes a second time. Raises: Conflict, naming the model that they are, or the job."""
    if entry is not None:
        check_absent(tx, entry)
        check_size(entry, received.size_bytes)
        if entry.sha256 not in (None, received.sha256):
            raise _another(entry, f"its SHA-256 is {received.sha256}")
    same = tx.model_files.same(received.sha256)
    if same is None:
        return
    if same.model_id is not None:
        name = tx.models.get(same.model_id).name
        raise Conflict(
            f"this file is here already: it is the model {name}",
            remedy="Use that model; to read the file anew, delete it first.",
            model_id=str(same.model_id),
        )
    raise Conflict("this file is being read already", remedy="Wait for its job to end.", job_id=str(same.job_id))
