"""Photographs that come from other datasets: each once, as it was, and each archive owns its files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.gathering import gather
from api.schemas.datasets import Part
from jobs.errors import DatasetBusy, Rejected, WrongState
from jobs.events import Artifact
from jobs.ids import new_id
from jobs.place import Place
from jobs.state import State, Wish
from kinds.gather.params import GatherParams
from kinds.gather.run import run
from store.rows import Dataset, Job, Photo
from store.sweep import sweep
from tests.kinds.pictures import ingested, jpeg
from tests.store import making
from tests.waiting import until
from tests.worker.house import LONG_S, House
from worker.gathering import all_came, finish
from worker.keep import Keeper
from worker.layout import laid_out


def brought(house: House, entries: dict[str, bytes], *, framing: str = "centre", aspect: str | None = None) -> UUID:
    """A dataset of these files, read."""
    with house.store.begin() as tx:
        dataset = tx.datasets.add(name="Holidays", framing=framing, aspect=aspect)
    job = house.ingest(entries, dataset_id=dataset.id)
    with house.store.begin() as tx:
        claimed = tx.jobs.claim(new_id(), ["ingest"])
        archive = tx.archives.get(UUID(job.params["archive_id"]))
    assert claimed is not None
    assert job.dataset_id is not None
    scratch = house.folder.parent / str(job.id)
    made = ingested(house.store.objects.path(str(archive.key)), scratch, framing=framing, aspect=aspect)
    Keeper(store=house.store, job=claimed, scratch=scratch, patient=lambda: False).artifacts(made)
    with house.store.begin() as tx:
        tx.archives.set_state(archive.id, "ready")
        tx.jobs.move(claimed.id, claimed.attempt, State.SUCCEEDED)
    return job.dataset_id


def asked(house: House, *sources: Part, framing: str | None = None) -> Dataset:
    with house.store.begin() as tx:
        return gather(tx, "Both", list(sources), framing=framing)


def whole(dataset_id: UUID, **part: Any) -> Part:
    return Part(dataset_id=dataset_id, **part)


def attempt(house: House) -> tuple[Keeper, Iterator[Any]]:
    """The next attempt at the job that waits, in this process."""
    with house.store.begin() as tx:
        job = tx.jobs.claim(new_id(), ["gather"])
    assert job is not None
    params = GatherParams.model_validate(job.params)
    laid = laid_out(house.store, job, params.needs())
    place = Place(
        scratch=laid.scratch, cache=Path(), inputs=laid.inputs, facts=laid.facts, resume_point=None, stop=lambda: False
    )
    return Keeper(store=house.store, job=job, scratch=laid.scratch, patient=lambda: False), run(params, place)


def done(house: House) -> None:
    keeper, events = attempt(house)
    for event in events:
        if isinstance(event, Artifact):
            keeper.artifacts([event])
    with house.store.begin() as tx:
        all_came(tx, keeper.job)
        tx.jobs.move(keeper.job.id, keeper.job.attempt, State.SUCCEEDED)
    finish(house.store)


def photos(house: House, dataset_id: UUID) -> dict[str, Photo]:
    with house.store.read() as tx:
        found = [tx.photos.get(id) for id in sorted(p.id for p in tx.photos.page(dataset_id, limit=200).items)]
    assert len({photo.name for photo in found}) == len(found)
    return {photo.name: photo for photo in found}


def choose(house: House, dataset_id: UUID, *, exclude: list[UUID]) -> None:
    with house.store.begin() as tx:
        tx.photos.choose(dataset_id, include=[], exclude=exclude)


def files(house: House) -> set[str]:
    """The keys of all photographs' files."""
    return {key for key in house.store.objects.older_than(-60) if key.startswith("photos/")}


def bytes_of(house: House, photo: Photo) -> bytes:
    return house.store.objects.path(str(photo.original_key)).read_bytes()


