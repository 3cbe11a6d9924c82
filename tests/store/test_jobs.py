"""The queue: who may move a job, and what is told of it."""

from collections.abc import Callable
from uuid import UUID

import pytest

from jobs.errors import NotFound, StaleAttempt, WrongState
from jobs.ids import new_id
from jobs.state import State, Wish
from store.leases import Seen
from store.rows import Job
from store.shelves import Wanted
from store.store import Store
from store.tx import Tx
from tests.store import making


def read(store: Store, job: Job) -> Job:
    with store.read() as tx:
        return tx.jobs.get(job.id)


def told(store: Store, job: Job) -> list[str]:
    with store.read() as tx:
        return [event.body["to"] for event in tx.events.after(job.id) if event.type == "state"]


def test_a_job_keeps_what_it_was_posted_with(store: Store) -> None:
    params = {"steps": 150, "gamma": 0.5, "name": "Ünïcode ✓", "nested": {"list": [1, None, True]}}
    dataset = making.dataset(store)
    posted = making.job(store, params=params, pins={"dataset": {"revision": 3}}, dataset_id=dataset.id, priority=2)
    found = read(store, posted)
    assert found == posted
    assert (found.params, found.state, found.attempt) == (params, State.QUEUED, 0)
    assert found.created_at.utcoffset() is not None
    assert told(store, posted) == ["queued"]


def test_jobs_are_claimed_by_priority_and_then_as_they_came(store: Store) -> None:
    first, second = (making.job(store, kind="train") for _ in range(2))
    urgent = making.job(store, kind="generate", priority=1)
    making.job(store, kind="other")
    claimed = []
    for _ in range(4):
        with store.begin() as tx:
            claimed.append(tx.jobs.claim(new_id(), ["train", "generate"]))
    assert [job.id if job else None for job in claimed] == [urgent.id, first.id, second.id, None]


def test_a_claim_begins_an_attempt(store: Store) -> None:
    job = making.running(store)
    assert (job.state, job.attempt, job.last_seq) == (State.RUNNING, 1, 2)
    assert read(store, job) == job
    with store.read() as tx:
        (attempt,) = tx.jobs.attempts(job.id)
    assert (attempt.attempt, attempt.worker_id, attempt.outcome) == (1, job.worker_id, None)


def test_a_failed_attempt_keeps_its_error_when_the_job_is_retried(store: Store) -> None:
    job = making.running(store)
    error = {"code": "diverged", "detail": "The losses are not finite."}
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.FAILED, error=error)
    assert read(store, job).error == error
    with store.begin() as tx:
        tx.jobs.retry(job.id)
        tx.jobs.retry(job.id)
    again = making.claimed(store, job.kind)
    assert (again.attempt, again.error) == (2, None)
    with store.read() as tx:
        assert [attempt.error for attempt in tx.jobs.attempts(job.id)] == [error, None]
        failed = [event for event in tx.events.after(job.id) if event.body["to"] == "failed"]
    assert failed[0].body["error"] == error


def test_a_stale_attempt_writes_nothing(store: Store) -> None:
    job = making.running(store)
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    before = read(store, job)
    model = making.model()
    with store.begin() as tx:
        tx.models.add(model)
    stale: list[Callable[[Tx], object]] = [
        lambda tx: tx.jobs.beat(job.id, 1),
        lambda tx: tx.jobs.progress(job.id, 1, done=1, total=2, unit="step"),
        lambda tx: tx.jobs.move(job.id, 1, State.SUCCEEDED),
        lambda tx: tx.jobs.crash(job.id, 1),
        lambda tx: tx.jobs.hold(job.id, 1),
        lambda tx: tx.events.append(job.id, attempt=1, type="progress", body={}),
        lambda tx: tx.models.add_snapshot(making.snapshot(job, 10), attempt=1),
        lambda tx: tx.models.set_measures(model.id, {"kernel": 1.0}, job_id=job.id, attempt=1),
        lambda tx: tx.models.set_sheet(model.id, "key", job_id=job.id, attempt=1),
        lambda tx: tx.samples.add_many(job.id, 1, [making.sample(job, 0, model.id)]),
        lambda tx: tx.resume_points.put(job.id, 1, step=10, files={}, size_bytes=1),
    ]
    for write in stale:
        with pytest.raises(StaleAttempt), store.begin() as tx:
            write(tx)
    assert read(store, job) == before
    with store.read() as tx:
        assert tx.models.of_job(job.id) == []
        assert tx.models.get(model.id) == model
        assert tx.samples.page(Wanted(job_id=job.id)).items == []
        assert tx.resume_points.get(job.id) is None


def test_progress_and_beats_are_kept(store: Store) -> None:
    job = making.running(store)
    with store.begin() as tx:
        assert tx.jobs.beat(job.id, 1) is None
        tx.jobs.progress(job.id, 1, done=3, total=9, unit="step", phase="training", remaining_s=12.5)
    found = read(store, job)
    assert (found.done, found.total, found.unit, found.phase, found.remaining_s) == (3, 9, "step", "training", 12.5)
    assert found.heartbeat == job.heartbeat + 1


