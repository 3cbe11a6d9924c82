"""Maps are laid out by workers: what was seen is seen once, and a kill costs nothing that shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import numpy as np
import pytest

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.state import State
from kinds.map.files import ids_of, points_of, read_map, write
from store.rows import Job, Sample
from store.tx import Tx
from tests.api import rows
from tests.kinds.pictures import jpeg
from tests.store import making
from tests.waiting import until
from tests.worker.house import LONG_S, House
from worker.keep import Keeper
from worker.maps import lay_map


def lay(house: House, dataset_id: UUID) -> Job:
    with house.store.begin() as tx:
        params = {"kind": "map", "dataset_id": str(dataset_id)}
        return tx.jobs.add(kind="map", params=params, dataset_id=dataset_id)


def read(house: House, *, count: int) -> UUID:
    """Read an archive, and wait until it was looked at."""
    reading = house.ingest({f"{i}.jpg": jpeg(i, size=(40, 30)) for i in range(count)})
    assert reading.dataset_id is not None
    dataset_id = house.until_ended(reading).dataset_id or reading.dataset_id

    def all_seen() -> bool:
        with house.store.read() as tx:
            return tx.features.sorted_any(dataset_id) and not tx.features.unlooked(dataset_id)

    until(all_seen, LONG_S)
    return dataset_id


def drawn(house: House, dataset_id: UUID) -> list[Sample]:
    """Three samples of a model that has learnt from it."""
    with house.store.begin() as tx:
        model = tx.models.add(making.model(dataset_id=dataset_id))
    job = making.running(house.store, kind="generate")
    samples = rows.samples(house.store, job, model, count=3)
    rows.end(house.store, job)
    return samples


def seen(house: House, dataset_id: UUID) -> set[UUID]:
    with house.store.read() as tx:
        return {source.photo_id for source in tx.features.sources(dataset_id)}


def on_map(house: House, dataset_id: UUID) -> set[UUID]:
    with house.store.read() as tx:
        row = tx.maps.get(dataset_id)
    return set() if row is None else set(ids_of(read_map(house.store.objects.path(row.key))["id"]))


def test_a_map_that_is_killed_is_laid_out_again_and_nothing_is_seen_twice(sqlite_house: House) -> None:
    house = sqlite_house
    with house.worker():
        dataset_id = read(house, count=20)
    samples = drawn(house, dataset_id)
    worker = house.start_worker()
    job = lay(house, dataset_id)
    house.until_state(job, State.RUNNING)
    worker.kill()
    worker.wait()
    assert on_map(house, dataset_id) == set()
    with house.worker():
        ended = house.until_ended(job)
    assert ended.state is State.SUCCEEDED, ended.error
    assert (ended.attempt, ended.done, ended.total, ended.unit) == (2, 23, 23, "picture")
    assert on_map(house, dataset_id) == seen(house, dataset_id) | {sample.id for sample in samples}
    (told,) = house.events(job, "map")
    assert (told.body["photos"], told.body["samples"], told.body["kept"]) == (20, 3, False)
    (house.folder / "laid").mkdir(parents=True)
    listed, facts = lay_map(house.store, ended, dataset_id, house.folder / "laid" / "map")
    assert listed.read_text().count('"looked": true') == 3
    assert len(facts["seen"]) == 1
    assert facts["before"] is not None


@dataclass(frozen=True, kw_only=True)
class Interrupted(Keeper):
    """Something happens just before it writes, once."""

    first: list[Callable[[], object]]

    def write(self, change: Callable[[Tx], None], *, files: Sequence[str] = ()) -> None:
        if self.first:
            self.first.pop()()
        Keeper.write(self, change, files=files)


def test_what_is_withdrawn_while_it_is_laid_out_or_kept_is_not_kept(sqlite_house: House) -> None:
    house = sqlite_house
    with house.worker():
        dataset_id = read(house, count=9)
    gone, *others = sorted(seen(house, dataset_id))
    job = making.running(house.store, kind="map", params={}, dataset_id=dataset_id)
    places = np.arange(18, dtype=np.float32).reshape(9, 2)
    points = points_of([gone, *others], np.zeros(9, bool), places)
    file = write(house.folder / "map.npy", points)

    def withdraw(photo: UUID) -> None:
        with house.store.begin() as tx:
            tx.photos.withdraw(dataset_id, [photo])

    withdraw(gone)
    late = partial(withdraw, others.pop())
    keeper = Interrupted(store=house.store, job=job, scratch=house.folder, patient=lambda: True, first=[late])
    facts = {"photos": 9, "samples": 0, "kept": False}
    keeper.artifacts([Artifact(type=Made.MAP, files={"map": file}, facts=facts)])
    assert on_map(house, dataset_id) == set(others)
    assert [event.body["photos"] for event in house.events(job, "map")] == [7]


def test_a_map_that_is_cancelled_leaves_the_one_before(sqlite_house: House) -> None:
    house = sqlite_house
    with house.worker():
        dataset_id = read(house, count=9)
        assert house.until_ended(lay(house, dataset_id)).state is State.SUCCEEDED
        before = on_map(house, dataset_id)
        assert len(before) == 9
        again = lay(house, dataset_id)
        house.until_state(again, State.RUNNING)
        with house.store.begin() as tx:
            tx.jobs.call_off("map", dataset_id)
        assert house.until_ended(again).state is State.CANCELLED
    assert on_map(house, dataset_id) == before


def test_a_dataset_that_is_gone_has_no_map(sqlite_house: House) -> None:
    store = sqlite_house.store
    with pytest.raises(NotFound):
        lay_map(store, making.job(store, kind="map"), uuid4(), store.settings.folder / "map")
