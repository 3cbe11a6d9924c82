"""Pieces of films stay as long as somebody may go on after them."""

import sqlalchemy as sa

from jobs.ids import new_id
from jobs.state import State, Wish
from store import journey_tables as j
from store.journeys import PART
from store.rows import ArtifactRow, Job
from store.store import Store
from store.sweep import sweep
from tests.store import making
from tests.store.test_journeys import posted
from tests.store.test_tracing import beside


def piece(store: Store, job: Job) -> ArtifactRow:
    id = new_id()
    stored = store.objects.put_file(
        making.file(store.settings.scratch, id.bytes, name="0.mp4"), kind="artifacts", id=id, attempt=job.attempt
    )
    row = ArtifactRow(
        id=id,
        job_id=job.id,
        attempt=job.attempt,
        type=PART,
        step=0,
        key=stored.key,
        sha256=stored.sha256,
        media_type="video/mp4",
        facts={"frames": 120},
    )
    with store.begin() as tx:
        tx.artifacts.add(row)
    return row


def test_pieces_of_a_film_that_failed_wait_for_another_try_and_go_after_their_time(store: Store) -> None:
    posted(store, "journey", None, None)
    job = making.claimed(store, "journey")
    part = piece(store, job)
    sweep(store, older_than_s=-60)
    assert store.objects.path(part.key).exists()  # it is at work
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"detail": "It broke."})
    sweep(store, older_than_s=3600)
    assert store.objects.path(part.key).exists()
    with store.begin() as tx:
        tx.jobs.retry(job.id)
    sweep(store, older_than_s=-60)
    assert store.objects.path(part.key).exists()  # it waits
    job = making.claimed(store, "journey")
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"detail": "It broke again."})
    sweep(store, older_than_s=-60)
    assert list(store.objects.older_than(-60)) == []
    with store.read() as tx:
        assert tx.artifacts.of_job(job.id, PART) == []


def test_a_film_that_is_tried_again_while_its_pieces_are_swept_keeps_them_or_has_none(store: Store) -> None:
    posted(store, "journey", None, None)
    job = making.claimed(store, "journey")
    part = piece(store, job)
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"detail": "It broke."})
    beside(
        store,
        lambda tx: tx.jobs.retry(job.id),
        lambda tx: tx.journeys.let_go(older_than_s=-60),
        lambda _: None,
    )
    assert store.objects.path(part.key).exists()
    with store.read() as tx:
        assert len(tx.artifacts.of_job(job.id, PART)) == 1


def test_a_cancelled_film_leaves_no_piece(store: Store) -> None:
    posted(store, "journey", None, None)
    job = making.claimed(store, "journey")
    piece(store, job)
    with store.begin() as tx:
        tx.jobs.wish(job.id, Wish.CANCEL)
        tx.jobs.crash(job.id, job.attempt)
    assert list(store.objects.older_than(-60)) == []
    with store.read() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(j.videos)).scalar_one() == 0
