"""One attempt at a job, from the claim to the move that ends it."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from jobs.errors import DiskFull, JobFailed, ReverieError, StaleAttempt, Unavailable
from jobs.events import Artifact, Made, Measured, Notice, Progress
from jobs.state import State, Wish
from kinds.index.params import IndexParams
from kinds.registry import params_of
from store.looks import look_soon
from store.rows import Job
from store.store import Store
from store.tx import Tx
from worker.gathering import all_came
from worker.keep import Keeper
from worker.layout import Laid, laid_out
from worker.lease import Lease
from worker.life import Life
from worker.pace import WORK, WORK_TOTAL, Pace
from worker.process import Child
from worker.protocol import End, Task
from worker.pulse import Pulse
from worker.speeds import Speeds
from worker.starting import Starter

log = structlog.get_logger()

LOOK_S = 0.25  # between two looks at wishes while the child says nothing
SOON_S = 0.05  # for more of the same, before a batch is stored
GIVE_WAY_S = 0.5  # between two looks whether a job that matters more waits
TELL_S = 0.5  # between two lines of progress
BATCH = 32
GRACE_S = 60.0  # for a run to end by itself when the worker shuts down
NICE = 5
BRINGING = ("ingest", "gather")  # kinds that photographs come in by
IN_BATCHES = (Made.PHOTO, Made.SAMPLE)


class Ended(StrEnum):
    """How the child came to its end."""

    FINISHED = "finished"
    FAILED = "failed"
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"  # the worker shuts down and the run did not end in time, or it gave way to another


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """What an attempt works with, the same for all attempts of a worker."""

    store: Store
    pulse: Pulse
    speeds: Speeds
    starter: Starter
    leaving: Callable[[], bool]  # the worker is to shut down


class Attempt:
    """Runs one claimed job in a child, stores what it yields, obeys wishes, and moves the job in the end."""

    def __init__(self, hand: Hand, job: Job) -> None:
        self._hand = hand
        self._job = job
        self._child: Child | None = None
        self._lease = Lease(hand.store, job, on_lost=self._kill)
        self._pace = Pace()
        self._pace_name = job.kind
        self._batch: list[Artifact] = []
        self._progress: Progress | None = None
        self._untold = False
        self._told_at = 0.0
        self._asked: str | None = None
        self._deadline: float | None = None
        self._error: dict[str, Any] | None = None
        self._waits: UUID | None = None
        self._looked_at = time.monotonic()

    def run(self) -> None:
        """Do the attempt. Raises nothing that belongs to the job; what is lost is left to its next owner."""
        scratch = self._hand.store.settings.scratch / f"{self._job.id}-{self._job.attempt}"
        try:
            with self._hand.pulse.holding(self._lease, self._beat_child):
                self._settle(self._work())
        except StaleAttempt:
            log.warning("job.lease_lost")
        except Unavailable as error:
            log.warning("job.left", error=str(error))  # its lease runs out, and another attempt goes on
        finally:
            if self._child is not None:
                self._child.close()
            shutil.rmtree(scratch, ignore_errors=True)

    def _work(self) -> Ended:
        try:
            keeper = self._begin()
            ended = self._attend(keeper)
            self._flush(keeper, tell=ended is not Ended.CANCELLED)
        except (StaleAttempt, Unavailable):
            raise
        except ReverieError as error:  # an input is gone, the disk is full
            self._kill()
            self._error = error.as_json()
            return Ended.FAILED
        return ended

    def _begin(self) -> Keeper:
        job, store = self._job, self._hand.store
        params = params_of(job.kind).model_validate(job.params)
        self._pace_name = params.pace
        self._pace = Pace(known=self._hand.speeds.of(job.kind, pace=params.pace))
        laid = laid_out(store, job, params.needs())
        task = self._task(laid).write(laid.scratch / "task.json")
        self._child = Child(self._hand.starter.start(job.kind, task))
        log.info("job.started", pid=self._child.pid, resumed=laid.resume_point is not None)
        return Keeper(store=store, job=job, scratch=laid.scratch, patient=self._lease.patient)

    def _task(self, laid: Laid) -> Task:
        settings = self._hand.store.settings
        return Task(
            kind=self._job.kind,
            params=self._job.params,
            scratch=str(laid.scratch),
            cache=str(settings.cache),
            inputs={name: str(path) for name, path in laid.inputs.items()},
            facts=laid.facts,
            resume_point=str(laid.resume_point) if laid.resume_point else None,
            silence_s=settings.fence_s,
            nice=NICE,
        )

    def _attend(self, keeper: Keeper) -> Ended:
        """Hear the child out, storing as it speaks."""
        child = self._running()
        life = Life(limit_s=self._hand.store.settings.hung_s, at=time.monotonic())
        while True:
            if self._lease.lost.is_set():
                raise StaleAttempt("the lease is lost")
            if (over := self._obey(child)) is not None:
                return over
            try:
                said = child.next(SOON_S if self._batch or self._untold else LOOK_S)
            except TimeoutError:
                self._flush(keeper)
                if life.hangs(child.used_s, at=time.monotonic()):
                    return self._given_up(child)
                continue
            if said != self._progress:
                life.spoke(at=time.monotonic())
            match said:
                case Artifact() | Progress() | Measured() | Notice():
                    self._hear(keeper, said)
                case End(finished=True):
                    return Ended.FINISHED
                case End():
                    self._error = dict(said.error or {})
                    log.error("job.failed", error=self._error, traceback=said.traceback)
                    return Ended.FAILED
                case None:
                    return self._fallen(child.wait())

    def _obey(self, child: Child) -> Ended | None:
        """Do what the job's owner, or who shuts down the worker, wishes."""
        wish = self._lease.wish
        if wish is Wish.CANCEL:
            child.kill()
            return Ended.CANCELLED
        if self._job.priority < 0 and self._in_the_way(at=time.monotonic()):
            log.info("job.gave_way")
            child.kill()
            return Ended.ABANDONED
        asked = "stop" if wish is Wish.STOP else "interrupt" if wish is Wish.PAUSE or self._hand.leaving() else None
        if asked is not None and asked != self._asked:
            self._asked = asked
            child.stop(interrupt=asked == "interrupt")
        if self._hand.leaving():
            self._deadline = self._deadline or time.monotonic() + GRACE_S
            if time.monotonic() > self._deadline:
                child.kill()
                return Ended.ABANDONED
        return None

    def _in_the_way(self, *, at: float) -> bool:
        """Whether a job that matters more has waited for a while, so that no other worker takes it."""
        if at - self._looked_at < GIVE_WAY_S:
            return False
        self._looked_at, before = at, self._waits
        with self._hand.store.read() as tx:
            first = tx.jobs.foremost()
        self._waits = first.id if first is not None and first.priority > self._job.priority else None
        return self._waits is not None and self._waits == before

    def _hear(self, keeper: Keeper, said: Artifact | Progress | Measured | Notice) -> None:
        match said:
            case Progress():
                self._progress, self._untold = said, True
                self._pace.mark(said, at=time.monotonic())
                if time.monotonic() - self._told_at >= TELL_S:
                    self._flush(keeper)
            case Artifact():
                if self._batch and self._batch[0].type is not said.type:
                    self._store(keeper)
                self._batch.append(said)
                if said.type not in IN_BATCHES or len(self._batch) >= BATCH:
                    self._store(keeper)
            case Measured():
                keeper.measured(said)
            case Notice():
                keeper.notice(said)

    def _flush(self, keeper: Keeper, *, tell: bool = True) -> None:
        """Store the batch, then say how far the job is: never further than what is stored."""
        self._store(keeper)
        if self._untold and tell:
            self._tell(keeper)

    def _store(self, keeper: Keeper) -> None:
        if self._batch:
            made, self._batch = self._batch, []
            keeper.artifacts(made)

    def _tell(self, keeper: Keeper) -> None:
        progress = self._progress
        if progress is None:
            return
        remaining_s = self._pace.remaining_s(progress)
        far: dict[str, Any] = {"done": progress.done, "total": progress.total, "unit": progress.unit}
        body = {
            **far,
            "phase": progress.phase,
            "metrics": {name: value for name, value in progress.metrics.items() if name not in (WORK, WORK_TOTAL)},
            "remaining_s": remaining_s,
            "pictures_per_s": self._pace.pictures_per_s(),
        }

        def change(tx: Tx) -> None:
            id, attempt = self._job.id, self._job.attempt
            self._lease.kept(tx.jobs.beat(id, attempt))
            tx.jobs.progress(id, attempt, **far, phase=progress.phase, remaining_s=remaining_s)
            keeper.told(tx, "progress", body)

        keeper.write(change)
        self._untold, self._told_at = False, time.monotonic()

    def _fallen(self, status: int) -> Ended:
        """Judge a child that ended without a last word."""
        if status == 1:  # an error that nobody foresaw; its traceback went to the log
            self._error = JobFailed(
                "Reverie made a mistake of its own, and the job ended.",
                code="internal_error",
                remedy="Nothing is lost. Try again; if it comes back, report it with the worker's log.",
            ).as_json()
            return Ended.FAILED
        log.error("job.child_died", status=status)
        self._error = {"reason": _how_it_died(status)}
        return Ended.CRASHED

    def _given_up(self, child: Child) -> Ended:
        """End a child that lives and does nothing."""
        limit_s = self._hand.store.settings.hung_s
        log.error("job.child_hung", limit_s=limit_s)
        child.kill()
        self._error = {"reason": f"Its process neither worked nor said anything for {limit_s:g} s, and was ended."}
        return Ended.CRASHED

    def _settle(self, ended: Ended) -> None:
        """Move the job."""
        self._hand.speeds.learn(self._job.kind, self._pace.best_work_per_s, pace=self._pace_name)
        to, error = self._verdict(ended)
        keeper = Keeper(
            store=self._hand.store,
            job=self._job,
            scratch=self._hand.store.settings.scratch,
            patient=self._lease.patient,
        )

        def change(tx: Tx) -> None:
            id, attempt = self._job.id, self._job.attempt
            if to is None:
                tx.jobs.crash(id, attempt, reason=str((self._error or {}).get("reason", "")))
                return
            if to is State.SUCCEEDED and self._job.kind == "ingest":
                tx.jobs.hold(id, attempt)
                _archive_read(tx, self._job, self._progress)
            if to is State.SUCCEEDED and self._job.kind == "gather":
                tx.jobs.hold(id, attempt)
                all_came(tx, self._job)
            if to in (State.SUCCEEDED, State.CANCELLED):
                tx.resume_points.drop(id)
            tx.jobs.move(id, attempt, to, error=error)
            if self._brought(to) and self._job.dataset_id:
                look_soon(tx, IndexParams(dataset_id=self._job.dataset_id), self._job.dataset_id)

        keeper.write(change)
        log.info("job.moved", to=to or "crashed")

    def _brought(self, to: State | None) -> bool:
        """Whether there are photographs to be looked at: what an ingest has read is kept, however it ended."""
        kept = (State.SUCCEEDED, State.CANCELLED) if self._job.kind == "ingest" else (State.SUCCEEDED,)
        return self._job.kind in BRINGING and to in kept

    def _verdict(self, ended: Ended) -> tuple[State | None, dict[str, Any] | None]:
        """Say where the job goes; None: it crashed, and the store counts."""
        match ended:
            case Ended.CANCELLED:
                return State.CANCELLED, None
            case Ended.ABANDONED:
                return State.QUEUED, None
            case Ended.FAILED:
                return State.FAILED, self._error
            case Ended.CRASHED:
                return None, None
        whole = self._progress is not None and self._progress.done >= self._progress.total
        if self._asked == "interrupt" and not whole:
            return (State.PAUSED if self._lease.wish is Wish.PAUSE else State.QUEUED), None
        return State.SUCCEEDED, None

    def _running(self) -> Child:
        if self._child is None:
            raise AssertionError("the child was started")
        return self._child

    def _beat_child(self) -> None:
        if self._child is not None:
            self._child.beat()

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()


def failed(store: Store, job: Job, error: ReverieError) -> None:
    """Fail a job whose attempt broke in the worker itself; what is lost or away is left to its lease."""
    try:
        with store.begin() as tx:
            tx.jobs.move(job.id, job.attempt, State.FAILED, error=error.as_json())
    except (StaleAttempt, Unavailable, DiskFull) as left:
        log.warning("job.left", error=str(left))


def _archive_read(tx: Tx, job: Job, progress: Progress | None) -> None:
    whole = progress is None or progress.done >= progress.total
    reason = None if whole else f"Stopped after {progress.done:,} of {progress.total:,} files." if progress else None
    archive_id = UUID(job.params["archive_id"])
    tx.archives.set_state(archive_id, "ready", reason=reason)
    tx.photos.let_go_if_withdrawn(archive_id)


def _how_it_died(status: int) -> str:
    if status == -signal.SIGKILL:
        return "Its process was killed; the system does so when the memory runs out."
    if status < 0:
        return f"Its process was ended by signal {signal.Signals(-status).name}."
    return f"Its process ended with status {status}."
