"""Archives: what came, and how its reading ended."""

import pytest

from jobs.errors import BadParams, NotFound
from jobs.ids import new_id
from store.store import Store
from tests.store import making


def test_archives_are_listed_as_they_came(store: Store) -> None:
    dataset = making.dataset(store)
    job = making.job(store, kind="ingest", dataset_id=dataset.id)
    with store.begin() as tx:
        made = [making.archive(tx, dataset.id, job.id, filename=f"{n}.zip", size_bytes=2**40) for n in range(3)]
    with store.read() as tx:
        assert tx.archives.of_dataset(dataset.id) == made
        assert tx.archives.get(made[1].id) == made[1]
    assert {archive.state for archive in made} == {"received"}


def test_a_long_filename_keeps_its_end(store: Store) -> None:
    dataset = making.dataset(store)
    job = making.job(store)
    with store.begin() as tx:
        archive = making.archive(tx, dataset.id, job.id, filename="x" * 300 + "\0.tar.gz")
    assert archive.filename == "x" * 247 + "\ufffd.tar.gz"


def test_an_archive_is_ready_or_refused_with_a_reason(store: Store) -> None:
    dataset = making.dataset(store)
    job = making.job(store)
    with store.begin() as tx:
        archive = making.archive(tx, dataset.id, job.id)
        tx.archives.set_state(archive.id, "refused", reason="It holds no picture.")
        assert tx.archives.get(archive.id).reason == "It holds no picture."
        tx.archives.set_state(archive.id, "ready")
        assert (tx.archives.get(archive.id).state, tx.archives.get(archive.id).reason) == ("ready", None)
    with pytest.raises(BadParams), store.begin() as tx:
        tx.archives.set_state(archive.id, "odd")
    with pytest.raises(NotFound), store.read() as tx:
        tx.archives.get(new_id())


def test_the_files_of_one_archive_are_counted_by_state(store: Store) -> None:
    dataset = making.dataset(store)
    archive, photos = making.archive_with_photos(store, dataset.id, 3)
    making.archive_with_photos(store, dataset.id, 2)
    with store.begin() as tx:
        tx.photos.withdraw(dataset.id, [photos[0].id])
    with store.read() as tx:
        assert tx.photos.counts_of_archive(dataset.id, archive.id) == {"ready": 2, "withdrawn": 1}
        assert tx.photos.names([photos[1].id, new_id()]) == {photos[1].id: "1.jpg"}
        assert tx.photos.names([]) == {}
