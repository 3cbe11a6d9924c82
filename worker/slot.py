"""A slot: one thread that claims a job, sees it through, and claims the next."""

from __future__ import annotations

import os
import signal
import threading
import time
from uuid import UUID

import structlog

from jobs.errors import DiskFull, JobFailed, ReverieError, Unavailable
from jobs.ids import new_id
from kinds.cores import cores
from kinds.registry import KINDS
from store.rows import Job
from store.store import Store
from worker.attempt import Attempt, Hand, failed
from worker.gathering import finish
from worker.layout import forget_withdrawn, tidy
from worker.looks import look_again
from worker.pulse import Pulse
from worker.speeds import Speeds
from worker.starting import Starter

log = structlog.get_logger()

FORGET_S = 30.0  # between two looks for withdrawn photographs in the cache, between jobs
SWEEP_S = 3600.0  # between two sweeps of unnamed objects
WAKE_S = 1.0


class Slot:
    """Works from `start` until `stop`; the doorbell wakes it, and it looks every `poll_s` by itself."""

    def __init__(self, store: Store) -> None:
        self.worker_id: UUID = new_id()
        self._store = store
        self._bell = threading.Event()
        self._leaving = threading.Event()
        self._speeds = Speeds(store.settings.cache)
        self._pulse = Pulse(store, worker_id=self.worker_id, speeds=self._speeds, on_death=_end_process)
        self._starter = Starter(threads=store.settings.threads or cores())
        self._swept_at = -SWEEP_S
        self._forgot_at = -FORGET_S
        self._thread = threading.Thread(target=self._work_on, name="slot")

    def start(self) -> None:
        """Begin to work."""
        self._pulse.start()
        self._thread.start()
        log.info("worker.started", worker=str(self.worker_id))

    def ring(self) -> None:
        """Say that there may be something to do."""
        self._bell.set()

    def stop(self) -> None:
        """Ask for the end: what runs saves its state and goes back into the queue."""
        self._leaving.set()
        self._bell.set()

    def join(self) -> None:
        """Wait for the end."""
        while self._thread.is_alive():
            # The system may hand SIGTERM to any thread, and Python acts on it in the main one, once that wakes.
            self._thread.join(WAKE_S)
        self._starter.close()
        self._pulse.close()
        log.info("worker.ended", worker=str(self.worker_id))

    def _work_on(self) -> None:
        try:
            self._work()
        finally:
            if not self._leaving.is_set():
                _end_process()

    def _work(self) -> None:
        self._look_again()
        while not self._leaving.is_set():
            self._bell.clear()  # before the look: a ring that comes during it counts
            self._forget()
            self._finish()
            job = self._claim()
            if job is None:
                self._tidy()
                self._starter.rest()
                self._bell.wait(self._store.settings.poll_s)
            else:
                self._see_through(job)

    def _forget(self) -> None:
        """Delete what was made of photographs that were withdrawn since; a machine's cache is its own worker's care."""
        if time.monotonic() - self._forgot_at < FORGET_S:
            return
        self._forgot_at = time.monotonic()
        try:
            if gone := forget_withdrawn(self._store):
                log.info("cache.forgot", arrays=gone)
        except (ReverieError, OSError, ValueError) as error:
            log.warning("cache.forget_failed", error=str(error))

    def _look_again(self) -> None:
        """After an update, see to it that no archive keeps what an older network has found."""
        try:
            if count := look_again(self._store):
                log.info("index.outdated", datasets=count)
        except ReverieError as error:  # nothing reads such files, and a job that looks lets go of them as well
            log.warning("index.look_again_failed", error=str(error))

    def _finish(self) -> None:
        """Do what gatherings leave to do, wherever they were when they ended."""
        try:
            if count := finish(self._store):
                log.info("gathering.finished", photos=count)
        except ReverieError as error:
            log.warning("gathering.finish_failed", error=str(error))

    def _claim(self) -> Job | None:
        try:
            with self._store.begin() as tx:
                return tx.jobs.claim(self.worker_id, KINDS)
        except (Unavailable, DiskFull) as error:
            log.warning("worker.claim_failed", error=str(error))
            return None

    def _see_through(self, job: Job) -> None:
        with structlog.contextvars.bound_contextvars(job=str(job.id), attempt=job.attempt, kind=job.kind):
            hand = Hand(
                store=self._store,
                pulse=self._pulse,
                speeds=self._speeds,
                starter=self._starter,
                leaving=self._leaving.is_set,
            )
            try:
                Attempt(hand, job).run()
            except Exception as error:
                # The worker's last line: a mistake of ours fails the job, and the worker lives on.
                log.exception("job.broke_the_worker")
                failed(self._store, job, _in_plain_words(error))

    def _tidy(self) -> None:
        if time.monotonic() - self._swept_at < SWEEP_S:
            return
        self._swept_at = time.monotonic()
        try:
            folders = tidy(self._store)
            swept = self._store.sweep()
        except (ReverieError, OSError) as error:
            log.warning("store.sweep_failed", error=str(error))
        else:
            log.info("store.swept", objects=swept.objects, parts=swept.parts, scratch=folders)


def _end_process() -> None:
    """End a worker that cannot work any more, in order: who started it starts another one."""
    log.error("worker.broken")
    os.kill(os.getpid(), signal.SIGTERM)


def _in_plain_words(error: Exception) -> ReverieError:
    if isinstance(error, ReverieError):
        return error
    return JobFailed(
        "Reverie made a mistake of its own, and the job ended.",
        code="internal_error",
        remedy="Nothing is lost. Try again; if it comes back, report it with the worker's log.",
    )
