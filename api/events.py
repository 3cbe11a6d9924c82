"""Live progress as server-sent events, of one job or of all; `Last-Event-ID` goes on where a stream broke off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.deps import Opened
from api.problems import answers
from api.tailer import PAGE, Tailer
from jobs.state import ENDED
from store.rows import Event
from store.store import Store

router = APIRouter(tags=["events"])
LastId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        pattern=r"^\s*(\d{1,18})?\s*$",
        description="The `id:` of the last event that was seen; the stream goes on after it.",
    ),
]
_ENDED = {state.value for state in ENDED}


async def read_tailer(request: Request) -> Tailer:
    """Give the one tailer of this process."""
    tailer: Tailer = request.app.state.tailer
    return tailer


Told = Annotated[Tailer, Depends(read_tailer)]


def job_to_follow(job_id: UUID, store: Opened, last: LastId = None) -> UUID:
    """Find the job before the stream begins; 204 where all is told, which keeps an EventSource from coming back."""
    with store.read() as tx:
        job = tx.jobs.get(job_id)
    if job.state in ENDED and last is not None and _number(last) >= job.last_seq:
        raise HTTPException(204)
    return job_id


@router.get(
    "/jobs/{job_id}/events",
    response_class=EventSourceResponse,
    responses={204: {"description": "The job has ended, and all of it was told"}, **answers(404, 422)},
)
async def follow(
    job_id: Annotated[UUID, Depends(job_to_follow)], store: Opened, tailer: Told, last: LastId = None
) -> AsyncIterator[ServerSentEvent]:
    """Follow one job from its first event, or from `Last-Event-ID`; `id:` is its `seq`. Ends with the job."""
    seq = _number(last)
    async with tailer.listening(job_id) as listener:
        while page := await run_in_threadpool(_after, store, job_id, seq):
            for event in page:
                seq = event.seq
                yield _sent(event, id=event.seq)
        if await run_in_threadpool(_is_over, store, job_id, seq):
            return
        while (heard := await listener.buffer.get()) is not None:
            if heard.seq <= seq:
                continue
            seq = heard.seq
            yield _sent(heard, id=heard.seq)
            if heard.type == "state" and heard.body.get("to") in _ENDED:
                return


@router.get("/events", response_class=EventSourceResponse, responses=answers(422))
async def follow_all(store: Opened, tailer: Told, last: LastId = None) -> AsyncIterator[ServerSentEvent]:
    """Follow all jobs from now on, or from `Last-Event-ID`; `id:` orders all events."""
    async with tailer.listening(None) as listener:
        seen = _number(last) if last else await run_in_threadpool(_newest, store)
        yield ServerSentEvent(comment="following", retry=2000)
        while page := await run_in_threadpool(_after_all, store, seen):
            for event in page:
                seen = event.id
                yield _sent(event, id=event.id)
        while (heard := await listener.buffer.get()) is not None:
            if heard.id > seen:
                seen = heard.id
                yield _sent(heard, id=heard.id)


def _number(last: str | None) -> int:
    return int(last) if last and last.strip() else 0


def _sent(event: Event, *, id: int) -> ServerSentEvent:
    told: dict[str, Any] = {
        **event.body,
        "job_id": str(event.job_id),
        "seq": event.seq,
        "attempt": event.attempt,
        "at": event.at.isoformat().replace("+00:00", "Z"),
    }
    return ServerSentEvent(raw_data=json.dumps(told, ensure_ascii=False), event=event.type, id=str(id))


def _after(store: Store, job_id: UUID, seq: int) -> list[Event]:
    with store.read() as tx:
        return tx.events.after(job_id, seq, limit=PAGE)


def _after_all(store: Store, id: int) -> list[Event]:
    with store.read() as tx:
        return tx.events.after_all(id, limit=PAGE)


def _is_over(store: Store, job_id: UUID, seq: int) -> bool:
    with store.read() as tx:
        job = tx.jobs.get(job_id)
    return job.state in ENDED and job.last_seq <= seq


def _newest(store: Store) -> int:
    with store.read() as tx:
        return tx.events.last_id()
