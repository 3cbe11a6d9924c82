"""Keyset pages: each row once, in order, from cursors that nobody can bend."""

import base64
import json
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.errors import Rejected
from jobs.ids import new_id
from store.pages import Page
from store.shelves import Wanted
from store.store import Store
from tests.store import making


def walk(store: Store, of: str, *args: Any, limit: int, **filters: Any) -> list[Any]:
    """Visit a list page by page to its end."""
    items: list[Any] = []
    cursor: str | None = None
    for _ in count():
        with store.read() as tx:
            page: Page[Any] = getattr(tx, of).page(*args, limit=limit, cursor=cursor, **filters)
        items += page.items
        cursor = page.next_cursor
        if cursor is None:
            return items
        assert len(page.items) == limit
    raise AssertionError


@pytest.mark.parametrize("limit", [1, 4, 200])
def test_each_row_is_visited_once_in_order(store: Store, limit: int) -> None:
    dataset = making.dataset(store)
    _, photos = making.archive_with_photos(store, dataset.id, 6)
    job = making.running(store)
    models = [making.model(name=str(number), kept=number % 2 == 0) for number in range(5)]
    ratings = [3, 0, 5, 3, 3, 1]
    samples = [
        making.sample(job, position, models[0].id, rating=rating, favourite=rating == 3)
        for position, rating in enumerate(ratings)
    ]
    with store.begin() as tx:
        for model in models:
            tx.models.add(model)
        tx.samples.add_many(job.id, 1, samples)
    assert [photo.id for photo in walk(store, "photos", dataset.id, limit=limit)] == [photo.id for photo in photos]
    assert [model.id for model in walk(store, "models", limit=limit)] == [model.id for model in reversed(models)]
    assert [model.name for model in walk(store, "models", limit=limit, kept=True)] == ["4", "2", "0"]
    newest = [5, 4, 3, 2, 1, 0]
    best = [2, 4, 3, 0, 5, 1]
    asked: list[tuple[dict[str, Any], list[int]]] = [
        ({}, newest),
        ({"order": "oldest"}, newest[::-1]),
        ({"order": "best"}, best),
        ({"order": "best", "favourite": True}, [4, 3, 0]),
        ({"order": "newest", "favourite": False, "model_id": models[0].id}, [5, 2, 1]),
        ({"job_id": job.id, "order": "best"}, best),
        ({"dataset_id": new_id()}, []),
    ]
    for filters, positions in asked:
        assert [found.position for found in walk(store, "samples", Wanted(**filters), limit=limit)] == positions
    assert len(walk(store, "jobs", limit=limit)) == 2
    assert [found.id for found in walk(store, "datasets", limit=limit)] == [dataset.id]


@pytest.mark.parametrize("limit", [1, 4, 200])
def test_photos_of_several_states_come_in_the_order_of_upload(store: Store, limit: int) -> None:
    dataset = making.dataset(store)
    uploaded = ["ready", "repaired", "refused", "repaired", "ready", "duplicate", "ready", "refused"]
    for state in uploaded:
        making.archive_with_photos(store, dataset.id, 1, state=state)
    making.archive_with_photos(store, making.dataset(store).id, 1)
    for states in ([], ["repaired"], ["ready", "repaired"], ["repaired", "ready", "ready"], ["withdrawn", "refused"]):
        found = [photo.state for photo in walk(store, "photos", dataset.id, states=states, limit=limit)]
        assert found == [state for state in uploaded if state in states or not states]


def test_rows_that_come_meanwhile_change_no_page_that_follows(store: Store) -> None:
    jobs = [making.job(store) for _ in range(4)]
    with store.read() as tx:
        first = tx.jobs.page(limit=2)
    making.job(store)
    with store.read() as tx:
        second = tx.jobs.page(limit=2, cursor=first.next_cursor)
    assert [job.id for job in [*first.items, *second.items]] == [job.id for job in reversed(jobs)]


def cursor(*words: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(words).encode()).decode()


ID = UUID(int=0).hex
GARBAGE = [
    "",
    "x",
    "ÿ",
    "%00",
    "=" * 8,
    cursor(),
    cursor("jobs"),
    cursor("models", 1, 2),
    cursor("samples-best", 5, "no id"),
    cursor("samples-best", True, ID),
    cursor("samples-best", 2**80, ID),
    cursor("samples-best", "5", ID),
    cursor("samples-best", 5, None),
    cursor("samples-best", 5, ID, 5),
    cursor("samples", ID),
    cursor({"samples-best": 1}, 5, ID),
    "[" * 5000,
]


def test_garbage_is_no_cursor(store: Store) -> None:
    for garbage in GARBAGE:
        with pytest.raises(Rejected, match="cursor") as refused, store.read() as tx:
            tx.samples.page(Wanted(order="best"), cursor=garbage)
        assert refused.value.remedy


@given(garbage=st.one_of(st.text(), st.lists(st.one_of(st.text(), st.integers(), st.none())).map(lambda s: cursor(*s))))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_as_a_cursor_gives_a_page_or_a_reason(store: Store, garbage: str) -> None:
    for of in ("models", "jobs", "datasets"):
        with pytest.raises(Rejected), store.read() as tx:
            getattr(tx, of).page(cursor=garbage)


def test_a_cursor_with_a_time_that_is_none_is_refused(store: Store) -> None:
    for moment in ("2026-01-01T00:00:00", "2026", "", 5, None):
        with pytest.raises(Rejected), store.read() as tx:
            tx.models.page(cursor=cursor("models", moment, ID))


def test_a_page_of_no_size_is_refused(store: Store) -> None:
    for limit in (0, -1, 201, 10**9):
        with pytest.raises(Rejected, match="1 to 200"), store.read() as tx:
            tx.jobs.page(limit=limit)
