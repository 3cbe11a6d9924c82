"""Racing claims: each job is claimed once, whoever asks."""

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID

from jobs.errors import StaleAttempt
from jobs.ids import new_id
from jobs.state import State
from store.leases import Seen
from store.store import Store
from tests.store import making

ROOT = Path(__file__).parents[2]
JOBS = 40


def test_processes_that_claim_at_once_get_each_job_once(store: Store) -> None:
    posted = {str(making.job(store, kind="race").id) for _ in range(JOBS)}
    environment = {
        "REVERIE_DATA": str(store.settings.data),
        "REVERIE_DATABASE_URL": store.settings.database_url,
        "PATH": "",
    }
    command = [sys.executable, "-m", "tests.store.claiming", "race"]
    claimers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:  # all are there before one begins
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    claimed = Counter(line for claimer in claimers for line in claimer.communicate()[0].split())
    assert [claimer.returncode for claimer in claimers] == [0, 0, 0]
    assert claimed == Counter(posted)
    assert_each_claimed_once(store)


def test_threads_that_claim_at_once_get_each_job_once(store: Store) -> None:
    posted = {making.job(store, kind="race").id for _ in range(JOBS)}
    claimed: list[object] = []

    def claim_all() -> None:
        while True:
            with store.begin() as tx:
                job = tx.jobs.claim(new_id(), ["race"])
            if job is None:
                return
            claimed.append(job.id)

    threads = [threading.Thread(target=claim_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(claimed) == Counter(posted)
    assert_each_claimed_once(store)


def assert_each_claimed_once(store: Store) -> None:
    with store.read() as tx:
        jobs = tx.jobs.page(kind="race", limit=200).items
        assert {(job.state, job.attempt) for job in jobs} == {(State.RUNNING, 1)}
        ids = [event.id for event in tx.events.after_all(limit=1000)]
    assert ids == sorted(set(ids))


def test_of_a_worker_and_a_sweeper_one_has_the_job(store: Store) -> None:
    """A beat and a sweep at once: the job is either still the worker's, or wholly taken back."""
    for _ in range(10):
        job = making.running(store)
        kept: list[bool] = []
        worker = threading.Thread(target=lambda job_id, into: into.append(beats(store, job_id)), args=(job.id, kept))
        worker.start()
        with store.begin() as tx:
            taken = tx.jobs.sweep({job.id: Seen(1, job.heartbeat, 0.0)}, at=100, lease_s=60)
        worker.join()
        assert [job.id] * (not kept[0]) == [lost.id for lost in taken]


def beats(store: Store, job_id: UUID) -> bool:
    """Beat once, as the first attempt; tell whether the lease was kept."""
    try:
        with store.begin() as tx:
            tx.jobs.beat(job_id, 1)
    except StaleAttempt:
        return False
    return True
