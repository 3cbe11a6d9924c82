"""What the table of features says of originals: which photos may be shown, and how near photos are to each other."""

from jobs.ids import new_id
from store.rows import FeatureFile
from store.store import Store
from tests.store import making


def test_only_what_can_be_seen_is_shown_and_a_duplicate_is_what_it_repeats(store: Store) -> None:
    dataset = making.dataset(store)
    states = ("ready", "repaired", "excluded", "duplicate", "refused", "withdrawn", "moved")
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    made = [making.photos(archive, 1, start=n, state=state)[0] for n, state in enumerate(states)]
    with store.begin() as tx:
        tx.photos.add_many(made)
    with store.read() as tx:
        ids = [photo.id for photo in made]
        assert set(tx.features.shown(dataset.id, [*ids, new_id()])) == set(ids[:3])
        assert tx.features.shown(new_id(), ids) == []
        assert tx.features.shown(dataset.id, []) == []


def test_photos_that_are_less_like_their_nearest_other_one_are_counted(store: Store) -> None:
    dataset = making.dataset(store)
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    made = making.photos(archive, 6)
    made[5:] = making.photos(archive, 1, start=5, state="excluded")
    file = FeatureFile(id=new_id(), dataset_id=dataset.id, key="k", parts_key="p", size_bytes=1, version=1)
    with store.begin() as tx:
        tx.photos.add_many(made)
        assert tx.features.farther(dataset.id, 500_000) == (0, 0)
        assert tx.features.add(file, [photo.id for photo in made])
        assert tx.features.farther(dataset.id, 500_000) == (0, 0)
        stand = [
            {"photo_id": made[n].id, "heap": 0, "place": n, "nearest": nearest}
            for n, nearest in enumerate((100_000, 500_000, 700_000, 900_000))
        ]
        tx.features.sort(dataset.id, [*stand, {"photo_id": made[5].id, "heap": 0, "place": 5, "nearest": 1}])
        assert tx.features.farther(dataset.id, 500_000) == (1, 4)
        assert tx.features.farther(dataset.id, 1_000_000) == (4, 4)
