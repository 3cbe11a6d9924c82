"""Archives: one request brings one, streamed to disk; an ingest job reads it."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api import shapes
from api.bodies import BODY, arrive, plain_name, room_for_it
from api.deps import Opened, Set, location
from api.problems import answers
from api.receive import Received
from api.schemas.jobs import Upload
from jobs.errors import ArchiveRejected
from jobs.ids import new_id
from kinds.ingest.params import IngestParams
from store.store import Store

router = APIRouter(tags=["datasets"])


def existing_dataset(dataset_id: UUID, store: Opened) -> UUID:
    """Find the dataset before the first byte of the body is read."""
    with store.read() as tx:
        return tx.datasets.get(dataset_id).id


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
    arrived = await arrive(request, settings, limit_bytes=settings.max_upload_bytes)
    name = plain_name(filename or arrived.filename, default="archive")
    # Shielded: once the body is here, a client that leaves must not leave half of what follows undone.
    uploaded = await asyncio.shield(run_in_threadpool(_taken, store, dataset_id, arrived.received, name))
    response.headers.update(location("jobs", uploaded.job.id))
    return uploaded


def _taken(store: Store, dataset_id: UUID, received: Received, name: str) -> Upload:
    try:
        return keep(store, dataset_id, received, name)
    finally:
        received.path.unlink(missing_ok=True)


def keep(store: Store, dataset_id: UUID, received: Received, name: str, *, upload_id: UUID | None = None) -> Upload:
    """Put an archive that came into the store, with the job that reads it; `upload_id` is the upload that it came by.

    The file itself stays where it is, and is the caller's to remove.
    Raises: ArchiveRejected, for an empty one; NotFound, if its dataset was deleted meanwhile.
    """
    if received.size_bytes == 0:
        raise ArchiveRejected("the body is empty", remedy="Send the archive itself: curl --data-binary @photos.zip.")
    with store.read() as tx:
        tx.datasets.get(dataset_id)
    archive_id, job_id = new_id(), new_id()
    stored = store.objects.put_file(received.path, kind="archives", id=archive_id, share=True, sha256=received.sha256)
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
        if upload_id is not None:
            tx.uploads.done(upload_id, job_id)
    return Upload(archive=shapes.archive(archive), job=shapes.job(job))
