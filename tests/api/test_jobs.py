"""Jobs over REST: submit, estimate, steer, look."""

import uuid
from typing import Any

import httpx

from jobs.state import State
from kinds.registry import KINDS
from store.store import Store
from tests.api import rows


def test_a_job_is_posted_with_all_that_it_left_open(http: httpx.Client, training: dict[str, Any], base: str) -> None:
    assert (training["state"], training["model_id"], training["preset"]) == ("queued", base, "faces_of_memory")
    assert training["params"]["steps"] == 20
    assert training["params"]["batch"] > 0
    assert training["params"]["snapshot_steps"] == [0, 10, 20]
    assert [notice["code"] for notice in training["notices"]] == ["few_photos"]
    assert http.get(f"/jobs/{training['id']}").json()["params"] == training["params"]


def test_steps_that_cannot_be(http: httpx.Client, ready: dict[str, Any], base: str) -> None:
    huge = "1" + 26 * "0"
    for steps in ("0", "-1", huge, "1000001", "NaN", "Infinity", '"5"', "true", "5.5", "[5]", "{}"):
        body = f'{{"kind": "train", "dataset_id": "{ready["id"]}", "base_model_id": "{base}", "steps": {steps}}}'
        for address in ("/jobs", "/jobs/estimate"):
            answer = http.post(address, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422
            assert [error["pointer"] for error in answer.json()["errors"]] == ["#/steps"]
    assert http.get("/jobs", params={"kind": "train"}).json()["items"] == []


def test_a_training_that_cannot_be(http: httpx.Client, ready: dict[str, Any], base: str) -> None:
    changes: list[tuple[dict[str, Any], int, str]] = [
        ({"kind": "dream"}, 422, "invalid"),
        ({"kind": None}, 422, "invalid"),
        ({"speed": 3}, 422, "invalid"),
        ({"dataset_id": str(uuid.uuid4())}, 404, "not_found"),
        ({"dataset_id": "x"}, 422, "invalid"),
        ({"base_model_id": str(uuid.uuid4())}, 404, "not_found"),
        ({"base_model_id": None}, 422, "invalid"),
        ({"from_scratch": True}, 422, "invalid"),
        ({"preset": "nightmare"}, 422, "bad_params"),
        ({"resolution": 128}, 422, "bad_params"),
        ({"resolution": 65}, 422, "invalid"),
        ({"batch": 7}, 422, "bad_params"),
        ({"learning_rate": "fast"}, 422, "invalid"),
        ({"snapshot_steps": [50]}, 422, "bad_params"),
        ({"seed": 2**32}, 422, "invalid"),
    ]
    for change, status, code in changes:
        body = {"kind": "train", "dataset_id": ready["id"], "base_model_id": base, "steps": 20} | change
        answer = http.post("/jobs", json=body)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}"), answer.text
        assert answer.json()["detail"]


def test_a_body_that_is_no_json(http: httpx.Client) -> None:
    json = {"Content-Type": "application/json"}
    answers = [
        http.post("/jobs", content=b"{", headers=json),
        http.post("/jobs", content=b"", headers=json),
        http.post("/jobs", content=b"[]", headers=json),
        http.post("/jobs", content=b'{"kind": "train"}'),
        http.post("/jobs", content=b'"' + b"x" * 5_100_000 + b'"', headers=json),
        http.post("/jobs", content=iter([b"x" * 2_600_000, b"x" * 2_600_000]), headers=json),
        http.post("/jobs", content=b"\xff\xfe", headers=json),
    ]
    assert [answer.status_code for answer in answers] == [400, 422, 422, 422, 413, 413, 400]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


def test_a_training_needs_eight_pictures_that_are_read(
    http: httpx.Client, store: Store, dataset: dict[str, Any], base: str
) -> None:
    body = {"kind": "train", "dataset_id": dataset["id"], "base_model_id": base, "steps": 20}
    rows.photos(store, dataset["id"], count=7)
    few = http.post("/jobs", json=body)
    assert (few.status_code, few.json()["type"], few.json()["usable_views"]) == (422, "/problems/too_few_photos", 7)
    http.post(f"/datasets/{dataset['id']}/archives", content=b"more of them")
    busy = http.post("/jobs", json=body)
    assert (busy.status_code, busy.json()["type"]) == (409, "/problems/dataset_busy")


