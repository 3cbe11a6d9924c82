"""Datasets, archives and photographs over REST."""

import io
import uuid
import zipfile
from typing import Any

import httpx

from jobs.state import State
from store.store import Store
from tests.api import rows


def test_a_dataset_is_made_listed_renamed_and_deleted(http: httpx.Client) -> None:
    made = http.post("/datasets", json={"name": "  The valley ", "framing": "two_squares"})
    assert (made.status_code, made.json()["name"]) == (201, "The valley")
    address = made.headers["Location"]
    assert http.get(address).json()["archives"] == []
    assert http.patch(address, json={"name": "1991"}).json()["name"] == "1991"
    assert [item["name"] for item in http.get("/datasets").json()["items"]] == ["1991"]
    assert http.delete(address).status_code == 204
    assert http.get(address).status_code == 404


def test_a_list_is_walked_page_by_page_each_row_once(http: httpx.Client) -> None:
    for number in range(7):
        http.post("/datasets", json={"name": f"{number}"})
    seen, cursor = [], None
    while True:
        page = http.get("/datasets", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_a_garbage_cursor_is_a_problem(http: httpx.Client) -> None:
    for cursor in ("x", "W10", "eyJhIjoxfQ", "%00", "a" * 900, "2022", "\0", "ü"):
        answer = http.get("/datasets", params={"cursor": cursor})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), cursor


def test_a_field_at_fault_is_pointed_at(http: httpx.Client) -> None:
    faults: list[tuple[dict[str, Any], str]] = [
        ({}, "#/name"),
        ({"name": ""}, "#/name"),
        ({"name": "  "}, "#/name"),
        ({"name": "x" * 201}, "#/name"),
        ({"name": 5}, "#/name"),
        ({"name": "x", "framing": "round"}, "#/framing"),
        ({"name": "x", "colour": "red"}, "#/colour"),
    ]
    for body, pointer in faults:
        answer = http.post("/datasets", json=body)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_archive_is_taken_as_raw_body_and_as_form(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "not a picture")
    address = f"/datasets/{dataset['id']}/archives"
    raw = http.post(address, params={"filename": "../../Holiday.zip"}, content=packed.getvalue())
    put = http.put(address, params={"filename": "b.zip"}, content=packed.getvalue())
    form = http.post(address, files={"file": ("c.zip", packed.getvalue(), "application/zip")})
    assert [answer.status_code for answer in (raw, put, form)] == [202, 202, 202]
    assert raw.headers["Location"] == f"/jobs/{raw.json()['job']['id']}"
    assert [answer.json()["archive"]["filename"] for answer in (raw, put, form)] == ["Holiday.zip", "b.zip", "c.zip"]
    with store.read() as tx:
        for row in tx.archives.of_dataset(uuid.UUID(dataset["id"])):
            assert row.key is not None
            assert store.objects.path(row.key).read_bytes() == packed.getvalue()
    found = http.get(f"/datasets/{dataset['id']}").json()
    assert (found["state"], len(found["archives"])) == ("ingesting", 3)
    assert list(store.settings.uploads.iterdir()) == []


def test_an_archive_whose_reading_fails_says_why(http: httpx.Client, store: Store, dataset: dict[str, Any]) -> None:
    posted = http.post(f"/datasets/{dataset['id']}/archives", content=b"no archive").json()
    job = rows.begun(store, posted["job"]["id"])
    rows.end(store, job, State.FAILED, code="archive_rejected", detail="This is no zip and no tar.")
    found = http.get(f"/datasets/{dataset['id']}").json()
    assert found["archives"][0] | {"id": ""} == {
        "id": "",
        "filename": "archive",
        "size_bytes": 10,
        "state": "refused",
        "reason": "This is no zip and no tar.",
        "job_id": posted["job"]["id"],
    }
    assert found["state"] == "empty"


def test_an_upload_that_cannot_be_is_refused_and_leaves_nothing(
    http: httpx.Client, store: Store, dataset: dict[str, Any]
) -> None:
    address = f"/datasets/{dataset['id']}/archives"
    empty = http.post(address, content=b"")
    unknown = http.post(f"/datasets/{uuid.uuid4()}/archives", content=b"x")
    declared = http.post(address, content=b"x" * 2_000_001)
    undeclared = http.post(address, content=iter([b"x" * 1_500_000, b"x" * 1_500_000]))
    broken = http.post(address, content=b"--b\r\nnonsense", headers={"Content-Type": "multipart/form-data; boundary=b"})
    unbound = http.post(address, content=b"x", headers={"Content-Type": "multipart/form-data"})
    two = http.post(address, files=[("a", ("a.zip", b"1")), ("b", ("b.zip", b"2"))])
    answers = [empty, unknown, declared, undeclared, broken, unbound, two]
    assert [answer.status_code for answer in answers] == [422, 404, 413, 413, 400, 400, 400]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert http.get(f"/datasets/{dataset['id']}").json()["archives"] == []
    assert list(store.settings.uploads.iterdir()) == []


def test_photographs_are_listed_left_out_and_withdrawn(http: httpx.Client, ready: dict[str, Any]) -> None:
    address = f"/datasets/{ready['id']}"
    before = http.get(address).json()
    assert (before["counts"]["ready"], before["usable_views"], len(before["cover"])) == (10, 10, 4)
    first, second, *_ = http.get(f"{address}/photos").json()["items"]
    assert first["views"] == [{"box": [0, 0, 64, 64], "frame": "centre", "by_hand": False}]
    assert http.patch(f"/photos/{first['id']}", json={"included": False}).json()["state"] == "excluded"
    assert http.delete(f"/photos/{second['id']}").status_code == 204
    after = http.get(address).json()
    assert (after["counts"]["excluded"], after["counts"]["withdrawn"], after["usable_views"]) == (1, 1, 8)
    assert after["revision"] > before["revision"]
    assert [photo["id"] for photo in http.get(f"{address}/photos", params={"state": "excluded"}).json()["items"]] == [
        first["id"]
    ]
    asked: dict[str, Any] = {"state": ["ready", "excluded"], "limit": 2}
    page = http.get(f"{address}/photos", params=asked).json()
    onward = http.get(f"{address}/photos", params=asked | {"cursor": page["next_cursor"]}).json()
    both = [photo["state"] for photo in (*page["items"], *onward["items"])]
    assert both == ["excluded", "ready", "ready", "ready"]
    assert http.get(f"{address}/photos", params={"state": ["ready", "lost"]}).status_code == 422
    assert http.get(f"{address}/photos", params={"album": "None of these"}).json()["items"] == []
    assert http.get(f"{address}/photos", params={"album": "x" * 201}).status_code == 422
    gone = http.get(f"/photos/{second['id']}/image")
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/not_found")
    assert http.patch(f"/photos/{second['id']}", json={"included": True}).status_code == 409
    assert http.patch(f"/photos/{first['id']}", json={"included": "yes"}).status_code == 422


def test_a_dataset_that_a_job_needs_is_not_deleted(
    http: httpx.Client, ready: dict[str, Any], training: dict[str, Any]
) -> None:
    refused = http.delete(f"/datasets/{ready['id']}")
    assert (refused.status_code, refused.json()["job_id"]) == (409, training["id"])
    http.post(f"/jobs/{training['id']}/cancel")
    assert http.delete(f"/datasets/{ready['id']}").status_code == 204
