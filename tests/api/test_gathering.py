"""A new dataset of others: what is posted, what is refused, and withdrawing from all that hold the same file."""

from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from jobs.ids import new_id
from store import tables as t
from store.store import Store
from tests.api import rows
from tests.store import making


def gathered(http: httpx.Client, *parts: dict[str, Any], **body: Any) -> httpx.Response:
    return http.post("/datasets", json={"name": "Both", "from": list(parts)} | body)


@pytest.fixture
def other(http: httpx.Client, store: Store) -> dict[str, Any]:
    """Another dataset, of the same ten files."""
    made: dict[str, Any] = http.post("/datasets", json={"name": "Mother's", "framing": "whole"}).json()
    rows.photos(store, made["id"], count=10)
    return made


def test_a_merge_is_posted_as_a_job(http: httpx.Client, ready: dict[str, Any], other: dict[str, Any]) -> None:
    answer = gathered(http, {"dataset_id": other["id"]}, {"dataset_id": ready["id"]})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["framing"], made["counts"]["ready"]) == ("ingesting", "whole", 0)
    found = http.get(answer.headers["Location"]).json()
    assert [(one["filename"], one["state"]) for one in found["archives"]] == [
        ("Mother's", "received"),
        ("Father's pictures", "received"),
    ]
    job = http.get(f"/jobs/{found['archives'][0]['job_id']}").json()
    assert (job["kind"], job["state"], job["dataset_id"]) == ("gather", "queued", made["id"])
    assert http.get(f"/datasets/{ready['id']}").json()["counts"]["ready"] == 10
    busy = gathered(http, {"dataset_id": made["id"]})
    assert (busy.status_code, busy.json()["type"]) == (409, "/problems/dataset_busy")
    assert http.delete(f"/datasets/{ready['id']}").status_code == 409


@pytest.mark.parametrize("part", [{"taken": "1991"}, {"album": "Summer"}])
def test_a_part_of_nothing_makes_nothing(http: httpx.Client, ready: dict[str, Any], part: dict[str, Any]) -> None:
    answer = gathered(http, {"dataset_id": ready["id"], **part})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Father's pictures holds no photograph of that part."
    assert [one["id"] for one in http.get("/datasets").json()["items"]] == [ready["id"]]


def test_an_empty_dataset_brings_nothing(http: httpx.Client, dataset: dict[str, Any]) -> None:
    answer = gathered(http, {"dataset_id": dataset["id"]})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Father's pictures holds no photograph.")


def test_what_cannot_be_merged_is_said(http: httpx.Client, store: Store, ready: dict[str, Any]) -> None:
    whole = {"dataset_id": ready["id"]}
    twice = gathered(http, whole, whole)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "#/from/1/dataset_id")
    assert gathered(http, {"dataset_id": str(new_id())}).status_code == 404
    assert gathered(http, whole | {"label": 3}).status_code == 404
    assert gathered(http, whole | {"photos": [str(new_id())]}).status_code == 404
    wrong: list[dict[str, Any]] = [{"photos": []}, {"taken": "soon"}, {"album": "a", "taken": "1991"}, {"label": -1}]
    assert [gathered(http, whole | part).status_code for part in wrong] == [422] * len(wrong)
    assert gathered(http).status_code == 422
    assert gathered(http, whole, name=" ").status_code == 422
    posted = http.post("/jobs", json={"kind": "gather", "dataset_id": ready["id"], "sources": [ready["id"]]})
    assert posted.status_code == 409
    making.archive_with_photos(store, UUID(ready["id"]), 1)
    assert gathered(http, whole).status_code == 409
    assert len(http.get("/datasets").json()["items"]) == 1


def test_some_photographs_and_those_of_a_label_become_a_dataset(
    http: httpx.Client, store: Store, ready: dict[str, Any]
) -> None:
    ids = [one["id"] for one in http.get(f"/datasets/{ready['id']}/photos").json()["items"]]
    http.put(f"/datasets/{ready['id']}/labels", json={"photos": ids[:3], "label": "Cats"})
    for part, count in ({"photos": [*ids[:2], ids[0]]}, 2), ({"label": 0}, 3):
        made = gathered(http, {"dataset_id": ready["id"], **part}).json()
        assert made["labels"] == 1
        with store.read() as tx:
            assert sum(map(len, tx.gathered.left(UUID(made["id"])).values())) == count


