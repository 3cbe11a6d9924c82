"""Photographs that leave a dataset for another: all at once, never lost, and found again where they were."""

from uuid import UUID

import pytest

from api.gathering import gather
from api.schemas.datasets import Part
from api.withdrawing import looked_at, withdraw_from
from jobs.errors import DatasetBusy, NotFound, WrongState
from jobs.state import State, Wish
from store.rows import Dataset, Job
from store.sweep import sweep
from tests.kinds.pictures import jpeg
from tests.store import making
from tests.worker.house import House
from tests.worker.test_gathering import attempt, brought, bytes_of, choose, done, files, photos
from worker.gathering import all_came, finish

SIX = {f"{number}.jpg": jpeg(number) for number in range(6)}


def moved(house: House, source: UUID, names: list[str] | None = None) -> Dataset:
    """Ask for a dataset of some photographs, or all, which leave theirs."""
    there = photos(house, source)
    part = {"dataset_id": source} | ({"photos": [there[name].id for name in names]} if names else {})
    with house.store.begin() as tx:
        return gather(tx, "Some", [Part.model_validate(part)], framing=None, move=True)


def trained(house: House, dataset_id: UUID) -> Job:
    """A training that has looked at all of a dataset, and left a moment."""
    with house.store.begin() as tx:
        pins = {"dataset": {"id": str(dataset_id), "revision": tx.datasets.get(dataset_id).revision}}
    job = making.running(house.store, kind="train", dataset_id=dataset_id, pins=pins)
    with house.store.begin() as tx:
        tx.models.add_snapshot(making.snapshot(job, 100), attempt=job.attempt)
        return tx.jobs.move(job.id, job.attempt, State.SUCCEEDED)


def test_they_leave_when_all_have_come_in(house: House) -> None:
    source = brought(house, SIX)
    before = {name: bytes_of(house, photo) for name, photo in photos(house, source).items()}
    was = files(house)
    new = moved(house, source, ["1.jpg", "2.jpg"])
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    assert {photo.state for photo in photos(house, source).values()} == {"ready"}
    with house.store.begin() as tx:
        tx.jobs.crash(keeper.job.id, keeper.job.attempt)
    done(house)
    left, came = photos(house, source), photos(house, new.id)
    assert {name: photo.state for name, photo in left.items()} == {
        name: "moved" if name in came else "ready" for name in SIX
    }
    assert {name: left[name].moved_to for name in came} == {name: photo.id for name, photo in came.items()}
    assert {(left[name].reason, left[name].keys == []) for name in came} == {("Moved to Some.", True)}
    now = {name: bytes_of(house, photo) for name, photo in (left | came).items()}
    assert now == before
    sweep(house.store, older_than_s=-60)
    assert len(files(house)) == len(was)
    assert files(house) == {key for one in (left | came).values() for key in one.keys}
    with house.store.read() as tx:
        assert (tx.datasets.usable_views(source), tx.datasets.usable_views(new.id)) == (4, 2)


def test_they_leave_some_at_a_time_and_each_is_somewhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.gathering.AT_ONCE", 2)
    source = brought(house, SIX)
    new = moved(house, source)
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    with house.store.begin() as tx:
        all_came(tx, keeper.job)
        tx.jobs.move(keeper.job.id, keeper.job.attempt, State.SUCCEEDED)
    with house.store.begin() as tx:  # and killed after the first ones
        assert tx.moved.leave(new.id, most=2).count == 2
    left = photos(house, source)
    assert [photo.state for photo in left.values()] == ["moved"] * 2 + ["ready"] * 4
    with house.store.read() as tx:
        assert tx.datasets.busy([new.id]) == {new.id}
        with pytest.raises(DatasetBusy, match="are to leave it"):
            tx.datasets.check_whole(source)
    assert finish(house.store) == 4
    assert {photo.state for photo in photos(house, source).values()} == {"moved"}
    with house.store.read() as tx:
        assert tx.datasets.busy([new.id]) == tx.datasets.unfinished([new.id]) == set()
        assert next(one.dataset_id for one in tx.jobs.page(kind="index").items) == new.id


