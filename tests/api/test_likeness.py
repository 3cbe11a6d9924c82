"""What is like a photograph, the contact sheet, evening out: also for archives that nobody has looked at."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest

from api.contacts import even_out
from api.schemas.likeness import Evening
from jobs.errors import Unavailable
from jobs.ids import new_id
from kinds.index import files
from kinds.index.files import BOXES, PART_WIDTH, VERSION, WIDTH, packed, packed_parts, photos_of, read_found
from kinds.index.heaps import heaps
from store.features import keys_of
from store.photos import Photos
from store.rows import FeatureFile
from store.store import Store
from tests.api import rows
from tests.api.reading import read_in
from tests.kinds.pictures import picture, saved

Found = dict[str, Any]


def features(count: int) -> Any:
    """Two scenes, photographs in turn; within a scene each is a little farther from the first."""
    scenes = np.random.default_rng(0).gamma(0.5, size=(2, WIDTH))
    noise = np.random.default_rng(1).gamma(0.5, size=(count, WIDTH))
    return np.stack([scenes[n % 2] + noise[n] * n / 20 for n in range(count)]).astype(np.float32)


def looked(store: Store, dataset: str, *, leave: int = 0) -> list[str]:
    """Look at a dataset's photographs, but for the last ones, as the worker does; gives their ids in order."""
    with store.read() as tx:
        ids = [one.photo_id for one in tx.features.sources(UUID(dataset))]
    ids = ids[: len(ids) - leave]
    values = features(len(ids))
    file_id = new_id()
    parts = np.random.default_rng(2).normal(size=(len(ids), len(BOXES), PART_WIDTH)).astype(np.float32)
    found = files.Found(rows=packed(ids, values, values), parts=packed_parts(ids, parts))
    paths = found.write(store.settings.folder, str(file_id))
    wholes, windows = (store.objects.put_file(path, kind="features", id=file_id, consume=True) for path in paths)
    file = FeatureFile(
        id=file_id,
        dataset_id=UUID(dataset),
        key=wholes.key,
        parts_key=windows.key,
        size_bytes=wholes.size_bytes + windows.size_bytes,
        version=VERSION,
    )
    vectors = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    standing = heaps(vectors, np.ones(len(ids), bool))
    with store.begin() as tx:
        assert tx.features.add(file, ids)
        tx.features.sort(
            UUID(dataset),
            [
                {
                    "photo_id": id,
                    "heap": int(standing.heap[n]),
                    "place": int(standing.place[n]),
                    "nearest": round(1e6 * float(standing.nearest[n])),
                }
                for n, id in enumerate(ids)
            ],
        )
    return [str(id) for id in ids]


@pytest.fixture
def seen(store: Store, ready: Found) -> list[str]:
    """The photographs of a dataset that was looked at."""
    return looked(store, ready["id"])


def test_what_is_most_alike_comes_first_with_its_likeness_in_words(http: httpx.Client, seen: list[str]) -> None:
    found = http.get(f"/photos/{seen[0]}/alike?within=0").json()
    assert [one["photo"]["id"] for one in found["items"][:4]] == [seen[2], seen[4], seen[6], seen[8]]
    likenesses = [one["likeness"] for one in found["items"]]
    assert likenesses == sorted(likenesses, reverse=True)
    assert all(0 <= likeness <= 1 for likeness in likenesses)
    assert found["items"][0]["words"] == "almost the same"
    assert found["total"] == 9
    assert set(found["seen"]) == set(seen)


def test_only_what_is_as_alike_as_that_is_named_and_counted(http: httpx.Client, seen: list[str]) -> None:
    everything = http.get(f"/photos/{seen[0]}/alike?within=0").json()["items"]
    within = everything[2]["likeness"] - 1e-4
    found = http.get(f"/photos/{seen[0]}/alike?within={within}&limit=2").json()
    assert (found["total"], len(found["items"])) == (3, 2)
    assert found["seen"] == [seen[0], seen[2], seen[4], seen[6]]


def test_everything_like_it_is_left_out_found_again_and_taken_in_again(
    http: httpx.Client, ready: Found, seen: list[str]
) -> None:
    found = http.get(f"/photos/{seen[0]}/alike?within=0.7").json()
    done = http.post(f"/datasets/{ready['id']}/choices", json={"exclude": found["seen"]}).json()
    assert done["counts"]["excluded"] == len(found["seen"])
    after = http.get(f"/photos/{seen[0]}/alike?within=0.7").json()
    assert (after["total"], after["seen"]) == (found["total"], [])
    assert {one["photo"]["state"] for one in after["items"]} == {"excluded"}
    http.post(f"/datasets/{ready['id']}/choices", json={"include": done["include"]}).raise_for_status()
    assert http.get(f"/photos/{seen[0]}/alike?within=0.7").json()["seen"] == found["seen"]


