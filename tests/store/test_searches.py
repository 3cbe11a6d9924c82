"""What was found of a photograph goes with it, and what was sent goes once nobody looks for it any more."""

from uuid import UUID

import pytest

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from jobs.state import State, Wish
from store.rows import ArtifactRow, Job
from store.searches import KIND, PREVIEW, SENT
from store.store import Store
from store.sweep import sweep
from tests.store import making


def searching(store: Store, photo_id: UUID | None) -> Job:
    params = {"photo_id": str(photo_id)} if photo_id is not None else {}
    return making.running(store, kind=KIND, params=params)


def artifact(job: Job, type: str) -> ArtifactRow:
    id = new_id()
    return ArtifactRow(
        id=id,
        job_id=job.id,
        attempt=job.attempt,
        type=type,
        step=0,
        key=f"artifacts/{id}/{job.attempt}/{making.HASH}.png",
        sha256=making.HASH,
        media_type="image/png",
        facts={},
    )


def test_what_was_found_of_a_photograph_goes_when_it_is_withdrawn(store: Store) -> None:
    dataset = making.dataset(store)
    _, (one, other) = making.archive_with_photos(store, dataset.id, 2)
    model = making.model()
    with store.begin() as tx:
        tx.models.add(model)
    jobs = [searching(store, photo_id) for photo_id in (one.id, other.id, None)]
    samples = [making.sample(job, 0, model.id) for job in jobs]
    with store.begin() as tx:
        for job, sample in zip(jobs, samples, strict=True):
            tx.samples.add_many(job.id, job.attempt, [sample])
            tx.artifacts.add(artifact(job, PREVIEW))
    with store.begin() as tx:
        tx.photos.withdraw(dataset.id, [one.id])
        assert set(samples[0].keys) <= set(tx.discarded)
    with store.read() as tx:
        with pytest.raises(NotFound):
            tx.samples.get(samples[0].id)
        assert [tx.samples.get(sample.id).id for sample in samples[1:]] == [sample.id for sample in samples[1:]]
        assert [len(tx.artifacts.of_job(job.id, PREVIEW)) for job in jobs] == [0, 1, 1]


def test_of_previews_the_newest_stays(store: Store) -> None:
    job = searching(store, None)
    first, second = (artifact(job, PREVIEW) for _ in range(2))
    with store.begin() as tx:
        tx.artifacts.bring(first)
        tx.artifacts.drop(job.id, PREVIEW)
        tx.artifacts.bring(second)
        tx.artifacts.drop(job.id, PREVIEW, but=second.id)
        assert tx.discarded == [first.key]
        assert [row.id for row in tx.artifacts.of_job(job.id, PREVIEW)] == [second.id]


@pytest.mark.parametrize("way", ["waiting", "paused", "running"])
def test_what_was_sent_goes_when_the_search_is_cancelled_wherever_it_is(store: Store, way: str) -> None:
    job = making.job(store, kind=KIND)
    with store.begin() as tx:
        tx.artifacts.bring(sent := artifact(job, SENT))
    if way != "waiting":
        job = making.claimed(store, KIND)
    if way == "paused":
        with store.begin() as tx:
            tx.jobs.move(job.id, job.attempt, State.PAUSED)
    with store.begin() as tx:
        tx.jobs.wish(job.id, Wish.CANCEL)
        if way == "running":
            assert tx.discarded == []
            tx.jobs.crash(job.id, job.attempt)
        assert tx.discarded == [sent.key]
    with store.read() as tx:
        assert tx.jobs.get(job.id).state is State.CANCELLED
        assert tx.artifacts.of_job(job.id, SENT) == []


def test_what_was_sent_for_a_search_that_failed_waits_for_another_try_and_goes_after_its_time(store: Store) -> None:
    job = searching(store, None)
    with store.begin() as tx:
        tx.artifacts.bring(sent := artifact(job, SENT))
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"detail": "It broke."})
    sweep(store, older_than_s=3600)
    with store.begin() as tx:
        tx.searches.check_retry(tx.jobs.get(job.id))
        assert [row.id for row in tx.artifacts.of_job(job.id, SENT)] == [sent.id]
    sweep(store, older_than_s=-60)
    with store.read() as tx:
        assert tx.artifacts.of_job(job.id, SENT) == []
        with pytest.raises(Conflict, match="let go of"):
            tx.searches.check_retry(tx.jobs.get(job.id))
        tx.searches.check_retry(searching(store, new_id()))  # a photograph of an archive is there still


def test_what_was_sent_goes_when_the_search_has_ended(store: Store) -> None:
    job = searching(store, None)
    sent, preview = artifact(job, SENT), artifact(job, PREVIEW)
    with store.begin() as tx:
        tx.artifacts.bring(sent)
        tx.artifacts.bring(preview)
        tx.searches.ended(job.id)
        assert tx.discarded == [sent.key]
        assert tx.artifacts.of_job(job.id, SENT) == []
        assert len(tx.artifacts.of_job(job.id, PREVIEW)) == 1
