"""Photographs are looked at once they were read: after all else, each once, and never one that was withdrawn."""

import signal
from uuid import UUID

import sqlalchemy as sa
from PIL import Image

from api.framing import frame_anew
from jobs.state import ENDED, State
from kinds.index.files import VERSION, photos_of, read_found
from store import tables as t
from store.features import keys_of
from store.rows import Job
from tests.kinds.pictures import jpeg, saved
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of


def looks(house: House) -> list[Job]:
    with house.store.read() as tx:
        return tx.jobs.page(kind="index").items


def look(house: House, dataset_id: UUID, *, priority: int = 0) -> Job:
    with house.store.begin() as tx:
        params = {"kind": "index", "dataset_id": str(dataset_id)}
        return tx.jobs.add(kind="index", params=params, dataset_id=dataset_id, priority=priority)


def kept(house: House, dataset_id: UUID) -> list[UUID]:
    """The photographs whose features lie in files, as often as they do."""
    with house.store.read() as tx:
        files = tx.features.files(dataset_id)
    found = [read_found(*(house.store.objects.path(key) for key in keys_of(file))) for file in files]
    return sorted(photo for one in found for photo in photos_of(one.parts))


def seen(house: House, dataset_id: UUID) -> list[UUID]:
    with house.store.read() as tx:
        return [one.photo_id for one in tx.features.sources(dataset_id)]


def test_an_archive_is_looked_at_by_itself_once_it_was_read(house: House) -> None:
    reading = house.ingest({f"{i}.jpg": jpeg(i % 7) for i in range(9)} | {"notes.txt": b"no picture"})
    assert reading.dataset_id is not None
    with house.worker():
        house.until_ended(reading)
        (job,) = until(lambda: looks(house), LONG_S)
        ended = house.until_ended(job)
        assert ended.state is State.SUCCEEDED, ended.error
        again = house.ingest({f"{i}.jpg": jpeg(i) for i in range(6, 10)}, dataset_id=reading.dataset_id)
        house.until_ended(again)
        until(lambda: len(looks(house)) == 2 and all(one.state in ENDED for one in looks(house)), LONG_S)
    assert job.priority < 0
    assert (ended.done, ended.total, ended.unit) == (7, 7, "photo")
    assert kept(house, reading.dataset_id) == seen(house, reading.dataset_id)
    with house.store.read() as tx:
        assert tx.features.unlooked(reading.dataset_id) == 0
        assert sum(tx.features.heaps(reading.dataset_id).values()) == 10
    assert looks(house)[0].total == 10  # sorted anew; of them three were new
    told = house.events(looks(house)[0], "progress")
    assert {event.body["total"] for event in told if event.body["phase"] == "looking"} <= {3}


def test_a_look_that_is_killed_goes_on_and_looks_at_nothing_twice(sqlite_house: House) -> None:
    house = sqlite_house
    reading = house.ingest({f"{i}.jpg": jpeg(i, size=(40, 30)) for i in range(400)})
    assert reading.dataset_id is not None
    worker = house.start_worker()
    until(lambda: kept(house, reading.dataset_id or UUID(int=0)), LONG_S)
    worker.kill()
    worker.wait()
    before = kept(house, reading.dataset_id)
    assert 0 < len(before) < 400
    with house.worker():
        (job,) = looks(house)
        assert house.until_ended(job).state is State.SUCCEEDED
    assert kept(house, reading.dataset_id) == seen(house, reading.dataset_id)
    assert len(kept(house, reading.dataset_id)) == 400
    told = house.events(job, "progress")
    totals = {event.body["total"] for event in told if event.body["phase"] == "looking" and event.attempt == 2}
    assert totals == {400 - len(before)}


def test_a_look_gives_way_to_a_job_that_matters_more(sqlite_house: House) -> None:
    house = sqlite_house
    dataset, base = house.photographs(), house.base()
    job = look(house, dataset, priority=-10)
    with house.worker() as worker:
        child_of(worker).send_signal(signal.SIGSTOP)  # it would be at it for long
        training = house.train(dataset, base, steps=1, snapshot_steps=[0])
        assert house.until_ended(training).state is State.SUCCEEDED
        ended = house.until_ended(job)
    assert (ended.state, ended.attempt, ended.crashes) == (State.SUCCEEDED, 2, 0)
    assert kept(house, dataset) == seen(house, dataset)


