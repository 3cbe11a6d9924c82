"""Lists of photos from afar and near: the same photos, in the same order, wherever one begins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from jobs.errors import BadParams, Rejected
from store.listing import Listing, Overview
from store.rows import Photo
from store.store import Store
from tests.store import making
from tests.store.test_pages import walk

SEEN = ("ready", "repaired")


@pytest.fixture
def photos(store: Store) -> list[Photo]:
    """Twelve photos: four dates, each thrice in no order of upload; every fifth is left out."""
    dataset = making.dataset(store)
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    dates = [datetime(1991, 9, 30, 23, 30, tzinfo=UTC), None, datetime(1974, 1, 1, tzinfo=UTC), None]
    made = [
        replace(
            photo,
            state="excluded" if photo.position % 5 == 4 else SEEN[photo.position % 2],
            taken_at=moment and moment + timedelta(hours=photo.position // 4),
            album="Summer" if photo.position < 6 else None,
            kind=("text", None, "blurred")[photo.position % 3],
        )
        for photo in making.photos(archive, 12)
        for moment in [dates[photo.position % 4]]
    ]
    with store.begin() as tx:
        tx.photos.add_many(made)
    return made


def expected(photos: list[Photo], order: str) -> list[UUID]:
    dated = sorted((one for one in photos if one.taken_at), key=lambda one: (one.taken_at, one.id))
    undated = [one for one in photos if not one.taken_at]
    if order == "came":
        return [one.id for one in photos]
    if order == "newest":
        dated, undated = dated[::-1], undated[::-1]
    return [one.id for one in dated + undated]


@pytest.mark.parametrize("order", ["came", "oldest", "newest"])
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_go_through_a_list_once_in_its_order(store: Store, photos: list[Photo], order: str, limit: int) -> None:
    dataset = photos[0].dataset_id
    asked: list[tuple[dict[str, Any], list[Photo]]] = [
        ({}, photos),
        ({"states": SEEN}, [one for one in photos if one.state in SEEN]),
        ({"states": ["excluded"]}, [one for one in photos if one.state == "excluded"]),
        ({"album": "Summer", "states": SEEN}, [one for one in photos if one.album and one.state in SEEN]),
        ({"kind": "text", "states": SEEN}, [one for one in photos if one.kind == "text" and one.state in SEEN]),
        ({"taken": "1991"}, [one for one in photos if one.taken_at and one.taken_at.year == 1991]),
        ({"taken": "undated", "states": SEEN}, [one for one in photos if not one.taken_at and one.state in SEEN]),
    ]
    for filters, wanted in asked:
        found = walk(store, "photos", dataset, limit=limit, order=order, **filters)
        assert [one.id for one in found] == expected(wanted, order), filters
        with store.read() as tx:
            assert tx.photos.ids(dataset, Listing(order=order, **filters)) == expected(wanted, order), filters


@pytest.mark.parametrize("order", ["came", "oldest", "newest"])
def test_every_page_can_be_read_from_where_the_overview_says_it_begins(
    store: Store, photos: list[Photo], order: str
) -> None:
    dataset = photos[0].dataset_id
    with store.read() as tx:
        for every in (1, 4, 5, 12, 13):
            afar = tx.photos.overview(dataset, Listing(order=order), every=every)
            pages = [
                tx.photos.page(dataset, order=order, limit=every, cursor=cursor).items
                for cursor in (None, *afar.starts)
            ]
            assert [one.id for page in pages for one in page] == expected(photos, order)
            assert all(len(page) == every for page, _ in pairwise(pages))
            assert afar.total == 12


def seen_from_afar(store: Store, dataset: UUID, **filters: Any) -> Overview:
    with store.read() as tx:
        return tx.photos.overview(dataset, Listing(**filters), every=100)


def test_months_are_counted_in_utc_in_the_order_of_the_list(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    afar = seen_from_afar(store, dataset, order="oldest")
    # Half past eleven at night of the 30th, and an hour and two later: October.
    assert afar.months == [("1974-01", 3), ("1991-09", 1), ("1991-10", 2), (None, 6)]
    assert afar.albums == ["Summer"]
    newest = seen_from_afar(store, dataset, order="newest", taken="1991-10")
    assert newest.months == [("1991-10", 2), ("1991-09", 1), ("1974-01", 3), (None, 6)]
    assert newest.total == 2
    assert seen_from_afar(store, dataset, album="Winter") == Overview(total=0, starts=[], months=[], albums=["Summer"])


def test_a_month_ends_where_the_next_begins(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    counts = {taken: seen_from_afar(store, dataset, taken=taken).total for taken in ("1991-09", "1991-10", "1991-12")}
    assert counts == {"1991-09": 1, "1991-10": 2, "1991-12": 0}
    assert seen_from_afar(store, dataset, taken="2999").total == 0


def test_words_that_no_list_knows_are_refused(store: Store, photos: list[Photo]) -> None:
    dataset = photos[0].dataset_id
    wrong: list[dict[str, Any]] = [
        {"order": "best"},
        {"taken": "1991-13"},
        {"taken": "٢٠٢٠"},
        {"states": ["gone"]},
        {"kind": "art"},
    ]
    for filters in wrong:
        with store.read() as tx, pytest.raises(BadParams):
            tx.photos.page(dataset, **filters)
        with store.read() as tx, pytest.raises(BadParams):
            tx.photos.overview(dataset, Listing(**filters), every=100)


def test_a_cursor_of_another_order_is_refused_and_one_of_another_filter_harmless(
    store: Store, photos: list[Photo]
) -> None:
    dataset = photos[0].dataset_id
    with store.read() as tx:
        cursor = tx.photos.page(dataset, order="oldest", limit=5).next_cursor
        for order in ("came", "newest"):
            with pytest.raises(Rejected, match="none that this list gave"):
                tx.photos.page(dataset, order=order, cursor=cursor)
        rest = tx.photos.page(dataset, order="oldest", album="Summer", cursor=cursor).items
    assert rest
    assert {one.album for one in rest} == {"Summer"}
    assert {one.id for one in rest} <= set(expected(photos, "oldest")[5:])
