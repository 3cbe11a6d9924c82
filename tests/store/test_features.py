"""Files of features are named for photos that are there, and let go with any; heaps are of what training sees."""

from uuid import UUID

import pytest

from jobs.ids import new_id
from jobs.state import State
from store.features import keys_of
from store.objects import key_of
from store.rows import FeatureFile, Photo
from store.store import Store
from store.sweep import named
from tests.store import making


@pytest.fixture
def photos(store: Store) -> list[Photo]:
    """Six photos that have pictures."""
    dataset = making.dataset(store)
    archive, made = making.archive_with_photos(store, dataset.id, 0)
    with store.begin() as tx:
        key = f"photos/{new_id()}/0/{making.HASH}.jpg"
        made = making.photos(archive, 6, image_key=key, thumb_key=key)
        tx.photos.add_many(made)
    return made


def file_of(store: Store, photos: list[Photo], *, version: int = 1) -> FeatureFile:
    """The files of the features of these photos, as a worker leaves it."""
    file_id = new_id()
    keys = []
    for name in ("features", "parts"):
        path = making.file(store.settings.folder, file_id.bytes + name.encode(), name=f"{file_id}.{name}")
        keys.append(store.objects.put_file(path, kind="features", id=file_id, consume=True).key)
    file = FeatureFile(
        id=file_id, dataset_id=photos[0].dataset_id, key=keys[0], parts_key=keys[1], size_bytes=1, version=version
    )
    with store.begin() as tx:
        assert tx.features.add(file, [photo.id for photo in photos])
    return file


def stand(store: Store, photos: list[Photo], *rows: tuple[int, int, int]) -> None:
    names = ("heap", "place", "nearest")
    given = [
        {"photo_id": photo.id, **dict(zip(names, row, strict=True))} for photo, row in zip(photos, rows, strict=True)
    ]
    with store.begin() as tx:
        tx.features.sort(photos[0].dataset_id, given)


def ids(photos: list[Photo]) -> list[UUID]:
    return [photo.id for photo in photos]


def test_a_photo_is_looked_at_once(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    file_of(store, photos[:4])
    with store.begin() as tx:
        assert tx.features.lacking(dataset, ids(photos)) == set(ids(photos[4:]))
        assert [one.looked for one in tx.features.sources(dataset)] == [True] * 4 + [False] * 2
        assert tx.features.unlooked(dataset) == 2
        again = FeatureFile(
            id=new_id(), dataset_id=dataset, key=key_of("features", new_id(), 0, "0" * 64), size_bytes=1
        )
        assert not tx.features.add(again, ids(photos[3:5]))
        assert tx.discarded == [again.key]
        assert tx.features.get(photos[4].id) is None


def test_what_was_found_in_a_withdrawn_photo_goes_with_its_file(store: Store, photos: list[Photo]) -> None:
    first, second = file_of(store, photos[:3]), file_of(store, photos[3:])
    with store.begin() as tx:
        tx.photos.withdraw(photos[0].dataset_id, [photos[1].id])
    with store.read() as tx:
        assert tx.features.files(photos[0].dataset_id) == [second]
        assert tx.features.lacking(photos[0].dataset_id, ids(photos)) == {photos[0].id, photos[2].id}
        assert tx.features.of_file(first.id) == []
    assert set(store.objects.older_than(-10)) == set(keys_of(second))


def test_what_another_version_has_found_goes_and_is_looked_for_again(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    old, kept = file_of(store, photos[:2], version=0), file_of(store, photos[2:], version=1)
    with store.begin() as tx:
        assert tx.features.of_other_versions(1) == [dataset]
        tx.features.drop_other_versions(dataset, 1)
    with store.read() as tx:
        assert tx.features.of_other_versions(1) == []
        assert tx.features.files(dataset) == [kept]
        assert tx.features.lacking(dataset, ids(photos)) == set(ids(photos[:2]))
    assert not {*keys_of(old)} & set(store.objects.older_than(-10))


def test_a_file_that_a_row_names_is_not_swept_and_goes_with_its_dataset(store: Store, photos: list[Photo]) -> None:
    file = file_of(store, photos)
    with store.read() as tx:
        assert len(keys_of(file)) == 2
        assert named(tx.connection, keys_of(file)) == set(keys_of(file))
    job = making.claimed(store, "ingest")
    with store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.SUCCEEDED)
        tx.datasets.delete(file.dataset_id)
    with store.read() as tx:
        assert named(tx.connection, keys_of(file)) == set()


def test_a_look_that_waits_or_runs_does_not_keep_a_dataset(store: Store) -> None:
    dataset = making.dataset(store)
    running = making.running(store, kind="index", dataset_id=dataset.id)
    waiting = making.job(store, kind="index", dataset_id=dataset.id, priority=-10)
    with store.begin() as tx:
        assert tx.jobs.waits("index", dataset.id)
        tx.jobs.call_off("index", dataset.id)
        tx.datasets.delete(dataset.id)
    with store.read() as tx:
        assert tx.jobs.get(waiting.id).state is State.CANCELLED
        assert tx.jobs.get(running.id).wish == "cancel"


def test_the_job_that_is_claimed_next_is_the_foremost(store: Store) -> None:
    making.job(store, kind="index", priority=-10)
    wanted = making.job(store, kind="train")
    making.job(store, kind="train")
    with store.read() as tx:
        foremost = tx.jobs.foremost()
    assert foremost is not None
    assert foremost.id == wanted.id
    assert making.claimed(store, "train").id == wanted.id


def test_heaps_are_of_what_training_sees_now(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    file_of(store, photos)
    with store.read() as tx:
        assert not tx.features.sorted_any(dataset)
    stand(
        store,
        photos,
        (0, 0, 800_000),
        (0, 2, 990_000),
        (0, 1, 600_000),
        (1, 0, 300_000),
        (1, 1, 400_000),
        (1, 2, 500_000),
    )
    with store.read() as tx:
        assert tx.features.sorted_any(dataset)
        assert tx.features.heaps(dataset) == {0: 3, 1: 3}
        assert tx.features.typical(dataset, 0, count=3) == ids([photos[0], photos[2], photos[1]])
        assert tx.features.surplus(dataset, 0, keep=2) == [photos[1].id]
        assert tx.features.lonely(dataset, count=2) == [(photos[3].id, 300_000), (photos[4].id, 400_000)]
        page = tx.features.heap(dataset, 1, limit=2, cursor=None)
        assert page.items == ids(photos[3:5])
        assert tx.features.heap(dataset, 1, limit=2, cursor=page.next_cursor).items == [photos[5].id]
    with store.begin() as tx:
        tx.photos.choose(dataset, include=[], exclude=ids([photos[0], photos[3]]))
    with store.read() as tx:
        assert tx.features.heaps(dataset) == {0: 2, 1: 2}
        assert tx.features.lonely(dataset, count=1) == [(photos[4].id, 400_000)]
        assert tx.features.usable(dataset, ids(photos[2:5])) == ids([photos[2], photos[4]])
        assert [one.usable for one in tx.features.sources(dataset)] == [False, True, True, False, True, True]
