"""For operators: alive, ready, metrics; and what the page's footer says."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import Opened, Set
from api.metrics import exposition
from api.schemas.health import Alive, Ready, Status, Worker
from api.version import VERSION

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> Alive:
    """Answer while the process lives; it leans on nothing."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready, "description": "A part does not answer"}})
def ready(store: Opened, settings: Set, response: Response) -> Ready:
    """Try the database, Redis and the object store, and count the workers."""
    found = Ready(
        ready=False,
        database=store.answers(),
        redis=store.doorbell.answers(),
        objects=store.objects.answers(),
        workers=0,
    )
    workers = len(store.live_workers()) if found.database else 0
    # Without Redis jobs are found by polling, without workers they wait: both are slow, neither is a failure.
    whole = found.model_copy(update={"workers": workers, "ready": found.database and found.objects})
    response.status_code = 200 if whole.ready else 503
    return whole


@router.get("/status")
def status(store: Opened) -> Status:
    """Say which version this is, who works for it, and how much room there is."""
    workers = [Worker.model_validate(row, from_attributes=True) for row in store.live_workers()]
    return Status(version=VERSION, embedded=store.embedded, workers=workers, free_bytes=store.objects.free_bytes())


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(store: Opened) -> Response:
    """Give figures in the text format of Prometheus."""
    return exposition(store)