@pytest.mark.parametrize("wish", list(Wish))
def test_a_running_job_learns_the_wish_with_its_heartbeat(store: Store, wish: Wish) -> None:
    job = making.running(store)
    for _ in range(2):
        with store.begin() as tx:
            assert tx.jobs.wish(job.id, wish).wish is wish
    with store.begin() as tx:
        assert tx.jobs.beat(job.id, 1) is wish


def test_a_stronger_wish_wins_and_a_weaker_is_refused(store: Store) -> None:
    job = making.running(store)
    for wish in (Wish.PAUSE, Wish.STOP, Wish.CANCEL):
        with store.begin() as tx:
            tx.jobs.wish(job.id, wish)
    with pytest.raises(WrongState, match="asked to cancel already"), store.begin() as tx:
        tx.jobs.wish(job.id, Wish.STOP)
    assert read(store, job).wish is Wish.CANCEL


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    job = making.job(store)
    for _ in range(2):
        with store.begin() as tx:
            assert tx.jobs.wish(job.id, Wish.CANCEL).state is State.CANCELLED
    assert told(store, job) == ["queued", "cancelled"]


def test_to_stop_a_job_that_never_began_is_to_cancel_it(store: Store) -> None:
    job = making.job(store)
    with store.begin() as tx:
        assert tx.jobs.wish(job.id, Wish.STOP).state is State.CANCELLED


def test_to_stop_a_waiting_job_that_has_learnt_lets_it_save_first(store: Store) -> None:
    job = making.running(store)
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.QUEUED)
        assert tx.jobs.wish(job.id, Wish.STOP).state is State.QUEUED
    assert making.claimed(store, job.kind).wish is Wish.STOP


def test_a_waiting_job_cannot_be_paused(store: Store) -> None:
    job = making.job(store)
    with pytest.raises(WrongState, match="queued") as refused, store.begin() as tx:
        tx.jobs.wish(job.id, Wish.PAUSE)
    assert refused.value.remedy


def paused(store: Store) -> Job:
    job = making.running(store)
    with store.begin() as tx:
        tx.jobs.wish(job.id, Wish.PAUSE)
        return tx.jobs.move(job.id, 1, State.PAUSED)


def test_a_paused_job_is_resumed_stopped_or_cancelled(store: Store) -> None:
    job = paused(store)
    assert job.wish is None
    with store.begin() as tx:
        assert tx.jobs.wish(job.id, Wish.PAUSE) == job
        assert tx.jobs.resume(job.id).state is State.QUEUED
        assert tx.jobs.resume(job.id).state is State.QUEUED
    assert making.claimed(store, job.kind).wish is None
    job = paused(store)
    with store.begin() as tx:
        stopped = tx.jobs.wish(job.id, Wish.STOP)
    assert (stopped.state, stopped.wish) == (State.QUEUED, Wish.STOP)
    job = paused(store)
    with store.begin() as tx:
        assert tx.jobs.wish(job.id, Wish.CANCEL).state is State.CANCELLED


@pytest.mark.parametrize(
    ("ended", "same", "other"),
    [(State.SUCCEEDED, Wish.STOP, Wish.CANCEL), (State.CANCELLED, Wish.CANCEL, Wish.STOP)],
)
def test_of_an_ended_job_only_its_own_outcome_can_be_wished(
    store: Store, ended: State, same: Wish, other: Wish
) -> None:
    job = making.running(store)
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, ended)
        assert tx.jobs.wish(job.id, same).state is ended
    for wish in (other, Wish.PAUSE):
        with pytest.raises(WrongState, match=ended), store.begin() as tx:
            tx.jobs.wish(job.id, wish)
    with pytest.raises(WrongState), store.begin() as tx:
        tx.jobs.resume(job.id)
    with pytest.raises(WrongState), store.begin() as tx:
        tx.jobs.retry(job.id)


def test_three_crashes_without_getting_further_end_a_job(store: Store) -> None:
    job = making.running(store)
    for attempt in (1, 2):
        with store.begin() as tx:
            assert tx.jobs.crash(job.id, attempt, reason="Killed by signal 9.").state is State.QUEUED
        making.claimed(store, job.kind)
    with store.begin() as tx:
        ended = tx.jobs.crash(job.id, 3, reason="Killed by signal 9.")
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "worker_crashed"
    assert "signal 9" in ended.error["detail"]
    assert ended.error["remedy"]
    with store.read() as tx:
        assert [attempt.outcome for attempt in tx.jobs.attempts(job.id)] == ["crashed"] * 3
    with store.begin() as tx:
        assert tx.jobs.retry(job.id).crashes == 0


