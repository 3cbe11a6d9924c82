"""What is withdrawn leaves the file of the map, whoever else withdraws at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from api.unmapped import take_from_map
from kinds.map.files import ids_of, read_map
from store.store import Store
from tests.api.test_likeness import looked
from tests.api.test_map import mapped


def test_of_withdrawals_at_once_each_takes_its_own_from_the_map(store: Store, ready: dict[str, Any]) -> None:
    last, *photos = (UUID(id) for id in looked(store, ready["id"]))
    laid = mapped(store, ready["id"], [last, *photos], [])
    with ThreadPoolExecutor(len(photos)) as people:
        list(people.map(lambda photo: take_from_map(store, laid.dataset_id, [photo]), photos))
    with store.read() as tx:
        row = tx.maps.get(laid.dataset_id)
    assert row is not None
    assert row.photos == 1
    assert ids_of(read_map(store.objects.path(row.key))["id"]) == [last]
