"""The story of a job: numbered without a gap, seen in order by whoever follows it."""

import threading
from datetime import timedelta
from uuid import UUID

from jobs.state import State
from store.rows import Event
from store.store import Store
from tests.store import making


def test_lines_are_numbered_and_read_after_a_number(store: Store) -> None:
    job = making.running(store)
    with store.begin() as tx:
        seqs = [tx.events.append(job.id, attempt=1, type="progress", body={"done": done}) for done in range(5)]
    assert seqs == [3, 4, 5, 6, 7]
    with store.read() as tx:
        assert [event.seq for event in tx.events.after(job.id, 4)] == [5, 6, 7]
        assert [event.seq for event in tx.events.after(job.id, 4, limit=2)] == [5, 6]
        assert [event.body["done"] for event in tx.events.of_types(job.id, "progress")] == list(range(5))
        assert tx.events.last_id() == tx.events.after_all()[-1].id
        assert tx.jobs.get(job.id).last_seq == 7


def test_a_long_story_is_read_thinned(store: Store) -> None:
    """Every k-th line, the last one, and the first one of an attempt."""
    job = making.running(store)

    def tell(attempt: int, first: int, end: int) -> None:
        with store.begin() as tx:
            for done in range(first, end):
                tx.events.append(job.id, attempt=attempt, type="progress", body={"done": done})
                tx.events.append(job.id, attempt=attempt, type="notice", body={})

    def told(most: int) -> list[int]:
        with store.read() as tx:
            return [line.body["done"] for line in tx.events.thinned(job.id, "progress", most=most)]

    assert told(5) == []
    tell(1, 0, 10)
    assert told(100) == told(10) == list(range(10))
    assert told(5) == [0, 2, 4, 6, 8, 9]
    assert told(1) == [0, 9]
    with store.begin() as tx:
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    tell(2, 7, 12)
    assert told(5) == [0, 3, 6, 9, 7, 9, 11]


def test_a_transaction_that_fails_tells_nothing(store: Store) -> None:
    job = making.running(store)
    try:
        with store.begin() as tx:
            tx.events.append(job.id, attempt=1, type="progress", body={})
            raise KeyError
    except KeyError:
        pass
    with store.read() as tx:
        assert [event.type for event in tx.events.after(job.id)] == ["state", "state"]
        assert tx.jobs.get(job.id).last_seq == 2


def test_bodies_keep_their_values_and_times_are_aware(store: Store) -> None:
    job = making.running(store)
    body = {"text": 'naïve ✓ "quoted"', "list": [1, 2.5, None, True], "deep": {"er": {"x": -1e-9}}}
    odd = {"nan": float("nan"), "infinite": [float("inf")], "zero": "a\0b", "half": "\ud83d", "tuple": (1, 2)}
    with store.begin() as tx:
        tx.events.append(job.id, attempt=1, type="notice", body=body)
        tx.events.append(job.id, attempt=1, type="notice", body=odd)
    with store.read() as tx:
        first, second = tx.events.of_types(job.id, "notice")
    assert first.body == body
    assert second.body == {"nan": None, "infinite": [None], "zero": "a\ufffdb", "half": "\ufffd", "tuple": [1, 2]}
    assert first.at.utcoffset() == timedelta(0)


def test_a_follower_of_all_jobs_misses_no_line(store: Store) -> None:
    """Writers of several jobs at once, and one who reads on from the last id that it saw."""
    jobs = [making.running(store) for _ in range(4)]
    with store.read() as tx:
        last = tx.events.last_id()

    def write(job_id: UUID) -> None:
        for number in range(15):
            with store.begin() as tx:
                tx.events.append(job_id, attempt=1, type="progress", body={"done": number})

    writers = [threading.Thread(target=write, args=(job.id,)) for job in jobs]
    for writer in writers:
        writer.start()
    seen: list[Event] = []
    while len(seen) < 60:
        writing = any(writer.is_alive() for writer in writers)  # before the look: what they wrote is seen then
        with store.read() as tx:
            new = tx.events.after_all(seen[-1].id if seen else last)
        seen += new
        assert new or writing
    for writer in writers:
        writer.join()
    for job in jobs:
        assert [event.seq for event in seen if event.job_id == job.id] == list(range(3, 18))
