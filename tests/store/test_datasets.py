"""Datasets: names, counts, and what may be deleted."""

import pytest

from jobs.errors import BadParams, DatasetBusy, NotFound
from jobs.ids import new_id
from jobs.state import State, Wish
from store.store import Store
from tests.store import making
from tests.store.test_indexes import written_down


def test_a_dataset_is_made_read_and_renamed(store: Store) -> None:
    with store.begin() as tx:
        made = tx.datasets.add(name="  Été à la mer ☀  ", framing="two_squares")
    assert (made.name, made.framing, made.revision) == ("Été à la mer ☀", "two_squares", 0)
    with store.begin() as tx:
        assert tx.datasets.rename(made.id, "Winter").name == "Winter"
    with store.read() as tx:
        assert tx.datasets.get(made.id).name == "Winter"


def test_a_dataset_is_found_by_its_whole_name(store: Store) -> None:
    first, _, second = (making.dataset(store, name=name) for name in ("Été", "été 1991", "Été"))
    with store.read() as tx:
        assert tx.datasets.named("  Été ") == [first, second]
        assert tx.datasets.named("Ét_") == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_that_cannot_be_is_refused(store: Store, name: str) -> None:
    dataset = making.dataset(store)
    with pytest.raises(BadParams) as refused, store.begin() as tx:
        tx.datasets.add(name=name)
    assert refused.value.pointer == "#/name"
    with pytest.raises(BadParams), store.begin() as tx:
        tx.datasets.rename(dataset.id, name)


def test_a_framing_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(BadParams, match="centre, two_squares") as refused, store.begin() as tx:
        tx.datasets.add(name="x", framing="diagonal")
    assert refused.value.pointer == "#/framing"


def test_photos_are_counted_by_state_and_usable_views_apart(store: Store) -> None:
    dataset, other = making.dataset(store), making.dataset(store)
    _, photos = making.archive_with_photos(store, dataset.id, 5)
    making.archive_with_photos(store, dataset.id, 2, state="refused", reason="no picture")
    with store.begin() as tx:
        tx.photos.set_included(photos[0].id, False)
        tx.views.replace(photos[1], [((0, 0, 8, 8), "two_squares"), ((8, 0, 16, 8), "two_squares")])
    with store.read() as tx:
        counts = tx.datasets.counts(dataset.id)
        usable = tx.datasets.usable_views_of([dataset.id, other.id])
        covers = tx.datasets.covers([dataset.id, other.id])
        assert set(tx.datasets.counts(other.id).values()) == {0}
    assert counts == {
        "ready": 4,
        "repaired": 0,
        "duplicate": 0,
        "refused": 2,
        "excluded": 1,
        "withdrawn": 0,
        "moved": 0,
    }
    assert usable == {dataset.id: 5, other.id: 0}
    assert covers == {dataset.id: [photo.id for photo in photos[1:]], other.id: []}
    with written_down(store) as asked, store.read() as tx:
        assert tx.datasets.covers([other.id, dataset.id], count=2)[dataset.id] == [photo.id for photo in photos[1:3]]
        assert tx.datasets.covers([]) == {}
    assert len(asked) == 1


def test_a_dataset_that_a_job_needs_is_not_deleted(store: Store) -> None:
    dataset = making.dataset(store)
    _, photos = making.archive_with_photos(store, dataset.id, 1)
    with pytest.raises(DatasetBusy) as refused, store.begin() as tx:
        tx.datasets.delete(dataset.id)
    assert refused.value.remedy
    with store.begin() as tx:
        for job in tx.jobs.page(dataset_id=dataset.id).items:
            assert tx.jobs.wish(job.id, Wish.CANCEL).state is State.CANCELLED
        tx.datasets.delete(dataset.id)
    for ask in ("datasets", "photos"):
        with pytest.raises(NotFound), store.read() as tx:
            getattr(tx, ask).get(dataset.id if ask == "datasets" else photos[0].id)
    with store.read() as tx:
        assert tx.views.of_dataset(dataset.id) == []
        assert len(tx.jobs.page(dataset_id=dataset.id).items) == 1


def test_an_unknown_dataset_is_not_found(store: Store) -> None:
    unknown = new_id()
    for ask in ("get", "delete", "touch_revision"):
        with pytest.raises(NotFound), store.begin() as tx:
            getattr(tx.datasets, ask)(unknown)
    with pytest.raises(NotFound), store.begin() as tx:
        tx.datasets.rename(unknown, "x")
