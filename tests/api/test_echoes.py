"""Echoes over HTTP: what a training remembers, where a photograph lives on, and what to do where nobody has looked."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from jobs.ids import new_id
from store.rows import Job, Model
from store.store import Store
from tests.api import rows
from tests.api.test_likeness import looked

Found = dict[str, Any]


@pytest.fixture
def seen(store: Store, ready: Found) -> list[str]:
    """The photographs of a dataset that was looked at."""
    return looked(store, ready["id"])


@pytest.fixture
def learning(store: Store, training: Found) -> Job:
    """The training, which runs."""
    return rows.begun(store, training["id"])


@pytest.fixture
def moments(store: Store, learning: Job) -> list[Model]:
    """Its moments so far."""
    return [rows.snapshot(store, learning, step)[0] for step in (0, 10, 20)]


def test_a_training_that_nobody_has_asked_says_what_to_post(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model]
) -> None:
    answered = http.get(f"/jobs/{training['id']}/echoes")
    said = answered.json()
    assert (answered.status_code, said["type"]) == (409, "/problems/not_echoed")
    assert said["detail"] == "Nobody has looked for what this training remembers. It takes about a minute."
    assert said["job"] == {"kind": "echoes", "training_id": training["id"], "count": 500, "truncation_psi": 1.0}
    posted = http.post("/jobs", json=said["job"])
    assert posted.status_code == 202, posted.text
    assert (posted.json()["kind"], posted.json()["dataset_id"]) == ("echoes", training["dataset_id"])
    assert http.get(f"/jobs/{training['id']}/echoes").json()["looking"] == posted.json()["id"]
    asked = http.get(f"/photos/{seen[0]}/echoes").json()
    assert asked["items"] == asked["samples"] == []
    (one,) = asked["jobs"]
    assert (one["training_id"], one["name"], one["looking"]) == (
        training["id"],
        "Father's pictures",
        posted.json()["id"],
    )
    assert (one["job"], one["takes"]) == (said["job"], "About a minute")


def test_an_archive_that_nobody_has_looked_at_is_looked_at_first(
    http: httpx.Client, store: Store, training: Found, moments: list[Model]
) -> None:
    answered = http.get(f"/jobs/{training['id']}/echoes")
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/not_looked")
    assert answered.json()["job"] == {"kind": "index", "dataset_id": training["dataset_id"]}
    with store.read() as tx:
        photo = tx.features.sources(UUID(training["dataset_id"]))[0].photo_id
    assert http.get(f"/photos/{photo}/echoes").json()["type"] == "/problems/not_looked"
    refused = http.post("/jobs", json={"kind": "echoes", "training_id": training["id"]})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Nobody has looked at the photographs")


def test_a_training_without_a_moment_that_has_learnt_cannot_be_asked(
    http: httpx.Client, store: Store, training: Found, learning: Job, seen: list[str]
) -> None:
    rows.snapshot(store, learning, 0)
    for answered in (
        http.get(f"/jobs/{training['id']}/echoes"),
        http.post("/jobs", json={"kind": "echoes", "training_id": training["id"]}),
    ):
        assert (answered.status_code, answered.json()["type"]) == (409, "/problems/conflict")
        assert answered.json()["detail"].startswith("This training has kept no moment")
    assert http.get(f"/photos/{seen[0]}/echoes").json()["jobs"] == []


def test_an_archive_that_was_deleted_cannot_be_compared(
    http: httpx.Client, store: Store, training: Found, learning: Job, moments: list[Model]
) -> None:
    rows.end(store, learning)
    assert http.delete(f"/datasets/{training['dataset_id']}").status_code == 204
    answered = http.get(f"/jobs/{training['id']}/echoes")
    assert answered.status_code == 409
    assert answered.json()["detail"] == "The archive of this training was deleted, and its photographs with it."


@pytest.mark.parametrize("body", [{"count": 99}, {"count": 5001}, {"count": 200.5}, {"truncation_psi": 1.1}, {"a": 1}])
def test_what_cannot_be_asked_is_said(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model], body: Found
) -> None:
    asked = {"kind": "echoes", "training_id": training["id"], **body}
    assert http.post("/jobs", json=asked).status_code == 422


def test_what_is_not_there_is_not_found(http: httpx.Client, training: Found, seen: list[str], moments: Any) -> None:
    reading = next(job["id"] for job in http.get("/jobs?kind=ingest").json()["items"])
    for id in (new_id(), reading):
        assert http.get(f"/jobs/{id}/echoes").status_code == 404
    assert http.get(f"/photos/{new_id()}/echoes").status_code == 404
    assert http.post("/jobs", json={"kind": "echoes", "training_id": reading}).status_code == 422
    assert http.get(f"/jobs/{training['id']}/echoes?of=lost").status_code == 422
    assert http.get(f"/jobs/{training['id']}/echoes?limit=0").status_code == 422
