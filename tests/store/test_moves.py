"""Any sequence of moves keeps to `MOVES`, and a stale attempt writes nothing."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.errors import Conflict, StaleAttempt
from jobs.ids import new_id
from jobs.state import ENDED, MOVES, State, Wish
from store.leases import MAX_CRASHES, Seen
from store.rows import Job
from store.store import Store

WORKER_MOVES = sorted(MOVES[State.RUNNING])
OWNER = [("wish", wish) for wish in Wish] + [("resume", None), ("retry", None)]
WORKER = [("move", to) for to in WORKER_MOVES] + [("beat", None), ("crash", None), ("resume point", None)]
STEPS = st.one_of(
    st.sampled_from([*OWNER, *WORKER, *[("claim", None)] * 5, *[("sweep", None)] * 2]),
    st.tuples(st.sampled_from([what for what, _ in WORKER]), st.sampled_from(WORKER_MOVES)).map(lambda s: ("stale", s)),
)


class Actor:
    """Does one step after another to a job of its own, as an owner, a worker, a late worker and a sweeper would."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kind = f"k{new_id().hex[:30]}"
        with store.begin() as tx:
            self.id = tx.jobs.add(kind=self.kind, params={}).id
        self.clock = 0.0
        self.step = 0
        self.seen: dict[UUID, Seen] = {}

    def job(self) -> Job:
        with self.store.read() as tx:
            return tx.jobs.get(self.id)

    def do(self, what: str, how: Any) -> None:
        with self.store.begin() as tx:
            match what:
                case "claim":
                    tx.jobs.claim(new_id(), [self.kind])
                case "sweep":
                    self.clock += 40
                    tx.jobs.sweep(self.seen, at=self.clock, lease_s=60)
                case "wish":
                    tx.jobs.wish(self.id, how)
                case "resume":
                    tx.jobs.resume(self.id)
                case "retry":
                    tx.jobs.retry(self.id)
        if what not in ("claim", "sweep", "wish", "resume", "retry"):
            self.work(what, how, self.job().attempt)

    def work(self, what: str, how: Any, attempt: int) -> None:
        with self.store.begin() as tx:
            match what:
                case "beat":
                    tx.jobs.beat(self.id, attempt)
                case "crash":
                    tx.jobs.crash(self.id, attempt)
                case "move":
                    tx.jobs.move(self.id, attempt, how, error={"detail": "no"} if how is State.FAILED else None)
                case "resume point":
                    self.step += 1
                    tx.resume_points.put(self.id, attempt, step=self.step, files={}, size_bytes=0)


@given(steps=st.lists(STEPS, min_size=1, max_size=25))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_steps_keep_to_the_moves(store: Store, steps: list[tuple[str, Any]]) -> None:
    actor = Actor(store)
    for what, how in steps:
        before = actor.job()
        try:
            if what == "stale":
                actor.work(how[0], how[1], before.attempt - 1)
                raise AssertionError("a stale attempt was let in")
            actor.do(what, how)
        except StaleAttempt:
            assert what == "stale" or before.state is not State.RUNNING
            assert actor.job() == before
        except Conflict:
            assert actor.job() == before
        after = actor.job()
        assert after.state is before.state or after.state in MOVES[before.state]
        assert after.attempt - before.attempt == (after.state is State.RUNNING and before.state is State.QUEUED)
        assert (after.ended_at is not None) == (after.state in ENDED)
        assert after.crashes <= MAX_CRASHES
    _told_whole(store, actor.job())


def _told_whole(store: Store, job: Job) -> None:
    """The job's events tell the same story: each move once, numbered without a gap."""
    with store.read() as tx:
        events = tx.events.after(job.id)
        attempts = tx.jobs.attempts(job.id)
    assert [event.seq for event in events] == list(range(1, job.last_seq + 1))
    states = [State(event.body["to"]) for event in events if event.type == "state"]
    assert states[0] is State.QUEUED
    assert states[-1] is job.state
    assert all(to in MOVES[before] for before, to in pairwise(states))
    assert [attempt.attempt for attempt in attempts] == list(range(1, job.attempt + 1))
    open_ones = [attempt for attempt in attempts if attempt.ended_at is None]
    assert len(open_ones) == (job.state is State.RUNNING)