def test_squares_move_to_where_photographs_are_looked_at_and_one_set_by_hand_stays(postgres_house: House) -> None:
    house = postgres_house
    reading = house.ingest({f"{i}.jpg": shore(i) for i in range(3)})
    assert reading.dataset_id is not None
    with house.worker():
        house.until_ended(reading)
        until(lambda: looks(house) and looks(house)[0].state in ENDED, LONG_S)
        with house.store.begin() as tx:
            photos = tx.photos.framed(reading.dataset_id)
            revision = tx.datasets.frame(reading.dataset_id, "smart")
            tx.views.replace(photos[0], [((0, 0, 90, 90), "by_hand")], revision=revision, by_hand=True)
        assert house.until_ended(look(house, reading.dataset_id)).state is State.SUCCEEDED
    with house.store.read() as tx:
        framed = [view.box[0] for view, _ in tx.views.of_dataset(reading.dataset_id)]
        before = [view.box[0] for view, _ in tx.views.of_dataset(reading.dataset_id, revision=revision)]
        assert tx.features.unfocused(reading.dataset_id) == 0
    assert framed[0] == 0
    assert all(left > 80 for left in framed[1:])
    assert before == [0, 60, 60]


def test_what_is_squeezed_is_cut_around_where_it_is_looked_at(sqlite_house: House) -> None:
    house = sqlite_house
    reading = house.ingest({f"{i}.jpg": shore(i) for i in range(2)})
    assert reading.dataset_id is not None
    with house.worker():
        house.until_ended(reading)
        until(lambda: looks(house) and looks(house)[0].state in ENDED, LONG_S)
        with house.store.begin() as tx:
            frame_anew(tx, reading.dataset_id, "squeeze", "4:3")
            before = [tuple(view.box) for view, _ in tx.views.of_dataset(reading.dataset_id)]
        until(lambda: looks(house) and looks(house)[-1].state in ENDED, LONG_S)
        assert house.until_ended(look(house, reading.dataset_id)).state is State.SUCCEEDED
    with house.store.read() as tx:
        framed = [tuple(view.box) for view, _ in tx.views.of_dataset(reading.dataset_id)]
    assert before == [(40, 0, 200, 120)] * 2
    assert framed == [(80, 0, 240, 120)] * 2


def shore(seed: int) -> bytes:
    """A plain wide picture with one thing in it, at the right."""
    picture = Image.new("RGB", (240, 120), (90, 120 + seed, 150))
    picture.paste((230, 200, 40), (170, 30, 220, 90 + 8 * seed))
    return saved(picture, "JPEG", quality=95)


def test_spoiled_files_are_looked_at_again(sqlite_house: House) -> None:
    house = sqlite_house
    dataset = house.photographs()
    with house.worker():
        house.until_ended(look(house, dataset))
        with house.store.read() as tx:
            (file,) = tx.features.files(dataset)
        path = house.store.objects.path(file.key)
        path.write_bytes(path.read_bytes()[:-100])
        assert house.until_ended(look(house, dataset)).state is State.SUCCEEDED
        assert kept(house, dataset) == seen(house, dataset)
        with house.store.read() as tx:
            (file,) = tx.features.files(dataset)
        house.store.objects.path(file.parts_key or "").unlink()
        assert house.until_ended(look(house, dataset)).state is State.SUCCEEDED
    assert kept(house, dataset) == seen(house, dataset)


def test_an_archive_that_an_older_network_has_looked_at_is_looked_at_again_by_itself(house: House) -> None:
    dataset = house.photographs()
    with house.worker():
        house.until_ended(look(house, dataset))
        with house.store.read() as tx:
            (before,) = tx.features.files(dataset)
    with house.store.begin() as tx:
        tx.connection.execute(sa.update(t.feature_files).values(version=0))
    with house.worker():
        (job,) = until(lambda: [one for one in looks(house) if one.priority < 0], LONG_S)
        assert house.until_ended(job).state is State.SUCCEEDED
    with house.store.read() as tx:
        (after,) = tx.features.files(dataset)
        assert tx.features.of_other_versions(VERSION) == []
    assert kept(house, dataset) == seen(house, dataset)
    assert not set(keys_of(before)) & set(keys_of(after))


def test_what_was_found_in_a_photograph_that_was_withdrawn_meanwhile_is_not_kept(house: House) -> None:
    dataset = house.photographs()
    job = look(house, dataset)
    gone, *others = seen(house, dataset)
    with house.worker() as worker:
        child = child_of(worker)
        child.suspend()
        with house.store.begin() as tx:
            tx.photos.withdraw(dataset, [gone])
        child.resume()
        assert house.until_ended(job).state is State.SUCCEEDED
    assert kept(house, dataset) == others