def test_photographs_of_another_dataset_are_never_named(http: httpx.Client, store: Store, seen: list[str]) -> None:
    other = http.post("/datasets", json={"name": "Another"}).json()["id"]
    rows.photos(store, other, count=4)
    theirs = looked(store, other)
    assert {one["photo"]["id"] for one in http.get(f"/photos/{theirs[0]}/alike?within=0").json()["items"]} == {
        *theirs[1:]
    }


@pytest.mark.parametrize("address", ["/photos/{photo}/alike", "/datasets/{dataset}/contacts"])
def test_an_archive_that_nobody_has_looked_at_says_what_to_do(
    http: httpx.Client, store: Store, ready: Found, address: str
) -> None:
    with store.read() as tx:
        photo = tx.features.sources(UUID(ready["id"]))[0].photo_id
    answered = http.get(address.format(photo=photo, dataset=ready["id"]))
    assert answered.status_code == 409
    said = answered.json()
    assert said["type"] == "/problems/not_looked"
    assert said["detail"] == ("Reverie has not yet looked for likenesses in this archive. It takes less than a minute.")
    posted = http.post("/jobs", json=said["job"])
    assert posted.status_code == 202
    assert (posted.json()["kind"], posted.json()["dataset_id"]) == ("index", ready["id"])


def test_a_photograph_without_a_picture_is_like_none(http: httpx.Client, store: Store, seen: list[str]) -> None:
    http.delete(f"/photos/{seen[3]}").raise_for_status()
    answered = http.get(f"/photos/{seen[3]}/alike")
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/wrong_state")
    assert http.get(f"/photos/{new_id()}/alike").status_code == 404


@pytest.mark.parametrize("asked", ["within=1.5", "within=-1", "within=nan", "within=much", "limit=0", "limit=1000"])
def test_what_cannot_be_asked_is_said(http: httpx.Client, seen: list[str], asked: str) -> None:
    answered = http.get(f"/photos/{seen[0]}/alike?{asked}")
    assert (answered.status_code, answered.json()["type"]) == (422, "/problems/invalid")


@pytest.mark.parametrize("keep", [None, 0, 100, -1])
def test_a_file_that_is_gone_or_cut_short_is_as_if_nobody_had_looked(
    http: httpx.Client, store: Store, ready: Found, seen: list[str], keep: int | None
) -> None:
    with store.read() as tx:
        (file,) = tx.features.files(UUID(ready["id"]))
    path = store.objects.path(file.key)
    if keep is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:keep])
    assert http.get(f"/photos/{seen[0]}/alike").json()["type"] == "/problems/not_looked"
    assert http.delete(f"/photos/{seen[1]}").status_code == 204


def test_a_withdrawn_photograph_goes_from_the_file_at_once_and_the_others_stay(
    http: httpx.Client, store: Store, ready: Found, seen: list[str]
) -> None:
    before = http.get(f"/datasets/{ready['id']}/contacts").json()
    http.delete(f"/photos/{seen[2]}").raise_for_status()
    with store.read() as tx:
        (file,) = tx.features.files(UUID(ready["id"]))
    kept = read_found(store.objects.path(file.key), store.objects.path(file.parts_key or ""))
    for rows_left in (kept.rows, kept.parts):
        assert [str(id) for id in photos_of(rows_left)] == [*seen[:2], *seen[3:]]
    assert {key for key in store.objects.older_than(-10) if key.startswith("features/")} == set(keys_of(file))
    found = http.get(f"/photos/{seen[0]}/alike?within=0").json()
    assert seen[2] not in [one["photo"]["id"] for one in found["items"]]
    assert found["total"] == 8
    after = http.get(f"/datasets/{ready['id']}/contacts").json()
    assert after["photos"] == before["photos"] - 1
    assert after["unlooked"] == 0
    http.post(f"/datasets/{ready['id']}/withdrawals", json={"photos": [seen[0], seen[4]]}).raise_for_status()
    assert http.get(f"/photos/{seen[6]}/alike?within=0").json()["total"] == 6


def test_the_contact_sheet_shows_what_training_sees_most_and_least(
    http: httpx.Client, ready: Found, seen: list[str]
) -> None:
    sheet = http.get(f"/datasets/{ready['id']}/contacts").json()
    assert sheet["photos"] == 10
    assert [heap["photos"] for heap in sheet["heaps"]] == [5, 5]
    assert sum(heap["share"] for heap in sheet["heaps"]) == pytest.approx(1)
    scenes = [{photo["id"] for photo in heap["typical"]} for heap in sheet["heaps"]]
    assert sorted(map(sorted, scenes)) == sorted([sorted(seen[::2]), sorted(seen[1::2])])
    lonely = [one["likeness"] for one in sheet["lonely"]]
    assert lonely == sorted(lonely)
    opened = http.get(f"/datasets/{ready['id']}/contacts/0?limit=3").json()
    rest = http.get(f"/datasets/{ready['id']}/contacts/0", params={"cursor": opened["next_cursor"]}).json()
    assert {photo["id"] for photo in opened["items"] + rest["items"]} in scenes


