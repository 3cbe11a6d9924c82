"""What the table of features says of originals: which photos may be shown, and how near photos are to each other."""

from jobs.ids import new_id
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
