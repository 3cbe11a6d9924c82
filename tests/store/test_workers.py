"""Workers that are there, and keys that make one job of two requests."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from jobs.errors import BadParams, KeyReused
from jobs.ids import new_id
from store import tables as t
from store.store import Store
from store.types import now


def test_a_worker_is_seen_while_it_beats(store: Store) -> None:
    worker, renderer = new_id(), new_id()
    for _ in range(3):
        with store.begin() as tx:
            tx.workers.beat(worker, name="host:1", device="cpu", facts={"threads": 2})
    with store.begin() as tx:
        tx.workers.beat(renderer, name="host:2", role="renderer", device="cpu")
    with store.read() as tx:
        first, second = tx.workers.seen(within_s=60)
        assert tx.workers.seen(within_s=60, role="renderer") == [second]
    assert (first.id, first.heartbeat, first.facts, first.role) == (worker, 3, {"threads": 2}, "worker")
    with store.begin() as tx:
        old = {"seen_at": now() - timedelta(days=2)}
        tx.connection.execute(sa.update(t.workers).where(t.workers.c.id == worker).values(**old))
        tx.workers.leave(renderer)
        assert tx.workers.seen(within_s=60) == []
        assert tx.workers.forget() == 1


def test_the_same_request_twice_has_one_job(store: Store) -> None:
    first, second = new_id(), new_id()
    with store.begin() as tx:
        assert tx.keys.claim("key", "a" * 64, first) == first
    with store.begin() as tx:
        assert tx.keys.claim("key", "a" * 64, second) == first
    with pytest.raises(KeyReused), store.begin() as tx:
        tx.keys.claim("key", "b" * 64, second)
    for empty in ("", "x" * 201):
        with pytest.raises(BadParams), store.begin() as tx:
            tx.keys.claim(empty, "a" * 64, second)


def test_a_key_is_free_again_after_a_day(store: Store) -> None:
    first, second = new_id(), new_id()
    with store.begin() as tx:
        tx.keys.claim("key", "a" * 64, first)
        tx.keys.claim("other", "a" * 64, first)
        tx.connection.execute(sa.update(t.idempotency_keys).values(created_at=now() - timedelta(hours=25)))
    with store.begin() as tx:
        assert tx.keys.claim("key", "b" * 64, second) == second
        assert tx.keys.forget() == 1


def test_of_two_requests_at_once_one_makes_the_job(store: Store) -> None:
    owners: list[UUID] = []

    def post() -> None:
        mine = new_id()
        with store.begin() as tx:
            owner = tx.keys.claim("key", "a" * 64, mine)
            job = tx.jobs.add(kind="train", params={}, id=mine) if owner == mine else tx.jobs.get(owner)
        owners.append(job.id)

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(owners) == 5
    assert len(set(owners)) == 1
    with store.read() as tx:
        assert [job.id for job in tx.jobs.page().items] == owners[:1]