def test_copies_come_along_and_what_was_refused_stays(house: House) -> None:
    source = brought(
        house, {"a.jpg": jpeg(1), "again.jpg": jpeg(1), "resaved.jpg": jpeg(1, quality=94), "b.jpg": jpeg(2), "c": b"c"}
    )
    new = moved(house, source, ["a.jpg"])
    done(house)
    assert {name: photo.state for name, photo in photos(house, new.id).items()} == {
        "a.jpg": "ready",
        "again.jpg": "duplicate",
        "resaved.jpg": "duplicate",
    }
    rest = moved(house, source)
    done(house)
    assert photos(house, rest.id).keys() == {"b.jpg", "c"}
    assert {name: photo.state for name, photo in photos(house, source).items() if photo.state != "moved"} == {
        "c": "refused"
    }


def test_what_has_seen_them_is_known_in_both_places_and_a_withdrawal_finds_both(house: House) -> None:
    source = brought(house, SIX)
    training = trained(house, source)
    first = moved(house, source, ["1.jpg", "2.jpg"])
    done(house)
    second = moved(house, first.id, ["1.jpg"])
    done(house)
    one = photos(house, second.id)["1.jpg"]
    with house.store.read() as tx:
        assert [seen.job.id for seen in looked_at(tx, second.id, [one])] == [training.id]
        old = photos(house, source)["1.jpg"]
        assert [seen.job.id for seen in looked_at(tx, source, [old])] == [training.id]
        assert tx.photos.elsewhere(source, [old.id]) == {second.id: [one.id]}
        assert tx.photos.elsewhere(second.id, [one.id]) == {}
    gone, trainings = withdraw_from(house.store, second.id, lambda tx: [one.id])
    assert (gone, {seen.job.id for seen in trainings}) == (1, {training.id})
    places = (source, first.id, second.id)
    assert [photos(house, place)["1.jpg"].state for place in places] == ["withdrawn"] * 3
    with house.store.read() as tx:
        assert [tx.photos.was_withdrawn(place, str(one.sha256)) for place in places] == [True] * 3
        assert [archive.key for archive in tx.archives.of_dataset(source)] == [None]  # as it came, it held them, too
        assert [seen.job.id for seen in looked_at(tx, second.id, [tx.photos.get(one.id)])] == [training.id]
    with house.store.begin() as tx:
        named = [photos(house, source)["2.jpg"].id]
        assert tx.photos.elsewhere(source, named) == {first.id: [photos(house, first.id)["2.jpg"].id]}


def test_one_that_is_withdrawn_while_it_is_moved_is_withdrawn_in_both_places(house: House) -> None:
    source = brought(house, SIX)
    new = moved(house, source)
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    with house.store.begin() as tx:
        tx.photos.withdraw(source, [photos(house, source)["3.jpg"].id])
        tx.jobs.crash(keeper.job.id, keeper.job.attempt)
    assert photos(house, new.id)["3.jpg"].state == "ready"
    done(house)
    assert [photos(house, place)["3.jpg"].state for place in (source, new.id)] == ["withdrawn"] * 2
    sweep(house.store, older_than_s=-60)
    assert files(house) == {key for one in photos(house, new.id).values() for key in one.keys}


def test_a_move_that_is_cancelled_has_moved_nothing(house: House) -> None:
    source = brought(house, SIX)
    before, was = photos(house, source), files(house)
    new = moved(house, source)
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    with house.store.begin() as tx:
        tx.jobs.wish(keeper.job.id, Wish.CANCEL)
        tx.jobs.move(keeper.job.id, keeper.job.attempt, State.CANCELLED)
    assert finish(house.store) == 6
    assert photos(house, source) == before
    assert files(house) == was
    assert photos(house, new.id) == {}


def test_what_was_moved_cannot_be_chosen_again_and_may_come_in_again(house: House) -> None:
    source = brought(house, SIX)
    moved(house, source, ["1.jpg"])
    done(house)
    line = photos(house, source)["1.jpg"]
    with pytest.raises(WrongState, match="The photo is moved: Moved to Some"):
        choose(house, source, exclude=[line.id])
    with pytest.raises(NotFound):
        moved(house, source, ["1.jpg"])
    with house.store.read() as tx:
        assert line.sha256 not in tx.photos.hashes(source)
        assert not tx.photos.was_withdrawn(source, str(line.sha256))


def test_nothing_is_moved_from_under_a_job(house: House) -> None:
    source = brought(house, SIX)
    job = making.running(house.store, kind="train", dataset_id=source)
    with pytest.raises(DatasetBusy, match="needs this dataset"):
        moved(house, source)
    with house.store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.SUCCEEDED)
    moved(house, source)
    with house.store.read() as tx, pytest.raises(DatasetBusy, match="are to leave it"):
        tx.datasets.check_whole(source)
    done(house)
    with house.store.read() as tx:
        tx.datasets.check_whole(source)
