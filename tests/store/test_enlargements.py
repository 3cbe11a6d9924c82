"""What enlarges is one however often it comes at once; what jobs have kept of a picture goes with the picture."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jobs.errors import Conflict
from jobs.ids import derived_id, new_id
from jobs.state import State
from store.enlargements import EnlargerRow
from store.rows import Job, Photo
from store.store import Store
from store.sweep import sweep
from store.tx import Tx
from tests.store import making
from tests.store.test_tracing import beside

SPACE = new_id()


def enlarger(store: Store, content: bytes, *, name: str = "4x-own.pth") -> EnlargerRow:
    """Weights that have come, and are not brought yet."""
    id = derived_id(SPACE, name, 0)
    path = making.file(store.settings.scratch, content, name=f"{new_id().hex}.safetensors")
    stored = store.objects.put_file(path, kind="enlargers", id=id, consume=True)
    facts: dict[str, Any] = {"architecture": {"scale": 4}, "notes": [], "key": stored.key, "size_bytes": 1}
    return EnlargerRow(id=id, name=name, sha256=stored.sha256, **facts)


def brought(store: Store, first: EnlargerRow, second: EnlargerRow) -> list[EnlargerRow | Conflict]:
    """Bring one; while it is not committed, another one comes."""
    ended: list[EnlargerRow | Conflict] = []

    def meanwhile(tx: Tx) -> None:
        try:
            ended.append(tx.enlargements.bring(second))
        except Conflict as error:
            ended.append(error)

    beside(store, lambda tx: ended.append(tx.enlargements.bring(first)), meanwhile, lambda _: None)
    return ended


def there(store: Store) -> set[str]:
    return set(store.objects.older_than(-60))


@pytest.mark.parametrize("name", ["4x-own.pth", "other.pth"])
def test_the_same_weights_that_come_twice_at_once_are_one(store: Store, name: str) -> None:
    first, second = enlarger(store, b"weights"), enlarger(store, b"weights", name=name)
    assert brought(store, first, second) == [first, first]
    assert there(store) == {first.key}
    with store.read() as tx:
        assert tx.enlargements.enlargers() == [first]


def test_of_two_that_come_under_one_name_at_once_the_second_is_told(store: Store) -> None:
    first, second = enlarger(store, b"weights"), enlarger(store, b"others")
    kept, told = brought(store, first, second)
    assert kept == first
    assert isinstance(told, Conflict)
    assert "other weights" in told.detail
    store.let_go([first.key, second.key])  # as who has sent it does
    assert there(store) == {first.key}


def test_of_many_at_once_one_wins(store: Store) -> None:
    rows = [enlarger(store, b"weights", name=f"{nth}.pth") for nth in range(6)]

    def bring(row: EnlargerRow) -> EnlargerRow:
        with store.begin() as tx:
            return tx.enlargements.bring(row)

    with ThreadPoolExecutor(6) as people:
        ended = list(people.map(bring, rows))
    assert len({row.key for row in ended}) == 1
    assert there(store) == {ended[0].key}


def begun(store: Store, **params: str) -> Job:
    making.job(store, kind="upscale", params=params)
    return making.claimed(store, "upscale")


def keep_rows(store: Store, job: Job, *, step: int = 1) -> list[str]:
    folder = store.settings.scratch / f"{job.id}-{step}"
    for name in ("resume.json", "rows.npy"):
        making.file(folder, job.id.bytes + bytes([step]), name=name)
    files = store.objects.put_folder(folder, kind="resume_points", id=job.id, attempt=job.attempt)
    keys = {name: stored.key for name, stored in files.items()}
    with store.begin() as tx:
        tx.resume_points.put(job.id, job.attempt, step=step, files=keys, size_bytes=1)
    return [*keys.values()]


def sampled(store: Store) -> str:
    drawing, model = making.running(store), making.model()
    sample = making.sample(drawing, 0, model.id)
    with store.begin() as tx:
        tx.models.add(model)
        tx.samples.add_many(drawing.id, drawing.attempt, [sample])
    return str(sample.id)


def fail(store: Store, job: Job) -> None:
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.FAILED, error={"code": "not_found", "detail": "It is gone."})


def photo_of(store: Store) -> Photo:
    return making.archive_with_photos(store, making.dataset(store).id, 1)[1][0]


Going = Callable[[Tx, Photo], object]


def end_jobs(tx: Tx, photo: Photo) -> None:
    """Delete the dataset, once nothing needs it."""
    for job in tx.jobs.page(kind="ingest").items:
        if job.state is State.QUEUED:
            tx.jobs.call_off("ingest", photo.dataset_id)
    tx.datasets.delete(photo.dataset_id)


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("go", [lambda tx, photo: tx.photos.withdraw(photo.dataset_id, [photo.id]), end_jobs])
def test_rows_of_a_photograph_go_with_it_however_the_job_stands(store: Store, go: Going, failed: bool) -> None:
    photo, other = photo_of(store), photo_of(store)
    mine, theirs = begun(store, photo_id=str(photo.id)), begun(store, photo_id=str(other.id))
    keep_rows(store, mine)
    left = keep_rows(store, theirs)
    if failed:
        fail(store, mine)
    with store.begin() as tx:
        go(tx, photo)
    with store.read() as tx:
        assert tx.resume_points.get(mine.id) is None
        assert tx.resume_points.get(theirs.id) is not None
    assert there(store) == set(left)


def test_rows_of_a_sample_go_with_it(store: Store) -> None:
    id, other = sampled(store), sampled(store)
    mine, theirs = begun(store, sample_id=id), begun(store, sample_id=other)
    keep_rows(store, mine)
    left = keep_rows(store, theirs)
    fail(store, mine)
    with store.begin() as tx:
        (sample,) = (one for one in tx.samples.page().items if str(one.id) == id)
        tx.samples.delete(sample.id)
    assert there(store) == set(left)


def test_rows_that_an_earlier_program_has_left_are_swept(store: Store) -> None:
    job = begun(store, photo_id=str(new_id()))
    keep_rows(store, job)
    fail(store, job)
    sweep(store, older_than_s=3600)
    assert there(store) == set()


def test_a_sweep_leaves_rows_of_other_jobs(store: Store) -> None:
    training = making.running(store)
    keys = keep_rows(store, training)
    sweep(store, older_than_s=3600)
    assert there(store) == set(keys)