def test_each_photograph_comes_once_with_its_state(house: House) -> None:
    first = brought(
        house,
        {
            "a.jpg": jpeg(1),
            "b.jpg": jpeg(2),
            "a-again.jpg": jpeg(1),
            "resaved.jpg": jpeg(2, quality=94),
            "no.jpg": b"x",
        },
    )
    second = brought(house, {"c.jpg": jpeg(3), "a-too.jpg": jpeg(1), "c-again.jpg": jpeg(3), "d.jpg": jpeg(4)})
    choose(house, second, exclude=[photos(house, second)["d.jpg"].id])
    both = asked(house, whole(first), whole(second))
    with house.store.read() as tx:
        assert tx.datasets.busy([both.id]) == {both.id}
    done(house)
    found = photos(house, both.id)
    assert {name: photo.state for name, photo in found.items()} == {
        "a.jpg": "ready",
        "b.jpg": "ready",
        "a-again.jpg": "duplicate",
        "resaved.jpg": "duplicate",
        "no.jpg": "refused",
        "c.jpg": "ready",
        "a-too.jpg": "duplicate",
        "c-again.jpg": "duplicate",
        "d.jpg": "excluded",
    }
    before = photos(house, first) | photos(house, second)
    for name in found.keys() - {"a-too.jpg"}:
        assert found[name].reason == before[name].reason, name
    assert found["a-too.jpg"].reason == "The same file as a.jpg."
    of = {name: photo.duplicate_of for name, photo in found.items() if photo.duplicate_of}
    assert of == {
        "a-again.jpg": found["a.jpg"].id,
        "resaved.jpg": found["b.jpg"].id,
        "a-too.jpg": found["a.jpg"].id,
        "c-again.jpg": found["c.jpg"].id,
    }
    with house.store.read() as tx:
        assert [(one.filename, one.key, one.state, one.reason) for one in tx.archives.of_dataset(both.id)] == [
            ("Holidays", None, "ready", None)
        ] * 2
        assert tx.datasets.usable_views(both.id) == 3
        assert tx.datasets.busy([both.id]) == set()


def test_what_was_said_of_a_photograph_comes_along(house: House) -> None:
    first = brought(house, {f"{number}.jpg": jpeg(number) for number in range(3)})
    hand, labelled, out = (photo.id for photo in photos(house, first).values())
    with house.store.begin() as tx:
        revision = tx.datasets.touch_revision(first)
        tx.labels.put(first, [labelled], "Cats", revision=revision)
        tx.views.replace(tx.photos.get(hand), [((1, 2, 41, 42), "by_hand")], revision=revision, by_hand=True)
        tx.photos.focused(first, {hand: [0.25, 0.5]})
        tx.photos.choose(first, include=[], exclude=[out])
    new = asked(house, whole(first), framing="whole")
    done(house)
    found = photos(house, new.id)
    with house.store.read() as tx:
        views = tx.views.of_photos([photo.id for photo in found.values()])
        assert [(list(view.box), view.by_hand) for view in views[found["0.jpg"].id]] == [([1, 2, 41, 42], True)]
        assert [view.frame for view in views[found["1.jpg"].id]] == ["whole"]
        assert tx.labels.of_photos(list(views)) == {found["1.jpg"].id: "Cats"}
    assert found["0.jpg"].focus == [0.25, 0.5]
    with house.store.begin() as tx:
        assert tx.photos.set_included(found["2.jpg"].id, True).state == "ready"


def test_photographs_that_come_together_are_squeezed_from_one_aspect(house: House) -> None:
    sizes = {"a.jpg": (96, 64), "b.jpg": (64, 96), "c.jpg": (120, 60)}
    wide = brought(
        house,
        {name: jpeg(i, size=size) for i, (name, size) in enumerate(sizes.items())},
        framing="squeeze",
        aspect="3:2",
    )
    other = brought(house, {"d.jpg": jpeg(7, size=(80, 60)), "e.jpg": jpeg(8, size=(90, 60))})
    hand = photos(house, other)["e.jpg"]
    with house.store.begin() as tx:
        revision = tx.datasets.touch_revision(other)
        tx.views.replace(hand, [((20, 10, 60, 50), "by_hand")], revision=revision, by_hand=True)
    new = asked(house, whole(wide), whole(other))
    done(house)
    assert (new.framing, new.aspect) == ("squeeze", "3:2")
    found = photos(house, new.id)
    with house.store.read() as tx:
        views = tx.views.of_photos([photo.id for photo in found.values()])
    assert {name: [(*view.box, view.by_hand) for view in views[photo.id]] for name, photo in found.items()} == {
        "a.jpg": [(0, 0, 96, 64, False)],
        "b.jpg": [(0, 26, 64, 69, False)],
        "c.jpg": [(15, 0, 105, 60, False)],
        "d.jpg": [(0, 4, 80, 57, False)],
        "e.jpg": [(10, 10, 70, 50, True)],
    }
    squares = asked(house, whole(new.id), framing="centre")
    done(house)
    with house.store.read() as tx:
        back = tx.views.of_photos([photo.id for photo in photos(house, squares.id).values()])
    assert all(view.box[2] - view.box[0] == view.box[3] - view.box[1] for some in back.values() for view in some)


