"""kill -9 of a gathering, of its child or its worker: the new dataset is whole in the end, and not ready before."""

from typing import Any
from uuid import UUID

import numpy as np

from api.gathering import gather
from api.schemas.datasets import Part
from jobs.ids import new_id
from jobs.state import State, Wish
from store.objects import digest
from store.rows import Job, Photo, photo_id
from store.sweep import sweep
from tests.faults.test_kill import reading
from tests.store import making
from tests.waiting import until
from tests.worker.house import LONG_S, House

PHOTOS = 450  # several transactions
MANY = 3_000  # so many that a wish comes midway, however slow the one who wishes is
KILLS = 6


def stocked(house: House, count: int = PHOTOS) -> UUID:
    """A dataset of many small files, which nobody has to decode."""
    dataset = making.dataset(house.store)
    job = making.running(house.store, kind="ingest", dataset_id=dataset.id)
    archive_id = new_id()
    photos = []
    for position in range(count):
        id = photo_id(archive_id, position)
        file = making.file(house.folder.parent, b"%d" % position, name=f"{position}.jpg")
        stored = house.store.objects.put_file(file, kind="photos", id=id, consume=True)
        keys: dict[str, Any] = {"original_key": stored.key, "image_key": stored.key, "sha256": stored.sha256}
        told: dict[str, Any] = {"name": file.name, "width": 8, "height": 8, "state": "ready"}
        photos.append(Photo(id=id, dataset_id=dataset.id, archive_id=archive_id, position=position, **told | keys))
    with house.store.begin() as tx:
        making.archive(tx, dataset.id, job.id, id=archive_id, key=None)
        tx.photos.add_many(photos)
        tx.archives.set_state(archive_id, "ready")
        tx.jobs.move(job.id, job.attempt, State.SUCCEEDED)
    return dataset.id


def asked(house: House, source: UUID, *, move: bool = False) -> tuple[UUID, Job]:
    """The new dataset, and the job that brings its photographs."""
    with house.store.begin() as tx:
        made = gather(tx, "Some", [Part.model_validate({"dataset_id": source})], framing=None, move=move)
        (job,) = tx.jobs.page(dataset_id=made.id).items
    return made.id, job


def here(house: House, dataset_id: UUID) -> list[Photo]:
    with house.store.read() as tx:
        return tx.photos.framed(dataset_id)


def facts(house: House, dataset_id: UUID) -> list[tuple[object, ...]]:
    """What its rows say, with the bytes of their files."""
    return [
        (one.position, one.name, one.state, one.sha256, *(digest(house.store.objects.path(key))[0] for key in one.keys))
        for one in here(house, dataset_id)
    ]


def is_whole(house: House, dataset_id: UUID) -> bool:
    with house.store.read() as tx:
        return not (tx.datasets.busy([dataset_id]) or tx.datasets.unfinished([dataset_id]))


def test_a_gathering_killed_at_several_moments_gives_the_same_dataset(house: House) -> None:
    source = stocked(house)
    (alone, first), (killed, second) = asked(house, source), asked(house, source)
    with house.worker():
        house.until_ended(first)
    moments = sorted(np.random.default_rng(6).choice(PHOTOS - 50, KILLS, replace=False).tolist())
    worker = house.start_worker()
    for number, moment in enumerate(moments):
        until(lambda moment=moment: len(here(house, killed)) >= moment, LONG_S)  # type: ignore[misc]
        assert not is_whole(house, killed) or house.job(second).state is State.SUCCEEDED  # asked in this order
        if number % 3 == 2:
            worker.kill()
            worker.wait()
            worker = house.start_worker()
        elif (child := reading(worker)) is not None:
            child.kill()
    ended = house.until_ended(second)
    worker.terminate()
    worker.wait(LONG_S)
    assert ended.state is State.SUCCEEDED
    assert is_whole(house, killed)
    assert len(facts(house, alone)) == PHOTOS
    assert facts(house, killed) == facts(house, alone) == facts(house, source)
    sweep(house.store, older_than_s=-60)
    kept = {key for key in house.store.objects.older_than(-60) if key.startswith("photos/")}
    assert kept == {key for id in (source, alone, killed) for one in here(house, id) for key in one.keys}


def test_a_gathering_that_is_cancelled_midway_leaves_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    source = stocked(house, MANY)
    before = facts(house, source)
    dataset_id, job = asked(house, source)
    with house.worker():
        until(lambda: len(here(house, dataset_id)) > 0, LONG_S)
        with house.store.begin() as tx:
            tx.jobs.wish(job.id, Wish.CANCEL)
        assert house.until_ended(job).state is State.CANCELLED
        until(lambda: is_whole(house, dataset_id), LONG_S)
    assert here(house, dataset_id) == []
    assert facts(house, source) == before


def test_a_move_killed_at_several_moments_has_each_photograph_in_one_place(house: House) -> None:
    source = stocked(house)
    before = facts(house, source)
    dataset_id, job = asked(house, source, move=True)
    worker = house.start_worker()
    for moment in (1, 150, 300, PHOTOS):
        until(lambda moment=moment: len(here(house, dataset_id)) >= moment, LONG_S)  # type: ignore[misc]
        with house.store.read() as tx:  # one sight of both
            there = {one.sha256 for id in (source, dataset_id) for one in tx.photos.framed(id)}
            came = tx.jobs.get(job.id).state is State.SUCCEEDED
            assert (len(there), came or tx.datasets.counts(source)["ready"] == PHOTOS) == (PHOTOS, True)
        worker.kill()
        worker.wait()
        worker = house.start_worker()
    assert house.until_ended(job).state is State.SUCCEEDED
    until(lambda: is_whole(house, dataset_id), LONG_S)
    worker.terminate()
    worker.wait(LONG_S)
    assert facts(house, dataset_id) == before
    assert here(house, source) == []
    with house.store.read() as tx:
        assert tx.datasets.counts(source)["moved"] == PHOTOS
    sweep(house.store, older_than_s=-60)
    kept = {key for key in house.store.objects.older_than(-60) if key.startswith("photos/")}
    assert kept == {key for one in here(house, dataset_id) for key in one.keys}
