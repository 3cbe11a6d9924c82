"""What training sees is chosen many at once; twins are grouped; what was withdrawn names the trainings that saw it."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from jobs.ids import new_id
from store.rows import Photo
from store.store import Store
from tests.api import rows
from tests.store import making

NEVER = str(uuid.uuid4())


def lookalikes(store: Store, dataset_id: str, *looks: dict[str, Any]) -> list[Photo]:
    """Photographs with these hashes, sizes and states; those left out as duplicates have no views yet."""
    archive_id = new_id()
    job = making.job(store, kind="ingest", params={"archive_id": str(archive_id)}, dataset_id=UUID(dataset_id))
    with store.begin() as tx:
        archive = making.archive(tx, UUID(dataset_id), job.id, id=archive_id)
    size: dict[str, Any] = {
        "width": 60,
        "height": 40,
        "image_key": "photos/x",
        "thumb_key": "photos/y",
        "size_bytes": 5,
    }
    plain = making.photos(archive, len(looks))
    made = [replace(photo, **size | look) for photo, look in zip(plain, looks, strict=True)]
    with store.begin() as tx:
        tx.photos.add_many(made)
        tx.views.replace_many([(photo, [((0, 0, 40, 40), "centre")]) for photo in made if photo.state != "duplicate"])
    rows.end(store, making.claimed(store, "ingest"))
    return made


def counts(http: httpx.Client, dataset: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = http.get(f"/datasets/{dataset['id']}").json()["counts"]
    return {state: count for state, count in found.items() if count}


def ids(http: httpx.Client, dataset: dict[str, Any]) -> list[str]:
    return [photo["id"] for photo in http.get(f"/datasets/{dataset['id']}/photos").json()["items"]]


def test_many_are_chosen_at_once_and_the_answer_undoes_it(http: httpx.Client, ready: dict[str, Any]) -> None:
    address = f"/datasets/{ready['id']}/choices"
    photos = ids(http, ready)
    first = http.post(address, json={"exclude": photos[:4]}).json()
    assert (first["include"], first["exclude"], first["usable_views"]) == (photos[:4], [], 6)
    second = http.post(address, json={"include": photos[:2], "exclude": photos[3:6]}).json()
    assert (second["include"], second["exclude"]) == (photos[4:6], photos[:2])
    assert counts(http, ready) == {"ready": 6, "excluded": 4}
    http.post(address, json={name: second[name] for name in ("include", "exclude")})
    http.post(address, json={name: first[name] for name in ("include", "exclude")})
    assert counts(http, ready) == {"ready": 10}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"exclude": [NEVER]}, 404),
        ({"exclude": ["no id"]}, 422),
        ({"exclude": [NEVER] * 100_001}, 422),
        ({"exclude": None}, 422),
        ({"leave": []}, 422),
    ],
)
def test_choices_that_cannot_be_change_nothing(
    http: httpx.Client, ready: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    before = http.get(f"/datasets/{ready['id']}").json()
    assert http.post(f"/datasets/{ready['id']}/choices", json=body).status_code == status
    assert http.get(f"/datasets/{ready['id']}").json() == before


def test_a_photograph_in_both_lists_or_of_another_archive_changes_nothing(
    http: httpx.Client, ready: dict[str, Any]
) -> None:
    photos = ids(http, ready)
    other = http.post("/datasets", json={"name": "Another"}).json()
    both = http.post(f"/datasets/{ready['id']}/choices", json={"include": photos[:1], "exclude": photos[:2]})
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "#/exclude")
    assert http.post(f"/datasets/{other['id']}/choices", json={"exclude": photos[:1]}).status_code == 404
    assert counts(http, ready) == {"ready": 10}


def test_twins_are_grouped_by_how_alike_they_are(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    a, b, c, *_ = lookalikes(
        store,
        dataset["id"],
        {"phash": "00000000000000ff"},
        {"phash": "00000000000000f0", "width": 600, "height": 400},  # 4 bits from the first
        {"phash": "0000000000003ff0"},  # 6 bits from the second
        {"phash": "ffffffff00000000"},
        {"phash": "00000000000000ff", "height": 60},  # another ratio of the sides
    )
    address = f"/datasets/{dataset['id']}/twins"
    assert http.get(address, params={"bits": 3}).json() | {"bits": 0} == {
        "bits": 0, "groups": [], "total": 0, "spare": 0, "better": 0,
    }  # fmt: skip
    found = http.get(address, params={"bits": 4}).json()
    assert [[photo["id"] for photo in group["photos"]] for group in found["groups"]] == [[str(a.id), str(b.id)]]
    assert (found["groups"][0]["best"], found["total"], found["spare"]) == (str(b.id), 1, 1)
    wider = http.get(address, params={"bits": 6}).json()
    assert [photo["id"] for photo in wider["groups"][0]["photos"]] == [str(a.id), str(b.id), str(c.id)]
    assert [http.get(address, params={"bits": bits}).status_code for bits in (-1, 13, "x")] == [422] * 3
    assert http.get(f"/datasets/{NEVER}/twins").status_code == 404


def test_the_best_of_each_group_is_kept_also_one_that_was_left_out_as_a_duplicate(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    small, large, third, out = lookalikes(
        store,
        dataset["id"],
        {"phash": "0" * 16},
        {"phash": "0" * 16, "width": 600, "height": 400, "state": "duplicate", "reason": "It looks the same."},
        {"phash": "0" * 16, "size_bytes": 9},
        {"phash": "0" * 16, "width": 6000, "height": 4000, "state": "excluded"},
    )
    before = http.get(f"/datasets/{dataset['id']}/twins", params={"bits": 2}).json()
    assert (before["total"], before["spare"], before["better"]) == (1, 1, 1)
    done = http.post(f"/datasets/{dataset['id']}/twins", json={"bits": 2}).json()
    assert (done["include"], done["exclude"]) == ([str(small.id), str(third.id)], [str(large.id)])
    assert done["usable_views"] == 1
    taken = http.get(f"/photos/{large.id}").json()
    assert (taken["state"], taken["reason"], len(taken["views"])) == ("ready", None, 1)
    assert http.get(f"/photos/{out.id}").json()["state"] == "excluded"
    http.post(f"/datasets/{dataset['id']}/choices", json={name: done[name] for name in ("include", "exclude")})
    assert [http.get(f"/photos/{photo.id}").json()["state"] for photo in (small, large, third)] == [
        "ready", "excluded", "ready",
    ]  # fmt: skip


def test_an_exact_duplicate_has_no_bytes_of_its_own_and_cannot_be_taken_in(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (same,) = lookalikes(store, dataset["id"], {"state": "duplicate", "image_key": None})
    assert http.patch(f"/photos/{same.id}", json={"included": True}).status_code == 409


def test_trainings_that_saw_a_photograph_are_named_and_offered_again_without_it(
    http: httpx.Client, store: Store, training: dict[str, Any], base: str
) -> None:
    dataset_id = training["params"]["dataset_id"]
    photos = [photo["id"] for photo in http.get(f"/datasets/{dataset_id}/photos").json()["items"]]
    job = rows.begun(store, training["id"])
    model, _ = rows.snapshot(store, job, 10)
    rows.end(store, job)
    on = {"kind": "train", "dataset_id": dataset_id, "steps": 5}
    http.patch(f"/photos/{photos[0]}", json={"included": False})
    later = http.post("/jobs", json=on | {"base_model_id": str(model.id)}).json()
    unrelated = http.post("/jobs", json=on | {"base_model_id": base}).json()
    seen = http.get(f"/photos/{photos[0]}/sightings").json()
    assert [(one["job_id"], one["models"], one["learnt_on"]) for one in seen["trainings"]] == [
        (training["id"], 1, False),
        (later["id"], 0, True),
    ]
    assert seen["trainings"][0]["last"]["id"] == str(model.id)
    assert [one["job_id"] for one in http.get(f"/photos/{photos[1]}/sightings").json()["trainings"]] == [
        training["id"], later["id"], unrelated["id"],
    ]  # fmt: skip
    gone = http.post(f"/datasets/{dataset_id}/withdrawals", json={"photos": photos[:1]}).json()
    assert (gone["withdrawn"], gone["trainings"]) == (1, seen["trainings"])
    assert http.get(f"/photos/{photos[0]}/sightings").json()["trainings"] == seen["trainings"]
    again = http.post("/jobs", json=seen["trainings"][0]["again"])
    assert again.status_code == 202, again.text
    assert again.json()["id"] not in [
        one["job_id"] for one in http.get(f"/photos/{photos[0]}/sightings").json()["trainings"]
    ]
    assert seen["trainings"][1]["again"] is None


def test_a_withdrawal_takes_copies_along_and_may_be_of_a_day(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    morning, night = datetime(1991, 9, 14, 0, 0, tzinfo=UTC), datetime(1991, 9, 14, 23, 59, 59, tzinfo=UTC)
    first, second, other = lookalikes(
        store,
        dataset["id"],
        {"taken_at": morning},
        {"taken_at": night},
        {"taken_at": datetime(1991, 9, 15, tzinfo=UTC)},
    )
    (copy, taken_in) = lookalikes(
        store,
        dataset["id"],
        {"state": "duplicate", "duplicate_of": first.id},
        {"state": "ready", "duplicate_of": second.id},
    )
    address = f"/datasets/{dataset['id']}/withdrawals"
    assert http.get(f"/photos/{first.id}/sightings").json() == {"copies": 1, "trainings": [], "elsewhere": []}
    assert http.post(address, json={"day": "1991-09-14"}).json() == {"withdrawn": 3, "trainings": [], "elsewhere": []}
    states = {photo.id: http.get(f"/photos/{photo.id}").json()["state"] for photo in (first, second, copy)}
    assert set(states.values()) == {"withdrawn"}
    assert [http.get(f"/photos/{photo.id}").json()["state"] for photo in (other, taken_in)] == ["ready", "ready"]
    assert http.post(address, json={"day": "1991-09-14"}).json()["withdrawn"] == 0


def test_copies_go_along_whichever_of_them_was_taken_in(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (first,) = lookalikes(store, dataset["id"], {})
    alike = {"state": "duplicate", "duplicate_of": first.id}
    best, third = lookalikes(store, dataset["id"], alike, alike)
    swap = {"include": [str(best.id)], "exclude": [str(first.id)]}
    http.post(f"/datasets/{dataset['id']}/choices", json=swap)
    assert http.get(f"/photos/{best.id}/sightings").json()["copies"] == 2
    assert http.delete(f"/photos/{best.id}").status_code == 204
    states = {http.get(f"/photos/{photo.id}").json()["state"] for photo in (first, best, third)}
    assert states == {"withdrawn"}


def test_an_archive_as_it_came_goes_with_a_photograph_that_is_withdrawn_once_it_is_read(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    (kept,), (gone,) = (lookalikes(store, dataset["id"], {}) for _ in range(2))
    http.delete(f"/photos/{gone.id}")
    posted = http.post(f"/datasets/{dataset['id']}/archives", content=b"PK").json()
    with store.read() as tx:
        keys = {archive.id: archive.key for archive in tx.archives.of_dataset(UUID(dataset["id"]))}
    assert keys[gone.archive_id] is None
    assert keys[kept.archive_id] is not None
    assert keys[UUID(posted["archive"]["id"])] is not None


def test_all_of_an_album_or_a_label_is_withdrawn_at_once(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    a, b, c = lookalikes(store, dataset["id"], {"album": "Summer"}, {"album": "Winter"}, {"album": "Summer"})
    http.put(f"/datasets/{dataset['id']}/labels", json={"photos": [str(b.id)], "label": "Rex"})
    address = f"/datasets/{dataset['id']}/withdrawals"
    assert http.post(address, json={"album": "Summer"}).json()["withdrawn"] == 2
    assert http.post(address, json={"label": 0}).json()["withdrawn"] == 1
    assert http.post(address, json={"label": 7}).status_code == 404
    assert {http.get(f"/photos/{one.id}").json()["state"] for one in (a, b, c)} == {"withdrawn"}


def test_more_than_ten_thousand_choices_are_undone_at_once(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    photos = [str(photo.id) for photo in lookalikes(store, dataset["id"], *[{}] * 12_000)]
    address = f"/datasets/{dataset['id']}"
    done = http.post(f"{address}/choices", json={"exclude": photos}).json()
    assert (len(done["include"]), done["usable_views"]) == (12_000, 0)
    undone = http.post(f"{address}/choices", json={name: done[name] for name in ("include", "exclude")}).json()
    assert undone["usable_views"] == 12_000
    assert http.post(f"{address}/withdrawals", json={"photos": photos}).json()["withdrawn"] == 12_000


def test_a_training_that_learnt_on_from_a_model_that_is_gone_is_named_all_the_same(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    dataset_id = training["params"]["dataset_id"]
    (photo, *_) = http.get(f"/datasets/{dataset_id}/photos").json()["items"]
    job = rows.begun(store, training["id"])
    model, _ = rows.snapshot(store, job, 10)
    with store.begin() as tx:  # as a worker tells of it
        tx.events.append(job.id, attempt=1, type="snapshot", body={"model_id": str(model.id), "step": 10})
    rows.end(store, job)
    http.patch(f"/photos/{photo['id']}", json={"included": False})
    on = {"kind": "train", "dataset_id": dataset_id, "base_model_id": str(model.id), "steps": 5}
    later = http.post("/jobs", json=on).json()
    learnt = rows.begun(store, later["id"])
    rows.snapshot(store, learnt, 5)
    rows.end(store, learnt)
    with store.begin() as tx:
        tx.models.delete(model.id, sure=True)
    seen = http.get(f"/photos/{photo['id']}/sightings").json()["trainings"]
    assert [(one["job_id"], one["learnt_on"]) for one in seen] == [(later["id"], True)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"album": "Summer", "label": 0}, 422),
        ({"day": "9999-12-31"}, 422),
        ({"day": "1991-09-14", "photos": []}, 422),
        ({"day": "the 14th"}, 422),
        ({"photos": [NEVER]}, 404),
        ({"photos": "all"}, 422),
    ],
)
def test_a_withdrawal_that_cannot_be_withdraws_nothing(
    http: httpx.Client, ready: dict[str, Any], body: dict[str, Any], status: int
) -> None:
    assert http.post(f"/datasets/{ready['id']}/withdrawals", json=body).status_code == status
    assert counts(http, ready) == {"ready": 10}
