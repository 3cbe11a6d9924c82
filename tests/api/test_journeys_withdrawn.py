"""Journeys and withdrawn photographs: a place does not come back, and of two at once one is first."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx

from store.store import Store
from tests.api.test_journeys import keyframe, made, recipe, refused
from tests.store.test_tracing import waits
from tests.waiting import until


def test_a_place_of_a_withdrawn_photograph_does_not_come_back(
    http: httpx.Client, ready: dict[str, Any], base: str
) -> None:
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]["id"]
    through = [keyframe(0.0, base), keyframe(2.0, base, photo_ids=[photo]), keyframe(4.0, base, seed=2)]
    row = made(http, base, keyframes=through)
    asked = {"kind": "journey", "journey_id": row["id"]}
    first, second = (http.post("/jobs", json=asked | {"kind": kind}).json()["id"] for kind in ("journey", "compose"))
    file = json.loads(http.get(f"/journeys/{row['id']}/recipe").text)  # somebody keeps it
    assert http.delete(f"/photos/{photo}").status_code == 204
    left = http.get(f"/journeys/{row['id']}").json()
    assert ([one["at_s"] for one in left["recipe"]["keyframes"]], left["revision"]) == ([0.0, 4.0], 1)
    for id in (first, second):
        job = http.get(f"/jobs/{id}").json()
        assert job["state"] == "cancelled"
        assert photo not in json.dumps(job)
    sent: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/journeys", {"recipe": file}),
        ("PUT", f"/journeys/{row['id']}", {"recipe": file, "revision": 1}),
        ("POST", "/journeys/preview", {"recipe": file, "at": [0.0]}),
        ("POST", "/jobs", {"kind": "journey", "recipe": file}),
        ("POST", "/jobs", {"kind": "compose", "recipe": file}),
        ("POST", "/jobs/estimate", {"kind": "journey", "recipe": file}),
    ]
    for method, address, body in sent:
        told = refused(http.request(method, address, json=body), 422)
        assert "keyframe 2" in told["detail"]
        assert "Take this keyframe out" in told["remedy"]
        assert told["errors"][0]["pointer"] == "#/recipe/keyframes/1"
    assert http.get(f"/journeys/{row['id']}").json() == left
    assert http.post("/journeys", json={"recipe": {**file, "keyframes": file["keyframes"][::2]}}).status_code == 201


def test_a_place_stays_where_the_whole_archive_of_its_photograph_was_deleted(
    http: httpx.Client, ready: dict[str, Any], base: str
) -> None:
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]["id"]
    through = [keyframe(0.0, base), keyframe(2.0, base, photo_ids=[photo])]
    assert http.delete(f"/datasets/{ready['id']}").status_code == 204
    assert len(made(http, base, keyframes=through)["recipe"]["keyframes"]) == 2


def test_a_journey_that_is_sent_while_its_photograph_is_withdrawn_is_refused(
    http: httpx.Client, store: Store, ready: dict[str, Any], base: str
) -> None:
    photo = http.get(f"/datasets/{ready['id']}/photos").json()["items"][0]["id"]
    said = recipe(base, keyframes=[keyframe(0.0, base), keyframe(2.0, base, photo_ids=[photo])])
    asked: list[tuple[str, dict[str, Any]]] = [("/journeys", {}), ("/jobs", {"kind": "journey"})]
    with ThreadPoolExecutor(len(asked)) as people:
        with store.begin() as tx:
            tx.photos.withdraw(UUID(ready["id"]), [UUID(photo)])
            sent = [people.submit(http.post, to, json={**more, "recipe": said}) for to, more in asked]
            until(lambda: any(waits(store, one) for one in sent))
        for one in sent:
            assert "withdrawn" in refused(one.result(), 422)["detail"]
    assert http.get("/journeys").json()["items"] == []
    assert http.get("/jobs", params={"kind": "journey"}).json()["items"] == []