def test_either_can_be_deleted_and_the_other_is_whole(house: House) -> None:
    first = brought(house, {"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    files = {name: bytes_of(house, photo) for name, photo in photos(house, first).items()}
    inodes = {house.store.objects.path(key).stat().st_ino for one in photos(house, first).values() for key in one.keys}
    new = asked(house, whole(first))
    done(house)
    found = photos(house, new.id)
    assert {house.store.objects.path(key).stat().st_ino for one in found.values() for key in one.keys} == inodes
    with house.store.begin() as tx:
        tx.datasets.delete(first)
    sweep(house.store, older_than_s=-1)
    assert {name: bytes_of(house, photo) for name, photo in found.items()} == files
    again = asked(house, whole(new.id))
    done(house)
    with house.store.begin() as tx:
        tx.datasets.delete(again.id)
    sweep(house.store, older_than_s=-1)
    assert {name: bytes_of(house, photo) for name, photo in found.items()} == files


def test_a_part_brings_the_pixels_of_a_duplicate_whose_first_one_stays_away(house: House) -> None:
    first = brought(
        house, {"a.jpg": jpeg(1), "again.jpg": jpeg(1), "third.jpg": jpeg(1), "resaved.jpg": jpeg(1, quality=94)}
    )
    wanted = photos(house, first)
    ids = [wanted[name].id for name in ("again.jpg", "third.jpg", "resaved.jpg")]
    new = asked(house, whole(first, photos=ids))
    done(house)
    found = photos(house, new.id)
    assert {name: photo.state for name, photo in found.items()} == {
        "again.jpg": "ready",
        "third.jpg": "duplicate",
        "resaved.jpg": "duplicate",
    }
    assert {found["third.jpg"].duplicate_of, found["resaved.jpg"].duplicate_of} == {found["again.jpg"].id}
    assert bytes_of(house, found["again.jpg"]) == jpeg(1)
    with house.store.read() as tx:
        assert tx.datasets.usable_views(new.id) == 1


def test_what_was_withdrawn_from_one_does_not_come_in_from_another(house: House) -> None:
    first = brought(house, {"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    second = brought(house, {"a-too.jpg": jpeg(1)})
    with house.store.begin() as tx:
        tx.photos.withdraw(first, [photos(house, first)["a.jpg"].id])
    new = asked(house, whole(second), whole(first))
    done(house)
    found = photos(house, new.id)
    assert {name: (photo.state, photo.keys) for name, photo in found.items() if name != "b.jpg"} == {
        "a-too.jpg": ("refused", []),
        "a.jpg": ("withdrawn", []),
    }


def test_a_photograph_that_is_withdrawn_on_the_way_comes_as_a_line(house: House) -> None:
    first = brought(house, {"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    new = asked(house, whole(first))
    keeper, events = attempt(house)
    with house.store.begin() as tx:
        tx.photos.withdraw(first, [photos(house, first)["a.jpg"].id])
    keeper.artifacts([next(events)])
    assert {name: photo.state for name, photo in photos(house, new.id).items()} == {
        "a.jpg": "withdrawn",
        "b.jpg": "ready",
    }


def test_an_attempt_goes_on_where_the_one_before_was_killed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinds.gather.run.BATCH", 2)
    first = brought(house, {f"{number}.jpg": jpeg(number) for number in range(5)})
    new = asked(house, whole(first))
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    with house.store.begin() as tx:  # as the lease of a killed worker ends
        tx.jobs.crash(keeper.job.id, keeper.job.attempt)
    half = photos(house, new.id)
    assert len(half) == 2
    done(house)
    found = photos(house, new.id)
    assert len(found) == 5
    assert [found[name].keys for name in half] == [photo.keys for photo in half.values()]


def begun(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, Dataset, Keeper]:
    """Two of five photographs have come in, by a job that runs."""
    monkeypatch.setattr("kinds.gather.run.BATCH", 2)
    first = brought(house, {f"{number}.jpg": jpeg(number) for number in range(5)})
    new = asked(house, whole(first))
    keeper, events = attempt(house)
    keeper.artifacts([next(events)])
    return first, new, keeper


def test_what_failed_midway_is_not_ready_and_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, new, keeper = begun(house, monkeypatch)
    with house.store.begin() as tx:
        tx.jobs.move(keeper.job.id, keeper.job.attempt, State.FAILED, error={"detail": "The disk is full."})
    with house.store.read() as tx:
        assert (tx.datasets.busy([new.id]), tx.datasets.unfinished([new.id, first])) == (set(), {new.id})
        assert [(one.state, one.reason) for one in tx.archives.of_dataset(new.id)] == [("refused", "The disk is full.")]
        with pytest.raises(DatasetBusy, match="Not all photographs have come into Both"):
            tx.datasets.check_whole(new.id)
    with pytest.raises(DatasetBusy, match="Not all"):
        asked(house, whole(new.id))
    with pytest.raises(DatasetBusy, match="has still to take"), house.store.begin() as tx:
        tx.datasets.delete(first)
    assert finish(house.store) == 0
    with house.store.begin() as tx:
        tx.jobs.retry(keeper.job.id)
    done(house)
    with house.store.read() as tx:
        tx.datasets.check_whole(new.id)
        assert tx.datasets.counts(new.id)["ready"] == 5


def test_of_what_was_cancelled_nothing_is_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.gathering.AT_ONCE", 1)
    first, new, keeper = begun(house, monkeypatch)
    before = files(house)
    with house.store.begin() as tx:
        tx.jobs.move(keeper.job.id, keeper.job.attempt, State.PAUSED)
        tx.jobs.wish(keeper.job.id, Wish.CANCEL)
    with house.store.read() as tx:
        assert tx.datasets.unfinished([new.id]) == {new.id}
    assert finish(house.store) == 2
    assert finish(house.store) == 0
    with house.store.read() as tx:
        assert tx.datasets.unfinished([new.id]) == set()
        assert sum(tx.datasets.counts(new.id).values()) == 0
        reason = "The job was cancelled, and what had come in was taken out again."
        assert [(one.state, one.reason) for one in tx.archives.of_dataset(new.id)] == [("refused", reason)]
    assert len(photos(house, first)) == 5
    own = {key for photo in photos(house, first).values() for key in photo.keys}
    assert files(house) == own < before


def test_a_part_cannot_be_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, keeper = begun(house, monkeypatch)
    with pytest.raises(WrongState, match="all or none"), house.store.begin() as tx:
        tx.jobs.wish(keeper.job.id, Wish.STOP)


def test_a_source_is_kept_until_all_came(house: House) -> None:
    first = brought(house, {"a.jpg": jpeg(1)})
    asked(house, whole(first))
    with pytest.raises(DatasetBusy), house.store.begin() as tx:
        tx.datasets.delete(first)
    done(house)
    with house.store.begin() as tx:
        tx.datasets.delete(first)


def test_a_real_worker_brings_them_and_has_them_looked_at(house: House) -> None:
    first = brought(house, {f"{number}.jpg": jpeg(number) for number in range(3)})
    new = asked(house, whole(first))

    def ended() -> Job | None:
        with house.store.read() as tx:
            (found,) = [one for one in tx.jobs.page(limit=200, kind="gather").items if one.dataset_id == new.id]
        return found if found.state is State.SUCCEEDED else None

    with house.worker():
        until(ended, within_s=LONG_S)
    with house.store.read() as tx:
        assert [one.dataset_id for one in tx.jobs.page(limit=200, kind="index").items] == [new.id]
    assert {photo.state for photo in photos(house, new.id).values()} == {"ready"}


def test_nothing_makes_no_dataset(house: House) -> None:
    empty = making.dataset(house.store)
    with pytest.raises(Rejected, match="holds no photograph"):
        asked(house, whole(empty.id))
    with house.store.read() as tx:
        assert [one.id for one in tx.datasets.page().items] == [empty.id]
