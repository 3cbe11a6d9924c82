"""What is said of how near samples are holds against those who withdraw, or mark, at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jobs.ids import new_id
from store.rows import Job, Photo, Sample
from store.shelves import Wanted
from store.store import Store
from store.tracing import Traced
from store.tx import Tx
from tests.store import making
from tests.waiting import until

Change = Callable[[Tx], object]
Archived = tuple[Job, Photo, list[Sample]]


def archived(store: Store) -> Archived:
    """A job that draws, a photograph of the archive that its model has learnt from, and three samples to come."""
    dataset_id = making.dataset(store).id
    _, (photo, _) = making.archive_with_photos(store, dataset_id, 2)
    drawing = making.running(store, dataset_id=dataset_id)
    model = making.model(dataset_id=dataset_id)
    with store.begin() as tx:
        tx.models.add(model)
    samples = [making.sample(drawing, nth, model.id, dataset_id=dataset_id) for nth in range(3)]
    near: dict[str, Any] = {"nearness": 99, "nearest_id": photo.id, "likeness": 900_000, "traced_by": new_id()}
    return drawing, photo, sorted((replace(one, **near) for one in samples), key=lambda one: one.id)


def beside(store: Store, change: Change, meanwhile: Change, after: Change) -> None:
    """Begin a transaction; once another one waits for it, or would, go on."""

    def other() -> None:
        with store.begin() as tx:
            meanwhile(tx)

    with ThreadPoolExecutor(1) as pool:
        with store.begin() as tx:
            change(tx)
            waiting = pool.submit(other)
            until(lambda: waits(store, waiting))
            after(tx)
        waiting.result()


def waits(store: Store, other: Future[Any]) -> bool:
    """Whether the other one has ended, or waits for a lock; SQLite lets no second one begin."""
    with store.read() as tx:
        if tx.connection.dialect.name == "sqlite" or other.done():
            return True
        held = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(tx.connection.execute(held).scalar_one())


def near(store: Store, samples: Sequence[Sample]) -> list[UUID | None]:
    with store.read() as tx:
        return [one.nearest_id for one in tx.samples.some([one.id for one in samples])]


def test_what_is_kept_while_its_photograph_is_withdrawn_names_it_no_more(store: Store) -> None:
    drawing, photo, samples = archived(store)
    kept: list[Sample] = []
    beside(
        store,
        lambda tx: kept.extend(tx.tracing.still(samples)),
        lambda tx: tx.photos.withdraw(photo.dataset_id, [photo.id]),
        lambda tx: tx.samples.add_many(drawing.id, drawing.attempt, kept),
    )
    assert near(store, samples) == [None] * 3
    with store.read() as tx:
        assert len(tx.samples.page(Wanted(originality="unknown")).items) == 3


def test_who_says_it_of_many_and_who_marks_many_do_not_wait_for_each_other(store: Store) -> None:
    drawing, photo, samples = archived(store)
    first, _, last = (one.id for one in samples)
    with store.begin() as tx:
        tx.samples.add_many(drawing.id, drawing.attempt, samples)
    newest_first = [
        Traced(sample_id=one.id, nearest_id=photo.id, likeness=0.5, nearness=7) for one in reversed(samples)
    ]
    beside(
        store,
        lambda tx: tx.samples.mark([first], rating=3),
        lambda tx: tx.tracing.trace(photo.dataset_id, newest_first, by=new_id()),
        lambda tx: tx.samples.mark([last], rating=3),
    )
    with store.read() as tx:
        assert [(one.rating, one.nearness) for one in tx.samples.some([first, last])] == [(3, 7), (3, 7)]