def test_a_newer_resume_point_forgives_the_crashes(store: Store) -> None:
    job = making.running(store)
    for attempt in range(1, 7):
        with store.begin() as tx:
            tx.resume_points.put(job.id, attempt, step=attempt * 10, files={}, size_bytes=1)
            assert tx.jobs.crash(job.id, attempt).state is State.QUEUED
        making.claimed(store, job.kind)
    for attempt in (7, 8):
        with store.begin() as tx:  # the same step again is not further
            tx.resume_points.put(job.id, attempt, step=60, files={}, size_bytes=1)
            ended = tx.jobs.crash(job.id, attempt)
        if attempt == 7:
            assert ended.state is State.QUEUED
            making.claimed(store, job.kind)
    assert ended.state is State.FAILED


def test_a_lease_is_lost_when_the_heartbeat_stands_still(store: Store) -> None:
    job = making.running(store)
    seen: dict[UUID, Seen] = {}
    for at in (1000.0, 1059.9):
        with store.begin() as tx:
            assert tx.jobs.sweep(seen, at=at, lease_s=60) == []
    with store.begin() as tx:
        tx.jobs.beat(job.id, 1)
    with store.begin() as tx:
        assert tx.jobs.sweep(seen, at=1061.0, lease_s=60) == []
    with store.begin() as tx:
        assert tx.jobs.sweep(seen, at=1120.0, lease_s=60) == []
    with store.begin() as tx:
        (lost,) = tx.jobs.sweep(seen, at=1121.0, lease_s=60)
    assert (lost.id, lost.state, lost.crashes) == (job.id, State.QUEUED, 1)
    with pytest.raises(StaleAttempt), store.begin() as tx:
        tx.jobs.beat(job.id, 1)
    with store.read() as tx:
        (attempt,) = tx.jobs.attempts(job.id)
    assert attempt.outcome == "lost"


def test_a_sweeper_that_has_just_begun_takes_nothing(store: Store) -> None:
    making.running(store)
    with store.begin() as tx:
        assert tx.jobs.sweep({}, at=1e9, lease_s=60) == []


def test_a_job_that_moved_since_it_was_judged_is_left_alone(store: Store) -> None:
    job = making.running(store)
    seen = {job.id: Seen(1, job.heartbeat, 0.0)}
    with store.begin() as tx:
        tx.jobs.beat(job.id, 1)
    with store.begin() as tx:
        assert tx.jobs.sweep(seen, at=100.0, lease_s=60) == []
    assert read(store, job).state is State.RUNNING


@pytest.mark.parametrize(("wish", "to"), [(Wish.CANCEL, State.CANCELLED), (Wish.PAUSE, State.PAUSED)])
def test_a_lost_lease_fulfils_the_wish(store: Store, wish: Wish, to: State) -> None:
    job = making.running(store)
    with store.begin() as tx:
        tx.jobs.wish(job.id, wish)
    seen: dict[UUID, Seen] = {}
    for at in (0.0, 61.0):
        with store.begin() as tx:
            tx.jobs.sweep(seen, at=at, lease_s=60)
    assert read(store, job).state is to


def test_an_archive_follows_its_job(store: Store) -> None:
    dataset = making.dataset(store)
    job = making.running(store, kind="ingest", dataset_id=dataset.id)
    with store.begin() as tx:
        archive = making.archive(tx, dataset.id, job.id)
    assert_busy(store, dataset.id, busy=True)
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.FAILED, error={"detail": "It ends too early."})
    with store.read() as tx:
        assert (tx.archives.get(archive.id).state, tx.archives.get(archive.id).reason) == (
            "refused",
            "It ends too early.",
        )
    assert_busy(store, dataset.id, busy=False)
    with store.begin() as tx:
        tx.jobs.retry(job.id)
    with store.read() as tx:
        assert tx.archives.get(archive.id).state == "received"
    assert_busy(store, dataset.id, busy=True)


def assert_busy(store: Store, dataset_id: UUID, *, busy: bool) -> None:
    with store.read() as tx:
        assert (dataset_id in tx.datasets.busy([dataset_id])) == busy


def test_an_unknown_job_is_not_found(store: Store) -> None:
    asked: list[Callable[[Tx], object]] = [
        lambda tx: tx.jobs.get(new_id()),
        lambda tx: tx.jobs.wish(new_id(), Wish.STOP),
        lambda tx: tx.events.record(new_id(), attempt=0, type="notice", body={}),
    ]
    for ask in asked:
        with pytest.raises(NotFound), store.begin() as tx:
            ask(tx)


def test_jobs_are_listed_newest_first_by_kind_and_state(store: Store) -> None:
    trains = [making.job(store, kind="train") for _ in range(3)]
    making.job(store, kind="generate")
    making.claimed(store, "train")
    with store.read() as tx:
        assert [job.id for job in tx.jobs.page(kind="train").items] == [job.id for job in reversed(trains)]
        queued = tx.jobs.page(kind="train", state=State.QUEUED).items
        assert [job.id for job in queued] == [trains[2].id, trains[1].id]
        assert tx.jobs.queued() == [trains[1].id, trains[2].id, tx.jobs.page(kind="generate").items[0].id]
        assert tx.jobs.counts() == {
            ("train", State.RUNNING): 1,
            ("train", State.QUEUED): 2,
            ("generate", State.QUEUED): 1,
        }
