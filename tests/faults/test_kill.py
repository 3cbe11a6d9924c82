"""kill -9 of a child, of a worker, at any moment: nothing lost or doubled, the same bits in the end."""

import contextlib
import signal
import subprocess
from collections.abc import Mapping

import numpy as np
import psutil

from jobs.state import State, Wish
from store.objects import digest
from store.rows import Job
from store.sweep import sweep
from tests.kinds.pictures import jpeg
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of, gone

KILLS = 10


def hashes(house: House, job: Job) -> Mapping[int | None, str]:
    return {model.step: model.hash for model in house.models(job)}


def test_a_pause_and_a_worker_that_shuts_down_change_no_bit(sqlite_house: House) -> None:
    house = sqlite_house
    dataset, base = house.photographs(), house.base()
    alone, paused = house.train(dataset, base), house.train(dataset, base)
    with house.worker() as first:
        house.until_ended(alone)
        house.until_step(paused, 9)
        with house.store.begin() as tx:
            tx.jobs.wish(paused.id, Wish.PAUSE)
        house.until_state(paused, State.PAUSED)
        with house.store.begin() as tx:
            assert tx.resume_points.get(paused.id) is not None
            tx.jobs.resume(paused.id)
        house.until_step(paused, 40, attempt=2)
        first.terminate()
        assert first.wait(LONG_S) == 0
    assert house.job(paused).state is State.QUEUED
    with house.worker():
        ended = house.until_ended(paused)
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 3)
    assert hashes(house, paused) == hashes(house, alone)


def test_a_job_that_dies_three_times_at_the_same_place_fails_and_says_what_to_do(sqlite_house: House) -> None:
    house = sqlite_house
    job = house.train(house.photographs(), house.base())
    with house.worker() as worker:
        for attempt in (1, 2, 3):
            until_attempt(house, job, attempt)
            child_of(worker).kill()
        ended = house.until_ended(job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "worker_crashed"
    assert ended.error["remedy"]
    assert ended.attempt == 3


def test_a_child_that_hangs_is_ended_and_its_job_goes_on(sqlite_house: House) -> None:
    house = sqlite_house
    job = house.train(house.photographs(), house.base(), steps=100_000, snapshot_steps=[0])
    with house.worker(hung_s=3) as worker:
        house.until_step(job, 5)
        child_of(worker).suspend()
        house.until_step(job, 6, attempt=2)
        with house.store.begin() as tx:
            tx.jobs.wish(job.id, Wish.STOP)
        ended = house.until_ended(job)
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 2)
    with house.store.read() as tx:
        first, second = tx.jobs.attempts(job.id)
    assert (first.outcome, second.outcome) == ("crashed", "succeeded")
    assert first.error is not None
    assert "neither worked nor said anything for 3 s" in first.error["detail"]


def test_a_frozen_worker_leaves_no_orphan_and_cannot_disturb_its_successor(postgres_house: House) -> None:
    house = postgres_house
    job = house.train(house.photographs(), house.base(), steps=100_000, snapshot_steps=[0])
    with house.worker() as frozen:
        house.until_step(job, 5)
        orphan = child_of(frozen)
        frozen.send_signal(signal.SIGSTOP)
        until(lambda: gone(orphan), LONG_S)
        with house.worker():
            house.until_step(job, 10, attempt=2)
            frozen.send_signal(signal.SIGCONT)
            until(lambda: "job.lease_lost" in house.log(), LONG_S)
            with house.store.begin() as tx:
                tx.jobs.wish(job.id, Wish.STOP)
            ended = house.until_ended(job)
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 2)
    assert max(model.step or 0 for model in house.models(job)) == ended.done


def test_an_ingest_killed_at_ten_moments_gives_the_same_dataset(house: House) -> None:
    """Twice the child that reads, then the worker, and again; in the end each file in the store has its row."""
    entries = {f"{i}.jpg": jpeg(i % 25, size=(400, 300)) for i in range(60)} | {"x.txt": b"no picture"}
    alone, killed = house.ingest(entries), house.ingest(entries)
    with house.worker():
        house.until_ended(alone)
    moments = sorted(np.random.default_rng(6).choice(55, KILLS, replace=False).tolist())
    worker = house.start_worker()
    for number, moment in enumerate(moments):
        until_rows(house, killed, moment)
        if number % 3 == 2:
            worker.kill()
            worker.wait()
            worker = house.start_worker()
        elif (child := reading(worker)) is not None:
            child.kill()
    ended = house.until_ended(killed)
    worker.terminate()
    worker.wait(LONG_S)
    assert ended.state is State.SUCCEEDED
    assert rows(house, killed) == rows(house, alone)
    assert len(rows(house, alone)) == 61
    with house.store.read() as tx:
        views = [len(tx.views.of_dataset(job.dataset_id)) for job in (alone, killed) if job.dataset_id]
    assert views == [25, 25]
    sweep(house.store, older_than_s=-60)
    assert contents(house, killed) == contents(house, alone)
    kept = sorted(path for path in (house.folder / "objects" / "photos").rglob("*") if path.is_file())
    assert kept == sorted(house.store.objects.path(key) for job in (alone, killed) for key in keys(house, job))


def until_attempt(house: House, job: Job, attempt: int) -> None:
    until(lambda: (house.job(job).attempt, house.job(job).state) == (attempt, State.RUNNING), LONG_S)


def until_rows(house: House, job: Job, count: int) -> None:
    until(lambda: len(rows(house, job)) >= count, LONG_S)


def reading(worker: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The child that reads, or None if it has ended by itself."""
    for child in psutil.Process(worker.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is none either
            if "worker.child" in child.cmdline():
                return child
    return None


def keys(house: House, job: Job) -> list[str]:
    assert job.dataset_id is not None
    with house.store.read() as tx:
        photos = tx.photos.page(job.dataset_id, limit=200).items
    return [key for photo in photos for key in photo.keys]


def contents(house: House, job: Job) -> list[str]:
    """The hashes of all files that the rows name."""
    return [digest(house.store.objects.path(key))[0] for key in keys(house, job)]


def rows(house: House, job: Job) -> list[tuple[object, ...]]:
    assert job.dataset_id is not None
    with house.store.read() as tx:
        photos = tx.photos.page(job.dataset_id, limit=200).items
    return [(p.position, p.name, p.state, p.reason, p.sha256, p.phash, p.width, bool(p.duplicate_of)) for p in photos]
