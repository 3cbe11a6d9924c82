"""Archives: one request brings one, streamed to disk; an ingest job reads it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api import shapes
from api.deps import Opened, Set, location
from api.limits import allow_body
from api.multipart import FileOfForm
from api.problems import BadRequest, answers
from api.receive import Received, disk_full, land, too_large
from api.schemas.jobs import Upload
from jobs.errors import ArchiveRejected
from jobs.ids import new_id
from kinds.ingest.params import IngestParams
from store.store import Store

router = APIRouter(tags=["datasets"])
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


def existing_dataset(dataset_id: UUID, store: Opened) -> UUID:
    """Find the dataset before the first byte of the body is read."""
    with store.read() as tx:
        return tx.datasets.get(dataset_id).id


def room_for_it(request: Request, store: Opened, settings: Set) -> None:
    """Refuse by the declared length what is too large or does not fit, before its first byte is read."""
    declared = request.headers.get("content-length", "")
    size_bytes = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else 0
    if size_bytes > settings.max_upload_bytes:
        raise too_large(settings.max_upload_bytes)
    free_bytes = store.objects.free_bytes()
    if free_bytes is not None and size_bytes > free_bytes:
        raise disk_full(size_bytes)


@router.put("/datasets/{dataset_id}/archives", include_in_schema=False, status_code=202)
@router.post(
    "/datasets/{dataset_id}/archives",
    status_code=202,
    responses=answers(400, 404, 413, 422, 507),
    dependencies=[Depends(room_for_it)],
    openapi_extra=BODY,
)
async def upload(
    dataset_id: Annotated[UUID, Depends(existing_dataset)],
    request: Request,
    response: Response,
    store: Opened,
    settings: Set,
    filename: Annotated[str | None, Query(max_length=255, description="What to call it.", examples=["a.zip"])] = None,
) -> Upload:
    """Take a zip or tar of photographs: the raw body, or the one file of a form (PUT does the same)."""
    allow_body(request, settings.max_upload_bytes)
    chunks, form = _chunks(request)
    try:
        received = await land(chunks, settings.uploads / new_id().hex, limit_bytes=settings.max_upload_bytes)
    except ClientDisconnect as error:
        raise BadRequest("the client left before the whole archive was sent", remedy="Send it again.") from error
    name = _name(filename or (form.filename if form else None))
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    uploaded = await asyncio.shield(run_in_threadpool(_keep, store, dataset_id, received, name))
    response.headers.update(location("jobs", uploaded.job.id))
    return uploaded


def _chunks(request: Request) -> tuple[AsyncIterator[bytes], FileOfForm | None]:
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        form = FileOfForm(content_type)
        return form.read(request.stream()), form
    return request.stream(), None


def _keep(store: Store, dataset_id: UUID, received: Received, name: str) -> Upload:
    try:
        if received.size_bytes == 0:
            raise ArchiveRejected(
                "the body is empty", remedy="Send the archive itself: curl --data-binary @photos.zip."
            )
        archive_id = new_id()
        stored = store.objects.put_file(
            received.path, kind="archives", id=archive_id, consume=True, sha256=received.sha256
        )
        job_id = new_id()
        with store.begin() as tx:
            archive = tx.archives.add(
                id=archive_id,
                dataset_id=dataset_id,
                filename=name,
                size_bytes=received.size_bytes,
                sha256=received.sha256,
                key=stored.key,
                job_id=job_id,
            )
            params = IngestParams(archive_id=archive.id)
            job = tx.jobs.add(
                id=job_id,
                kind=params.kind,
                params=params.model_dump(mode="json"),
                pins={"archive": {"id": str(archive.id), "sha256": received.sha256}},
                dataset_id=dataset_id,
            )
        return Upload(archive=shapes.archive(archive), job=shapes.job(job))
    finally:
        received.path.unlink(missing_ok=True)


def _name(given: str | None) -> str:
    """Keep the last part of a name that came from outside; it is shown, and never a path of ours."""
    last = re.split(r"[/\\]", given or "")[-1]
    return _UNSAFE.sub("", last).strip()[:255] or "archive"
