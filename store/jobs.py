"""The queue. Nothing else writes a job's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.errors import NotFound, StaleAttempt, WrongState
from jobs.ids import new_id
from jobs.state import ENDED, State, Wish, sources
from store import tables as t
from store.events import Events
from store.leases import MAX_CRASHES, Seen, crash_error, left_alone, still
from store.pages import Order, Page, page_of
from store.rows import Attempt, Job
from store.types import now

_NEWEST = Order(name="jobs", columns=[t.jobs.c.id])
_QUEUED = sa.literal(State.QUEUED, t.jobs.c.state.type, literal_execute=True)  # as the partial index is written
_STRENGTH = {Wish.PAUSE: 0, Wish.STOP: 1, Wish.CANCEL: 2}
_WHOLE_ONLY = ("gather",)
_FULFILLED = {Wish.STOP: State.SUCCEEDED, Wish.CANCEL: State.CANCELLED}


class Jobs:
    """The tables `jobs` and `attempts`."""

    def __init__(
        self, connection: sa.Connection, *, events: Events, ring: Callable[[UUID], None], done: Callable[[Job], None]
    ) -> None:
        """`done` is told of a job that ended and cannot be retried."""
        self._connection = connection
        self._events = events
        self._ring = ring
        self._done = done

    # What anyone may ask

    def get(self, job_id: UUID) -> Job:
        """Read a job; NotFound without one."""
        row = self._connection.execute(sa.select(t.jobs).where(t.jobs.c.id == job_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id}.", remedy="GET /jobs lists all of them.")
        return Job(**row)

    def page(
        self,
        *,
        kind: str | None = None,
        state: State | None = None,
        dataset_id: UUID | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Job]:
        """List jobs, newest first."""
        query = sa.select(t.jobs)
        for column, wanted in ((t.jobs.c.kind, kind), (t.jobs.c.state, state), (t.jobs.c.dataset_id, dataset_id)):
            if wanted is not None:
                query = query.where(column == wanted)
        return page_of(self._connection, query, Job, order=_NEWEST, limit=limit, cursor=cursor)

    def attempts(self, job_id: UUID) -> list[Attempt]:
        """List a job's attempts, first to last."""
        query = sa.select(t.attempts).where(t.attempts.c.job_id == job_id).order_by(t.attempts.c.attempt)
        return [Attempt(**row) for row in self._connection.execute(query).mappings()]

    def queued(self, *, limit: int = 100) -> list[UUID]:
        """Name the jobs that wait, in the order in which they are claimed."""
        query = sa.select(t.jobs.c.id).where(t.jobs.c.state == _QUEUED).order_by(t.jobs.c.priority.desc(), t.jobs.c.id)
        return list(self._connection.execute(query.limit(limit)).scalars())

    def counts(self) -> dict[tuple[str, State], int]:
        """Count the jobs by kind and state."""
        query = sa.select(t.jobs.c.kind, t.jobs.c.state, sa.func.count()).group_by(t.jobs.c.kind, t.jobs.c.state)
        return {(kind, state): count for kind, state, count in self._connection.execute(query)}

    # What the owner does

    def add(
        self,
        *,
        kind: str,
        params: Mapping[str, Any],
        pins: Mapping[str, Any] | None = None,
        preset_hash: str | None = None,
        dataset_id: UUID | None = None,
        model_id: UUID | None = None,
        priority: int = 0,
        id: UUID | None = None,
    ) -> Job:
        """Put a job into the queue; its `params` are resolved. Workers hear of it after the commit."""
        job_id = id or new_id()
        self._connection.execute(
            sa.insert(t.jobs).values(
                id=job_id,
                kind=kind,
                state=State.QUEUED,
                params=dict(params),
                pins=dict(pins or {}),
                preset_hash=preset_hash,
                dataset_id=dataset_id,
                model_id=model_id,
                priority=priority,
                created_at=now(),
            )
        )
        self._events.record(job_id, attempt=0, type="state", body={"to": State.QUEUED})
        self._ring(job_id)
        return self.get(job_id)

    def wish(self, job_id: UUID, wish: Wish) -> Job:
        """Ask a job to stop, cancel or pause. The same wish twice is one wish.

        A running job is asked: its worker reads the column. A waiting or paused one is cancelled at once. To stop one
        that has been at work lets it go on just to save what it learnt; one that never began is cancelled.
        Raises: NotFound; WrongState, if the job has ended otherwise, waits (pause), was asked for more already, or is
        one of which no part is worth anything (stop).
        """
        job = self._locked(job_id)
        if wish is Wish.STOP and job.kind in _WHOLE_ONLY and job.state not in ENDED:
            raise WrongState(
                "Photographs are gathered all or none: there is no part to keep.",
                remedy="Cancel the job, and what came in is taken out again; or pause it.",
                state=job.state,
            )
        match job.state, wish:
            case State.RUNNING, _:
                return self._ask(job, wish)
            case ((State.QUEUED | State.PAUSED), Wish.CANCEL):
                return self._owner_moves(job, State.CANCELLED)
            case State.QUEUED, Wish.STOP if job.attempt == 0:
                return self._owner_moves(job, State.CANCELLED)
            case State.QUEUED, Wish.STOP:
                return self._ask(job, wish)
            case State.PAUSED, Wish.STOP:
                return self._owner_moves(job, State.QUEUED, wish=Wish.STOP)
            case State.PAUSED, Wish.PAUSE:
                return job
        if job.state == _FULFILLED.get(wish):
            return job
        raise WrongState(
            f"The job is {job.state}: it cannot be asked to {wish}.",
            remedy="Nothing is to be done: it has ended." if job.state in ENDED else "Cancel it, or let it begin.",
            state=job.state,
        )

    def call_off(self, kind: str, dataset_id: UUID) -> None:
        """Cancel the jobs of a kind that have not ended, of a dataset that goes."""
        mine = sa.select(t.jobs.c.id).where(t.jobs.c.kind == kind, t.jobs.c.dataset_id == dataset_id)
        for job_id in self._connection.execute(mine.where(t.jobs.c.state.not_in(sorted(ENDED)))).scalars().all():
            self.wish(job_id, Wish.CANCEL)

    def foremost(self) -> Job | None:
        """Read the job that is claimed next."""
        query = sa.select(t.jobs).where(t.jobs.c.state == _QUEUED).order_by(t.jobs.c.priority.desc(), t.jobs.c.id)
        row = self._connection.execute(query.limit(1)).mappings().one_or_none()
        return None if row is None else Job(**row)

    def waits(self, kind: str, dataset_id: UUID) -> bool:
        """Say whether a job of a kind waits for this dataset."""
        query = sa.select(t.jobs.c.id).where(t.jobs.c.kind == kind, t.jobs.c.dataset_id == dataset_id)
        return self._connection.execute(query.where(t.jobs.c.state == _QUEUED).limit(1)).first() is not None

    def resume(self, job_id: UUID) -> Job:
        """Put a paused job back into the queue; of a waiting or running one nothing is to be done."""
        job = self._locked(job_id)
        if job.state in (State.QUEUED, State.RUNNING) and job.wish is None:
            return job
        if job.state is not State.PAUSED:
            asked = f" and asked to {job.wish}" if job.wish else ""
            raise WrongState(
                f"The job is {job.state}{asked}: only a paused one is resumed.",
                remedy="Wait until it is paused." if job.wish is Wish.PAUSE else "Post a new job.",
                state=job.state,
            )
        return self._owner_moves(job, State.QUEUED)

    def retry(self, job_id: UUID) -> Job:
        """Put a failed job back into the queue; it goes on from its last resume point."""
        job = self._locked(job_id)
        if job.state in (State.QUEUED, State.RUNNING):
            return job
        if job.state is not State.FAILED:
            raise WrongState(f"The job is {job.state}: only a failed one is retried.", state=job.state)
        again = sa.update(t.archives).where(t.archives.c.job_id == job_id, t.archives.c.state == "refused")
        if job.kind != "gather":  # which has no file to read
            again = again.where(t.archives.c.key.is_not(None))
        self._connection.execute(again.values(state="received", reason=None))
        return self._owner_moves(job, State.QUEUED, crashes=0, error=None)

    # What a worker does; every write names the attempt that it holds

    def claim(self, worker_id: UUID, kinds: Iterable[str]) -> Job | None:
        """Take the first waiting job of these kinds, and begin an attempt; None when there is none to take."""
        query = (
            sa.select(t.jobs.c.id)
            # The kind as an expression, which no index serves: else SQLite reads by kind, and sorts.
            .where(t.jobs.c.state == _QUEUED, (t.jobs.c.kind + "").in_(list(kinds)))
            .order_by(t.jobs.c.priority.desc(), t.jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)  # SQLite has one writer at a time, and no such words
        )
        job_id = self._connection.execute(query).scalar_one_or_none()
        if job_id is None:
            return None
        began = now()
        job = self._move(
            job_id,
            State.RUNNING,
            where=t.jobs.c.state == State.QUEUED,
            attempt=t.jobs.c.attempt + 1,
            worker_id=worker_id,
            heartbeat=t.jobs.c.heartbeat + 1,
            started_at=sa.func.coalesce(t.jobs.c.started_at, sa.literal(began, t.jobs.c.started_at.type)),
            remaining_s=None,
        )
        if job is None:
            raise AssertionError("a locked row was moved by another")
        begun = {"job_id": job_id, "attempt": job.attempt, "worker_id": worker_id, "started_at": began}
        self._connection.execute(sa.insert(t.attempts).values(**begun))
        return job

    def hold(self, job_id: UUID, attempt: int) -> Job:
        """Lock the job for this transaction; StaleAttempt unless it is running at `attempt`."""
        query = sa.select(t.jobs).where(*_mine(job_id, attempt)).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise _stale(job_id, attempt)
        return Job(**row)

    def got_further(self, job_id: UUID) -> None:
        """Forgive a job its crashes: what it has done since is kept, and is not done again."""
        self._connection.execute(sa.update(t.jobs).where(t.jobs.c.id == job_id).values(crashes=0))

    def beat(self, job_id: UUID, attempt: int) -> Wish | None:
        """Keep the lease and read what the owner wishes; StaleAttempt if the lease is lost."""
        statement = sa.update(t.jobs).where(*_mine(job_id, attempt)).values(heartbeat=t.jobs.c.heartbeat + 1)
        row = self._connection.execute(statement.returning(t.jobs.c.wish)).one_or_none()
        if row is None:
            raise _stale(job_id, attempt)
        wish: Wish | None = row.wish
        return wish

    def progress(
        self,
        job_id: UUID,
        attempt: int,
        *,
        done: int,
        total: int,
        unit: str,
        phase: str = "",
        remaining_s: float | None = None,
    ) -> None:
        """Write how far the job is; StaleAttempt if the lease is lost."""
        far = {"done": done, "total": total, "unit": unit, "phase": phase, "remaining_s": remaining_s}
        statement = sa.update(t.jobs).where(*_mine(job_id, attempt)).values(**far)
        if self._connection.execute(statement).rowcount == 0:
            raise _stale(job_id, attempt)

    def move(self, job_id: UUID, attempt: int, to: State, *, error: Mapping[str, Any] | None = None) -> Job:
        """End the attempt: succeeded, failed with `error`, cancelled, paused, or back in the queue (shut down).

        Raises: StaleAttempt, unless the job is running at `attempt`.
        """
        job = self._end_attempt(job_id, attempt, to, outcome=to, error=error)
        if job is None:
            raise _stale(job_id, attempt)
        return job

    def crash(self, job_id: UUID, attempt: int, *, reason: str = "") -> Job:
        """Count a run that died; back in the queue, or failed after three with no newer resume point between them."""
        return self._lose(self.hold(job_id, attempt), outcome="crashed", reason=reason)

    def sweep(self, seen: dict[UUID, Seen], *, at: float, lease_s: float) -> list[Job]:
        """Take back jobs whose heartbeat has not moved for `lease_s` of the caller's own monotonic clock, `at`.

        `seen` is the caller's memory between calls: a jump of any other clock harms nobody.
        """
        running = sa.select(t.jobs.c.id, t.jobs.c.attempt, t.jobs.c.heartbeat).where(t.jobs.c.state == State.RUNNING)
        beats = {row.id: (row.attempt, row.heartbeat) for row in self._connection.execute(running)}
        lost = left_alone(seen, beats, at=at, lease_s=lease_s)
        taken = [self._lost(job_id, *beats[job_id]) for job_id in sorted(lost)]
        return [job for job in taken if job]

    # Inside

    def _locked(self, job_id: UUID) -> Job:
        query = sa.select(t.jobs).where(t.jobs.c.id == job_id).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id}.", remedy="GET /jobs lists all of them.")
        return Job(**row)

    def _ask(self, job: Job, wish: Wish) -> Job:
        if job.wish is not None and _STRENGTH[wish] < _STRENGTH[job.wish]:
            raise WrongState(f"The job was asked to {job.wish} already.", remedy="Wait until it has.", wish=job.wish)
        self._connection.execute(sa.update(t.jobs).where(t.jobs.c.id == job.id).values(wish=wish))
        return self.get(job.id)

    def _owner_moves(self, job: Job, to: State, **values: Any) -> Job:
        moved = self._move(job.id, to, where=t.jobs.c.state == job.state, **values)
        if moved is None:
            raise AssertionError("a locked row was moved by another")
        return moved

    def _lost(self, job_id: UUID, attempt: int, heartbeat: int) -> Job | None:
        """Take a job back unless it has moved since it was judged."""
        query = sa.select(t.jobs).where(*_mine(job_id, attempt), still(heartbeat)).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else self._lose(Job(**row), outcome="lost", reason="Its worker fell silent.")

    def _lose(self, job: Job, *, outcome: str, reason: str) -> Job:
        """End an attempt that cannot end itself, by what the owner wished, or by how often it happened."""
        crashes = job.crashes + 1
        to, error = State.QUEUED, None
        if job.wish is Wish.CANCEL:
            to = State.CANCELLED
        elif job.wish is Wish.PAUSE:
            to = State.PAUSED
        elif crashes >= MAX_CRASHES:
            to, error = State.FAILED, crash_error(crashes, reason)
        moved = self._end_attempt(job.id, job.attempt, to, outcome=outcome, error=error, reason=reason, crashes=crashes)
        if moved is None:
            raise AssertionError("a locked row was moved by another")
        return moved

    def _end_attempt(
        self,
        job_id: UUID,
        attempt: int,
        to: State,
        *,
        outcome: str,
        error: Mapping[str, Any] | None,
        reason: str = "",
        **values: Any,
    ) -> Job | None:
        why = dict(error) if error else None
        mine = (t.jobs.c.attempt == attempt) & (t.jobs.c.state == State.RUNNING)
        job = self._move(job_id, to, where=mine, error=why, **values)
        if job is not None:
            left = why or ({"detail": reason} if reason else None)
            statement = sa.update(t.attempts).where(t.attempts.c.job_id == job_id, t.attempts.c.attempt == attempt)
            self._connection.execute(statement.values(ended_at=now(), outcome=outcome, error=left))
        return job

    def _move(self, job_id: UUID, to: State, *, where: sa.ColumnElement[bool], **values: Any) -> Job | None:
        """Move the job along `MOVES`, and tell it; None when it is not where the caller thinks.

        Every change of a state comes through here.
        """
        leading = t.jobs.c.state.in_(sorted(sources(to)))
        if to in ENDED:
            values |= {"ended_at": now(), "wish": None, "remaining_s": None}
        elif to is State.PAUSED:
            values |= {"wish": None, "remaining_s": None}
        elif to is State.QUEUED:
            values |= {"ended_at": None, "remaining_s": None}
        statement = sa.update(t.jobs).where(t.jobs.c.id == job_id, leading, where).values(state=to, **values)
        row = self._connection.execute(statement.returning(t.jobs)).mappings().one_or_none()
        if row is None:
            return None
        job = Job(**row)
        body = {"to": to} | ({"error": dict(job.error)} if to is State.FAILED and job.error else {})
        seq = self._events.record(job_id, attempt=job.attempt, type="state", body=body)
        if to is State.QUEUED:
            self._ring(job_id)
        if to in (State.FAILED, State.CANCELLED):
            self._refuse_archive(job)
        if to in (State.SUCCEEDED, State.CANCELLED):
            self._done(job)
        return replace(job, last_seq=seq)

    def _refuse_archive(self, job: Job) -> None:
        """An archive that its job did not come to the end of is not waiting any more."""
        taken_out = "The job was cancelled, and what had come in was taken out again."
        unread_yet = "It was not read to the end: the job was cancelled."
        cancelled = taken_out if job.kind == "gather" else unread_yet
        reason = str(job.error.get("detail", "")) if job.error else cancelled
        unread = sa.update(t.archives).where(t.archives.c.job_id == job.id, t.archives.c.state == "received")
        self._connection.execute(unread.values(state="refused", reason=reason))


def _mine(job_id: UUID, attempt: int) -> tuple[sa.ColumnElement[bool], ...]:
    return t.jobs.c.id == job_id, t.jobs.c.attempt == attempt, t.jobs.c.state == State.RUNNING


def _stale(job_id: UUID, attempt: int) -> StaleAttempt:
    return StaleAttempt(f"Job {job_id} is no longer at attempt {attempt}.", job_id=str(job_id), attempt=attempt)
