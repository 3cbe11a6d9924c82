"""Photos: an ingest made again changes nothing, and what a job was posted with stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import NotFound, WrongState
from jobs.ids import new_id
from store.rows import Photo, photo_id
from store.store import Store
from tests.store import making


def test_photos_keep_all_that_is_known_of_them(store: Store) -> None:
    dataset = making.dataset(store)
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    taken = datetime(2019, 7, 14, 21, 5, tzinfo=timezone(timedelta(hours=2)))
    (photo,) = making.photos(
        archive,
        1,
        name="Ferien/Straße\udc80\0.JPG",
        state="repaired",
        reason="It ended too early; the missing part is grey.",
        sha256=making.HASH,
        phash="8f" * 8,
        width=4000,
        height=3000,
        size_bytes=2**40,
        taken_at=taken,
        dated_by="export",
        caption="Nach dem Regen\nim Tal 🌄",
        album="Ferien",
        average="#a0b0c0",
        blur="UklGRg==",
        original_key="o",
        image_key="i",
        thumb_key="t",
    )
    with store.begin() as tx:
        tx.photos.add_many([photo])
    with store.read() as tx:
        found = tx.photos.get(photo.id)
    assert found == replace(photo, name="Ferien/Straße\ufffd\ufffd.JPG", revision=found.revision)
    assert found.taken_at == taken
    assert found.taken_at.tzinfo is UTC


def test_an_ingest_made_again_adds_only_what_is_missing(store: Store) -> None:
    dataset = making.dataset(store)
    archive, photos = making.archive_with_photos(store, dataset.id, 3, image_key="first")
    with store.begin() as tx:
        tx.photos.set_included(photos[0].id, False)
        tx.photos.withdraw(dataset.id, [photos[1].id])
    again = making.photos(archive, 5, image_key="second")
    with store.begin() as tx:
        assert tx.photos.add_many(again) == 2
        assert tx.photos.add_many([]) == 0
    with store.read() as tx:
        found = tx.photos.page(dataset.id).items
    assert [photo.id for photo in found] == [photo_id(archive.id, position) for position in range(5)]
    assert [photo.state for photo in found] == ["excluded", "withdrawn", "ready", "ready", "ready"]
    assert [photo.image_key for photo in found] == ["first", None, "first", "second", "second"]


def test_photos_come_in_the_order_of_upload(store: Store) -> None:
    dataset = making.dataset(store)
    first, _ = making.archive_with_photos(store, dataset.id, 0)
    second, _ = making.archive_with_photos(store, dataset.id, 0)
    with store.begin() as tx:
        tx.photos.add_many(making.photos(second, 3))
        tx.photos.add_many(making.photos(first, 2, start=300))
        tx.photos.add_many(making.photos(first, 2, start=2))
    with store.read() as tx:
        found = [(photo.archive_id, photo.position) for photo in tx.photos.page(dataset.id).items]
    assert found == [(first.id, n) for n in (2, 3, 300, 301)] + [(second.id, n) for n in (0, 1, 2)]


def test_photos_of_one_album_are_listed_alone(store: Store) -> None:
    dataset = making.dataset(store)
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    summer = making.photos(archive, 3, album="Summer")
    with store.begin() as tx:
        tx.photos.add_many(summer)
        tx.photos.add_many(making.photos(archive, 2, start=3))
        tx.photos.add_many(making.photos(archive, 2, start=5, album="Summer", state="refused"))
    with store.read() as tx:
        first = tx.photos.page(dataset.id, album="Summer", states=["ready"], limit=2)
        rest = tx.photos.page(dataset.id, album="Summer", states=["ready"], limit=2, cursor=first.next_cursor)
        assert [photo.id for photo in (*first.items, *rest.items)] == [photo.id for photo in summer]
        assert len(tx.photos.page(dataset.id, album="Summer").items) == 5
        assert tx.photos.page(dataset.id, album="summer\0").items == []


def test_of_a_withdrawn_photo_nothing_is_kept_that_was_known_of_it(store: Store) -> None:
    known = {"taken_at": datetime(2019, 7, 4, tzinfo=UTC), "dated_by": "export", "caption": "Us", "album": "Summer"}
    _, (photo,) = making.archive_with_photos(store, making.dataset(store).id, 1, **known)
    with store.begin() as tx:
        tx.photos.withdraw(photo.dataset_id, [photo.id])
        gone = tx.photos.get(photo.id)
    assert {name: getattr(gone, name) for name in known} == dict.fromkeys(known)


def test_a_photo_is_excluded_and_included_again(store: Store) -> None:
    dataset = making.dataset(store)
    _, (ready,) = making.archive_with_photos(store, dataset.id, 1)
    _, (repaired,) = making.archive_with_photos(store, dataset.id, 1, state="repaired")
    for photo in (ready, repaired):
        for _ in range(2):
            with store.begin() as tx:
                assert tx.photos.set_included(photo.id, False).state == "excluded"
        for _ in range(2):
            with store.begin() as tx:
                assert tx.photos.set_included(photo.id, True).state == photo.state


@pytest.mark.parametrize("state", ["duplicate", "refused", "withdrawn"])
def test_what_training_could_never_see_is_not_included(store: Store, state: str) -> None:
    _, (photo,) = making.archive_with_photos(store, making.dataset(store).id, 1, state=state, reason="because")
    for included in (True, False):
        with pytest.raises(WrongState, match=state), store.begin() as tx:
            tx.photos.set_included(photo.id, included)


def test_a_job_sees_the_dataset_that_it_was_posted_with(store: Store) -> None:
    dataset = making.dataset(store)
    _, (a, b, c) = making.archive_with_photos(store, dataset.id, 3)

    def seen(revision: int | None = None) -> list[Photo]:
        with store.read() as tx:
            return [photo for _, photo in tx.views.of_dataset(dataset.id, revision=revision)]

    def posted() -> tuple[int, list[object]]:
        with store.read() as tx:
            return tx.datasets.get(dataset.id).revision, [photo.id for photo in seen()]

    history = [posted()]
    steps = [(a, False), (b, False), (a, True), (a, False), (c, False), (b, True)]
    for photo, included in steps:
        with store.begin() as tx:
            tx.photos.set_included(photo.id, included)
        history.append(posted())
    _, more = making.archive_with_photos(store, dataset.id, 2)
    history.append(posted())
    assert [len(ids) for _, ids in history] == [3, 2, 1, 2, 1, 0, 1, 3]
    for revision, ids in history:
        assert [photo.id for photo in seen(revision)] == ids
    with store.begin() as tx:
        tx.photos.withdraw(dataset.id, [a.id])
    assert [photo.id for photo in seen()] == [b.id, *[photo.id for photo in more]]
    assert [photo.id for photo in seen(history[0][0])] == [b.id, c.id]
    with store.begin() as tx:
        tx.photos.withdraw(dataset.id, [more[0].id])
    with store.read() as tx:
        withdrawn = [tx.views.gone_since(dataset.id, revision) for revision, _ in history]
    assert withdrawn == [1, 0, 0, 1, 0, 0, 0, 1]


def test_a_withdrawn_photo_leaves_its_line_and_no_file(store: Store, tmp_path: Path) -> None:
    dataset = making.dataset(store)
    archive, _ = making.archive_with_photos(store, dataset.id, 0)
    named = photo_id(archive.id, 0)
    keys: dict[str, Any] = {}
    for name in ("original", "image", "thumb"):
        path = making.file(tmp_path, name.encode(), name=f"{name}.jpg")
        keys[f"{name}_key"] = store.objects.put_file(path, kind="photos", id=named, attempt=1).key
    with store.begin() as tx:
        tx.photos.add_many(making.photos(archive, 1, sha256=making.HASH, phash="0" * 16, blur="x", **keys))
    with store.begin() as tx:
        tx.photos.withdraw(dataset.id, [named])
        gone = tx.photos.get(named)
        assert all(store.objects.path(key).exists() for key in keys.values())  # until it is committed
    with store.begin() as tx:
        assert tx.photos.withdraw(dataset.id, [named]) == []
        assert tx.photos.get(named) == gone
    assert (gone.state, gone.name, gone.keys, gone.sha256, gone.phash, gone.blur) == (
        "withdrawn", "0.jpg", [], None, None, None,
    )  # fmt: skip
    for key in keys.values():
        with pytest.raises(NotFound):
            store.objects.path(key)


def test_hashes_name_the_first_photo_that_has_them(store: Store) -> None:
    dataset = making.dataset(store)
    one, (first,) = making.archive_with_photos(store, dataset.id, 1, sha256="a" * 64, phash="1" * 16)
    _, (second,) = making.archive_with_photos(store, dataset.id, 1, sha256="a" * 64, phash="1" * 16)
    making.archive_with_photos(store, dataset.id, 1, sha256="b" * 64, state="refused", reason="no picture")
    with store.read() as tx:
        assert tx.photos.hashes(dataset.id) == {"a" * 64: first.id}
        assert tx.photos.hashes(dataset.id, but_archive=one.id) == {"a" * 64: second.id}
        assert tx.photos.phashes(dataset.id) == {"1" * 16: first.id}
        assert [photo.id for photo in tx.photos.find_duplicates(dataset.id, "a" * 64)] == [first.id, second.id]


def test_views_come_by_photo_and_position(store: Store) -> None:
    dataset = making.dataset(store)
    _, (a, b) = making.archive_with_photos(store, dataset.id, 2)
    boxes = [((0, 0, 8, 8), "two_squares"), ((8, 0, 16, 8), "two_squares")]
    with store.begin() as tx:
        tx.views.replace(a, boxes)
        tx.views.replace(a, boxes)
    with store.read() as tx:
        seen = tx.views.of_dataset(dataset.id)
        by_photo = tx.views.of_photos([b.id, a.id])
    assert [(photo.id, view.position, tuple(view.box)) for view, photo in seen] == [
        (a.id, 0, (0, 0, 8, 8)),
        (a.id, 1, (8, 0, 16, 8)),
        (b.id, 0, (0, 0, 8, 8)),
    ]
    assert [[view.frame for view in by_photo[photo.id]] for photo in (a, b)] == [["two_squares"] * 2, ["centre"]]


def test_an_unknown_photo_is_not_found(store: Store) -> None:
    dataset = making.dataset(store)
    with pytest.raises(NotFound), store.begin() as tx:
        tx.photos.get(new_id())
    with pytest.raises(NotFound), store.begin() as tx:
        tx.photos.withdraw(dataset.id, [new_id()])