def test_photographs_that_came_since_are_said(http: httpx.Client, store: Store, ready: Found) -> None:
    looked(store, ready["id"], leave=3)
    sheet = http.get(f"/datasets/{ready['id']}/contacts").json()
    assert (sheet["photos"], sheet["unlooked"]) == (7, 3)


def test_heaps_are_evened_out_and_the_choice_undone(http: httpx.Client, ready: Found, seen: list[str]) -> None:
    address = f"/datasets/{ready['id']}/contacts"
    typical = {heap["typical"][0]["id"] for heap in http.get(address).json()["heaps"]}
    done = http.post(address, json={"keep": 2}).json()
    assert (len(done["include"]), done["counts"]["excluded"]) == (6, 6)
    after = http.get(address).json()
    assert [heap["photos"] for heap in after["heaps"]] == [2, 2]
    assert typical <= {photo["id"] for heap in after["heaps"] for photo in heap["typical"]}
    http.post(f"/datasets/{ready['id']}/choices", json={"include": done["include"]}).raise_for_status()
    assert http.get(address).json()["photos"] == 10
    left_out = http.post(address, json={"keep": 0, "heap": 1}).json()
    assert len(left_out["include"]) == 5
    assert [heap["heap"] for heap in http.get(address).json()["heaps"]] == [0]
    assert http.post(address, json={"keep": 0, "heap": 1}).status_code == 404


def test_evening_out_goes_on_where_it_was_broken_off(
    store: Store, ready: Found, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.contacts.AT_ONCE", 2)
    dataset_id = UUID(ready["id"])
    whole, asked = Photos.leave_out, list[Sequence[UUID]]()

    def breaks_off(photos: Photos, dataset_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
        asked.append(ids)
        if len(asked) == 2:
            raise Unavailable("The database is away.")
        return whole(photos, dataset_id, ids)

    monkeypatch.setattr(Photos, "leave_out", breaks_off)
    with pytest.raises(Unavailable):
        even_out(dataset_id, Evening(keep=2), store)
    with store.read() as tx:
        assert tx.datasets.counts(dataset_id)["excluded"] == 2
    done = even_out(dataset_id, Evening(keep=2), store)
    assert (len(done.include), done.counts.excluded, done.usable_views) == (4, 6, 4)
    assert max(map(len, asked)) == 2
    with store.begin() as tx:
        again = tx.photos.choose(dataset_id, include=[UUID(id) for id in seen], exclude=[])
    assert {photo.state for photo in again} == {"ready"}


@pytest.mark.parametrize("body", [{"keep": 0}, {"keep": -1}, {"keep": 1.5}, {}, {"keep": 1, "heap": -2}])
def test_an_evening_out_that_leaves_nothing_or_says_nothing_is_refused(
    http: httpx.Client, ready: Found, seen: list[str], body: Found
) -> None:
    assert http.post(f"/datasets/{ready['id']}/contacts", json=body).status_code == 422


def test_all_of_an_archive_left_out_is_an_empty_sheet(http: httpx.Client, ready: Found, seen: list[str]) -> None:
    http.post(f"/datasets/{ready['id']}/choices", json={"exclude": seen}).raise_for_status()
    sheet = http.get(f"/datasets/{ready['id']}/contacts").json()
    assert (sheet["photos"], sheet["heaps"], sheet["lonely"]) == (0, [], [])
    assert http.get(f"/datasets/{new_id()}/contacts").status_code == 404


def test_a_dataset_that_is_being_looked_at_can_be_deleted(http: httpx.Client, ready: Found, seen: list[str]) -> None:
    job = http.post("/jobs", json={"kind": "index", "dataset_id": ready["id"]}).json()
    assert http.delete(f"/datasets/{ready['id']}").status_code == 204
    assert http.get(f"/jobs/{job['id']}").json()["state"] == "cancelled"


def test_what_a_look_would_take_is_told_before(http: httpx.Client, ready: Found) -> None:
    asked = {"kind": "index", "dataset_id": ready["id"]}
    estimate = http.post("/jobs/estimate", json=asked).json()
    assert estimate["sentence"] == "Less than a minute. 10 of 10 photographs are new, and looked at once."
    assert http.post("/jobs", json={**asked, "dataset_id": str(new_id())}).status_code == 404


def test_a_large_photograph_that_nobody_has_opened_yet_is_compared(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    content = [(f"{n}.jpg", saved(picture(n, size=(1600, 1200)), "JPEG")) for n in range(3)]
    photos = read_in(store, dataset["id"], content)
    assert {photo.image_key for photo in photos} == {None}
    looked(store, dataset["id"])
    found = http.get(f"/photos/{photos[0].id}/alike", params={"within": 0})
    assert found.status_code == 200, found.text
    assert found.json()["total"] == 2
