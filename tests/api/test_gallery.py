"""Models and samples over REST."""

from typing import Any

import httpx
import pytest

from store.store import Store
from tests.api import rows


@pytest.fixture
def drawn(http: httpx.Client, store: Store, base: str) -> list[dict[str, Any]]:
    """Five samples that a generate job drew from the base, newest first."""
    posted = http.post("/jobs", json={"kind": "generate", "model_id": base, "count": 5, "truncation_psi": 1}).json()
    job = rows.begun(store, posted["id"])
    with store.read() as tx:
        model = tx.models.get(job.model_id)  # type: ignore[arg-type]  # a generate job names one
    rows.samples(store, job, model, count=5)
    rows.end(store, job)
    items: list[dict[str, Any]] = http.get("/samples", params={"job": posted["id"]}).json()["items"]
    return items


def test_samples_are_browsed_by_what_the_owner_said_of_them(http: httpx.Client, drawn: list[dict[str, Any]]) -> None:
    assert [sample["recipe"]["seed"] for sample in drawn] == [4, 3, 2, 1, 0]
    one, two = drawn[3]["id"], drawn[1]["id"]
    assert http.patch(f"/samples/{one}", json={"rating": 5, "tags": [" sea ", "sea", "fog"]}).json()["tags"] == [
        "sea",
        "fog",
    ]
    assert http.patch(f"/samples/{two}", json={"favourite": True, "rating": 3}).json()["favourite"] is True
    best = [sample["id"] for sample in http.get("/samples", params={"order": "best"}).json()["items"]]
    assert best[:2] == [one, two]
    hearts = http.get("/samples", params={"favourite": "true"}).json()["items"]
    assert [sample["id"] for sample in hearts] == [two]
    oldest = http.get("/samples", params={"order": "oldest", "limit": 1}).json()
    assert oldest["items"][0]["recipe"]["seed"] == 0
    named = http.get("/samples/ids", params={"order": "best", "favourite": "false"}).json()
    assert named["ids"] == [best[0], *best[2:]]
    pins = http.get("/samples", params={"pinned": "true"}).json()["items"]
    assert pins == []
    # A cursor belongs to its order.
    assert http.get("/samples", params={"order": "best", "cursor": oldest["next_cursor"]}).status_code == 422


def test_a_list_is_seen_from_afar_and_any_place_of_it_is_one_page_away(
    http: httpx.Client, drawn: list[dict[str, Any]]
) -> None:
    words = {"job": drawn[0]["job_id"], "order": "oldest"}
    afar = http.get("/samples/index", params={**words, "every": 2}).json()
    assert (afar["total"], afar["every"], len(afar["starts"])) == (5, 2, 2)
    last = http.get("/samples", params={**words, "limit": 2, "cursor": afar["starts"][1]}).json()
    assert (last["items"], last["next_cursor"]) == (drawn[:1], None)
    assert http.get("/samples/ids", params=words).json()["ids"] == [one["id"] for one in reversed(drawn)]
    some = http.get("/samples/ids", params={**words, "limit": 3}).json()
    assert some["ids"] == [one["id"] for one in reversed(drawn)][:3]
    rest = http.get("/samples/ids", params={**words, "cursor": some["next_cursor"]}).json()
    assert rest == {"ids": [drawn[1]["id"], drawn[0]["id"]], "next_cursor": None}
    middle = http.get("/samples/ids", params={**words, "limit": 1, "cursor": afar["starts"][0]}).json()
    assert middle["ids"] == [drawn[2]["id"]]
    for limit in (0, 100_001):
        assert http.get("/samples/ids", params={"limit": limit}).status_code == 422
    assert http.get("/samples/ids", params={"cursor": "none"}).status_code == 422
    assert http.get("/samples/index", params={"tag": "none"}).json() == {"total": 0, "every": 100, "starts": []}
    for every in (0, 201, "x"):
        assert http.get("/samples/index", params={"every": every}).status_code == 422
    assert http.get("/samples/ids", params={"step": 3}).status_code == 422


def test_a_change_that_cannot_be(http: httpx.Client, drawn: list[dict[str, Any]]) -> None:
    before = http.get(f"/samples/{drawn[0]['id']}").json()
    bodies: list[dict[str, Any]] = [
        {},
        {"rating": 6},
        {"rating": -1},
        {"rating": True},
        {"rating": "5"},
        {"favourite": 1},
        {"tags": [""]},
        {"tags": ["x"] * 33},
        {"tags": ["y" * 65]},
        {"tags": "sea"},
        {"seed": 3},
    ]
    for body in bodies:
        assert http.patch(f"/samples/{drawn[0]['id']}", json=body).status_code == 422
    assert http.get(f"/samples/{drawn[0]['id']}").json() == before


def test_a_sample_is_looked_at_and_deleted(http: httpx.Client, drawn: list[dict[str, Any]]) -> None:
    address = f"/samples/{drawn[0]['id']}"
    assert http.get(f"{address}/image").headers["content-type"] == "image/png"
    assert http.get(f"{address}/image", params={"size": 64}).status_code == 200
    assert http.delete(address).status_code == 204
    assert http.get(address).status_code == 404


def test_a_moment_is_kept_named_and_let_go(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = rows.begun(store, training["id"])
    model, _ = rows.snapshot(store, job, 10)
    address = f"/models/{model.id}"
    assert http.patch(address, json={"name": "At dusk", "kept": True}).json()["name"] == "At dusk"
    kept = http.get("/models", params={"kept": "true"}).json()["items"]
    assert [(found["name"], found["sheet"], found["step"]) for found in kept] == [("At dusk", True, 10)]
    assert http.patch(address, json={}).status_code == 422
    needed = http.delete(address)
    assert (needed.status_code, needed.json()["title"]) == (409, "Not possible now")
    rows.end(store, job)
    assert http.delete(address).status_code == 204


def test_a_base_stays(http: httpx.Client, base: str) -> None:
    assert http.delete(f"/models/{base}").status_code == 409
    assert http.get(f"/models/{base}/sheet").status_code == 404
    bundled = http.get("/models", params={"bundled": "true"}).json()["items"]
    assert [model["id"] for model in bundled] == [base]