def test_a_move_is_posted_and_keeps_trainings_away(http: httpx.Client, store: Store, ready: dict[str, Any]) -> None:
    ids = [one["id"] for one in http.get(f"/datasets/{ready['id']}/photos").json()["items"]]
    made = gathered(http, {"dataset_id": ready["id"], "photos": ids[:3]}, move=True)
    assert made.status_code == 201, made.text
    found = http.get(made.headers["Location"]).json()
    job = http.get(f"/jobs/{found['archives'][0]['job_id']}").json()
    assert (job["params"]["move"], http.get(f"/datasets/{ready['id']}").json()["counts"]["moved"]) == (True, 0)
    again = gathered(http, {"dataset_id": ready["id"]})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/dataset_busy")
    assert "are to leave it" in again.json()["detail"]
    http.post(f"/jobs/{job['id']}/cancel")
    assert http.get(made.headers["Location"]).json()["state"] == "unfinished"
    assert gathered(http, {"dataset_id": found["id"]}).status_code == 409
    assert gathered(http, {"dataset_id": ready["id"]}).status_code == 201


def test_a_line_that_was_moved_says_where_its_photograph_is(
    http: httpx.Client, store: Store, ready: dict[str, Any], other: dict[str, Any]
) -> None:
    first = http.get(f"/datasets/{ready['id']}/photos?limit=1").json()["items"][0]["id"]
    now = http.get(f"/datasets/{other['id']}/photos?limit=1").json()["items"][0]["id"]
    keys = dict.fromkeys(("original_key", "image_key", "small_key", "thumb_key"))
    with store.begin() as tx:
        moved = sa.update(t.photos).where(t.photos.c.id == UUID(first))
        values = {"state": "moved", "reason": "Moved to Mother's.", "moved_to": UUID(now), **keys}
        tx.connection.execute(moved.values(values))
    line = http.get(f"/photos/{first}").json()
    assert (line["state"], line["moved_to"]) == ("moved", now)
    assert [one["id"] for one in http.get(f"/datasets/{ready['id']}/photos?state=moved").json()["items"]] == [first]
    for what in ("image", "original"):
        answer = http.get(f"/photos/{first}/{what}")
        assert (answer.status_code, "moved" in answer.text) == (404, True)
    assert "Moved to Mother's." in http.get(f"/datasets/{ready['id']}/photos.csv").text
    assert http.patch(f"/photos/{first}", json={"included": True}).status_code == 409
    withdrawn = http.post(f"/datasets/{other['id']}/withdrawals", json={"photos": [now]}).json()
    assert withdrawn["withdrawn"] == 1
    assert http.get(f"/photos/{first}").json()["state"] == "withdrawn"


def test_nothing_is_moved_from_nowhere(http: httpx.Client) -> None:
    answer = http.post("/datasets", json={"name": "Some", "move": True})
    assert (answer.status_code, "what is moved" in answer.text) == (422, True)
    assert http.post("/datasets", json={"name": "Some", "move": "yes"}).status_code == 422


def test_a_gathering_cannot_be_stopped_with_a_part(http: httpx.Client, ready: dict[str, Any]) -> None:
    made = gathered(http, {"dataset_id": ready["id"]}).json()
    job_id = http.get(f"/datasets/{made['id']}").json()["archives"][0]["job_id"]
    answer = http.post(f"/jobs/{job_id}/stop")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong_state")
    assert "all or none" in answer.json()["detail"]


def test_copies_in_other_archives_are_told_and_withdrawn_where_it_is_said(
    http: httpx.Client, ready: dict[str, Any], other: dict[str, Any]
) -> None:
    address = f"/datasets/{ready['id']}"
    first, second = (one["id"] for one in http.get(f"{address}/photos?limit=2").json()["items"])
    there = [{"dataset_id": other["id"], "name": "Mother's", "photographs": 1}]
    assert http.get(f"/photos/{first}/sightings").json()["elsewhere"] == there
    assert http.post(f"{address}/sightings", json={"photos": [first]}).json()["elsewhere"] == there
    here = http.post(f"{address}/withdrawals", json={"photos": [first]}).json()
    assert (here["withdrawn"], here["elsewhere"]) == (1, there)
    both = http.post(f"{address}/withdrawals", json={"photos": [second], "everywhere": True}).json()
    assert (both["withdrawn"], both["elsewhere"]) == (2, [])
    states = [one["state"] for one in http.get(f"/datasets/{other['id']}/photos?limit=2").json()["items"]]
    assert states == ["ready", "withdrawn"]