def test_an_idempotency_key_makes_one_job(http: httpx.Client, ready: dict[str, Any], base: str) -> None:
    body = {"kind": "train", "dataset_id": ready["id"], "base_model_id": base, "steps": 20}
    key = {"Idempotency-Key": "once"}
    first, again = http.post("/jobs", json=body, headers=key), http.post("/jobs", json=body, headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    other = http.post("/jobs", json=body | {"steps": 21}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/key_reused")
    assert http.post("/jobs", json=body, headers={"Idempotency-Key": ""}).status_code == 422
    assert http.post("/jobs", json=body, headers={"Idempotency-Key": "k" * 201}).status_code == 422
    # A request that was refused leaves the key free.
    free = {"Idempotency-Key": "free"}
    assert http.post("/jobs", json=body | {"preset": "nightmare"}, headers=free).status_code == 422
    assert http.post("/jobs", json=body, headers=free).status_code == 202


def test_every_preset_of_every_kind_can_be_posted(http: httpx.Client, ready: dict[str, Any], base: str) -> None:
    photo, *_ = http.get(f"/datasets/{ready['id']}/photos").json()["items"]
    needs = {
        "train": {"dataset_id": ready["id"], "base_model_id": base},
        "generate": {"model_id": base},
        "ingest": {"archive_id": str(uuid.uuid4())},
        "project": {"model_id": base, "photo_id": photo["id"]},
    }
    kinds = {kind["kind"]: kind for kind in http.get("/kinds").json()}
    assert list(kinds) == list(KINDS)
    for name, kind in kinds.items():
        assert kind["schema"]["properties"]["kind"]["const"] == name
        for preset in kind["presets"]:
            posted = http.post("/jobs", json={"kind": name, "preset": preset["name"], **needs[name]})
            assert posted.status_code == 202, posted.text
            assert preset["params"].items() <= posted.json()["params"].items()


def test_an_estimate_says_what_it_will_cost(http: httpx.Client, ready: dict[str, Any], base: str) -> None:
    body = {"kind": "train", "dataset_id": ready["id"], "base_model_id": base, "steps": 100, "batch": 8}
    found = http.post("/jobs/estimate", json=body).json()
    assert (found["photos_seen"], found["times_each_seen"], found["fits"]) == (800, 80.0, True)
    assert found["seconds"] > 1
    assert found["rough"] is True
    assert found["snapshots"] == [0, 10, 20, 50, 100]
    assert "80 times" in found["sentence"]
    longer = http.post("/jobs/estimate", json=body | {"steps": 4000}).json()
    assert longer["seconds"] > found["seconds"]
    assert longer["disk_bytes"] > found["disk_bytes"]


def test_a_waiting_job_is_cancelled_at_once_and_twice(http: httpx.Client, training: dict[str, Any]) -> None:
    address = f"/jobs/{training['id']}"
    assert http.post(f"{address}/cancel").status_code == 202
    again = http.post(f"{address}/cancel")
    assert (again.status_code, again.json()["state"]) == (202, "cancelled")
    for verb in ("stop", "pause", "resume", "retry"):
        refused = http.post(f"{address}/{verb}")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/wrong_state")


def test_a_wish_waits_for_the_worker(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = rows.begun(store, training["id"])
    stopped = http.post(f"/jobs/{training['id']}/stop").json()
    assert (stopped["state"], stopped["wish"]) == ("running", "stop")
    rows.end(store, job)
    assert http.get(f"/jobs/{training['id']}").json()["state"] == "succeeded"


def test_a_failed_job_is_retried(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = rows.begun(store, training["id"])
    rows.end(store, job, State.FAILED, code="worker_crashed", detail="It broke off.", remedy="Try again.")
    failed = http.get(f"/jobs/{training['id']}").json()
    assert (failed["state"], failed["error"]["code"]) == ("failed", "worker_crashed")
    retried = http.post(f"/jobs/{training['id']}/retry").json()
    assert (retried["state"], retried["error"]) == ("queued", None)


def test_a_job_has_an_etag_that_changes_with_it(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    address = f"/jobs/{training['id']}"
    etag = http.get(address).headers["etag"]
    assert http.get(address, headers={"If-None-Match": etag}).status_code == 304
    rows.begun(store, training["id"])
    assert http.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_sheets_and_curves_of_a_training(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = rows.begun(store, training["id"])
    first, _ = rows.snapshot(store, job, 0)
    second, sheet = rows.snapshot(store, job, 10)
    for step in range(1, 11):
        rows.progress(store, job, step, loss_g=1.0 / step)
    with store.begin() as tx:
        body = {"step": 10, "model_id": str(second.id), "kernel": 1.5, "kernel_low": 1.0, "frechet": float("nan")}
        tx.events.append(job.id, attempt=job.attempt, type="measures", body=body)
    sheets = http.get(f"/jobs/{training['id']}/sheets").json()
    assert [(found["step"], found["model_id"]) for found in sheets] == [(0, str(first.id)), (10, str(second.id))]
    assert http.get(f"/artifacts/{sheet.id}/image").headers["content-type"] == "image/png"
    assert http.get(f"/models/{second.id}/sheet").status_code == 200
    curves = http.get(f"/jobs/{training['id']}/curves").json()
    assert [point["step"] for point in curves["progress"]] == list(range(1, 11))
    assert curves["progress"][1]["metrics"] == {"loss_g": 0.5, "pictures_per_s": 31.5}
    assert curves["measures"] == [
        {"step": 10, "metrics": {"kernel": 1.5, "kernel_low": 1.0, "frechet": None}},
    ]
    found = http.get(f"/jobs/{training['id']}").json()
    assert (found["preview"], found["done"], found["remaining_s"]) == ({"artifact_id": str(sheet.id)}, 10, 4.0)
