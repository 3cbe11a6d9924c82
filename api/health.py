"""For operators: alive, ready, metrics; and what the page's footer says."""

from __future__ import annotations

from collections.abc import Callable

import redis
import structlog
from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import Opened
from api.metrics import exposition
from api.schemas.health import Alive, Ready, Status, Worker
from api.version import VERSION
from jobs.errors import ReverieError
from store.rows import WorkerRow
from store.store import Store

log = structlog.get_logger()
router = APIRouter(tags=["health"])
PING_S = 2.0


@router.get("/healthz")
async def alive() -> Alive:
    """Answer while the process lives; it leans on nothing."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready, "description": "A part does not answer"}})
def ready(store: Opened, response: Response) -> Ready:
    """Try the database, Redis and the object store, and count workers and renderers."""
    database = _answers(lambda: _seen(store, "worker"))
    objects = _answers(store.objects.check)
    found = Ready(
        # Without Redis jobs are found by polling, without workers they wait, without renderers nobody explores: all of
        # that is slow, none of it a failure.
        ready=database and objects,
        database=database,
        redis=_ping(store.settings.redis) if store.settings.redis else None,
        objects=objects,
        workers=len(_seen(store, "worker")) if database else 0,
        renderers=len(_seen(store, "renderer")) if database else 0,
    )
    response.status_code = 200 if found.ready else 503
    return found


@router.get("/status")
def status(store: Opened) -> Status:
    """Say which version this is, who works for it, and how much room there is."""
    workers, renderers = (
        [Worker.model_validate(row, from_attributes=True) for row in _seen(store, role)]
        for role in ("worker", "renderer")
    )
    return Status(
        version=VERSION,
        embedded=store.database.is_sqlite,
        workers=workers,
        renderers=renderers,
        free_bytes=store.objects.free_bytes(),
    )


def _seen(store: Store, role: str) -> list[WorkerRow]:
    with store.read() as tx:
        return tx.workers.seen(within_s=store.settings.lease_s, role=role)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (ReverieError, OSError) as error:
        log.warning("part.silent", error=str(error))
        return False
    return True


def _ping(address: str) -> bool:
    with redis.Redis.from_url(address, socket_timeout=PING_S, socket_connect_timeout=PING_S) as client:
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(store: Opened) -> Response:
    """Give figures in the text format of Prometheus."""
    return exposition(store)
