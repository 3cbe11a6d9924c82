"""The gallery over REST: words, tags, albums, many samples at once, zips, and pictures that come back."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from jobs.ids import new_id
from store.rows import Sample
from store.store import Store
from tests.api import rows

MOST = 10_000


@pytest.fixture
def drawn(http: httpx.Client, store: Store, training: dict[str, Any]) -> list[Sample]:
    """Five samples of a training's moment, oldest first."""
    learning = rows.begun(store, training["id"])
    model, _ = rows.snapshot(store, learning, 10)
    rows.end(store, learning)
    posted = http.post("/jobs", json={"kind": "generate", "model_id": str(model.id), "count": 5}).json()
    job = rows.begun(store, posted["id"])
    made = rows.samples(store, job, model, count=5)
    rows.end(store, job)
    return made


def ids(http: httpx.Client, **words: Any) -> list[str]:
    found = http.get("/samples", params=words)
    assert found.status_code == 200, found.text
    return [sample["id"] for sample in found.json()["items"]]


def test_samples_are_found_by_their_training_step_time_and_stars(
    http: httpx.Client, training: dict[str, Any], drawn: list[Sample]
) -> None:
    every = [str(one.id) for one in reversed(drawn)]
    assert ids(http, training=training["id"]) == ids(http, training=training["id"], step=10) == every
    assert ids(http, training=training["id"], step=11) == ids(http, training=str(new_id())) == []
    assert ids(http, since="2020-01-01T00:00:00Z", until="2100-01-01T01:00:00+01:00") == every
    assert ids(http, until="2020-01-01T00:00:00Z") == ids(http, since="9999-12-31T23:59:59Z") == []
    http.patch(f"/samples/{drawn[2].id}", json={"rating": 4})
    assert ids(http, rating=4) == [str(drawn[2].id)]
    assert ids(http, rating=5) == []
    assert http.get(f"/samples/{drawn[2].id}").json()["training_id"] == training["id"]


@pytest.mark.parametrize(
    "words",
    [
        {"step": 3},
        {"rating": 6},
        {"rating": "many"},
        {"since": "2020-01-01"},
        {"since": "2020-01-01T00:00:00"},
        {"until": "yesterday"},
        {"tag": "x" * 65},
        {"album": "mine"},
        {"order": "random"},
    ],
    ids=str,
)
def test_a_word_that_says_nothing_is_refused(http: httpx.Client, words: dict[str, Any]) -> None:
    assert http.get("/samples", params=words).status_code == 422


def test_many_are_marked_tagged_and_deleted_in_one_call(http: httpx.Client, drawn: list[Sample]) -> None:
    some = [str(one.id) for one in drawn[:3]]
    body = {"samples": some, "favourite": True, "rating": 2, "add_tags": ["Fog", "q%_&?#"]}
    assert http.post("/samples/changes", json=body).status_code == 204
    assert ids(http, favourite="true", tag="FOG", order="oldest") == ids(http, tag="q%_&?#", order="oldest") == some
    assert ids(http, tag="q") == []
    names = {tag["name"]: tag["samples"] for tag in http.get("/tags").json()["items"]}
    assert names == {"Fog": 3, "q%_&?#": 3}
    assert http.post("/samples/changes", json={"samples": some[:1], "remove_tags": ["fog"]}).status_code == 204
    assert http.get(f"/samples/{some[0]}").json()["tags"] == ["q%_&?#"]
    assert http.post("/samples/deletions", json={"samples": some}).status_code == 204
    assert ids(http, order="oldest") == [str(one.id) for one in drawn[3:]]
    assert http.get("/tags").json()["items"] == []


def test_of_many_one_that_is_gone_stops_all(http: httpx.Client, drawn: list[Sample]) -> None:
    some = [str(drawn[0].id), str(new_id())]
    for address, more in (("changes", {"rating": 1}), ("deletions", {})):
        gone = http.post(f"/samples/{address}", json={"samples": some, **more})
        assert (gone.status_code, some[1] in gone.json()["detail"]) == (404, True)
    assert http.get(f"/samples/{some[0]}").json()["rating"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"samples": []},
        {"samples": ["x"], "rating": 1},
        {"samples": [], "rating": 6},
        {"samples": [], "add_tags": [""]},
        {"samples": [], "add_tags": ["\u200b"]},
        {"samples": [], "add_tags": ["x" * 65]},
        {"samples": [], "add_tags": [str(n) for n in range(33)]},
        {"samples": [str(UUID(int=n)) for n in range(MOST + 1)], "rating": 1},
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_change_of_many_that_cannot_be_is_refused(http: httpx.Client, body: dict[str, Any]) -> None:
    refused = http.post("/samples/changes", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_ten_thousand_are_taken_in_one_call(http: httpx.Client) -> None:
    body = {"samples": [str(UUID(int=n)) for n in range(MOST)], "favourite": True}
    assert http.post("/samples/changes", json=body).status_code == 404


def test_an_album_is_made_filled_and_undone(http: httpx.Client, drawn: list[Sample]) -> None:
    made = http.post("/albums", json={"name": " By the sea "})
    assert (made.status_code, made.json()["name"], made.json()["samples"]) == (201, "By the sea", 0)
    address = made.headers["location"]
    some = [str(one.id) for one in drawn[:3]]
    changed = http.post(f"{address}/samples", json={"add": some, "remove": [some[0], str(new_id())]}).json()
    assert (sorted(changed["remove"]), changed["add"], changed["samples"]) == (some, [], 3)
    assert ids(http, album=made.json()["id"], order="oldest") == some
    undone = http.post(f"{address}/samples", json={"add": changed["add"], "remove": changed["remove"]}).json()
    assert (sorted(undone["add"]), undone["samples"]) == (some, 0)
    assert http.patch(address, json={"name": "By the SEA"}).json()["name"] == "By the SEA"
    taken = http.post("/albums", json={"name": "by the sea"})
    assert (taken.status_code, taken.json()["album_id"]) == (409, made.json()["id"])
    assert [album["name"] for album in http.get("/albums").json()["items"]] == ["By the SEA"]
    assert http.post(f"{address}/samples", json={"add": [str(new_id())]}).status_code == 404
    for name in ("", " ", "x" * 201, 5):
        assert http.post("/albums", json={"name": name}).status_code == 422
    assert http.delete(address).status_code == 204
    for ask in (http.get, http.delete):
        assert ask(address).status_code == 404
    assert len(ids(http)) == 5


def opened(sent: httpx.Response) -> zipfile.ZipFile:
    assert sent.status_code == 200, sent.text
    found = zipfile.ZipFile(io.BytesIO(sent.content))
    assert found.testzip() is None
    return found


def test_a_list_comes_as_a_zip_with_its_recipes(http: httpx.Client, store: Store, drawn: list[Sample]) -> None:
    album = http.post("/albums", json={"name": "Sea & fog/1991"}).json()["id"]
    http.post(f"/albums/{album}/samples", json={"add": [str(one.id) for one in drawn[1:4]]})
    store.objects.delete(drawn[2].image_key)
    sent = http.get("/samples/zip", params={"album": album, "order": "oldest"})
    assert 'filename="Sea & fog_1991.zip"' in sent.headers["content-disposition"]
    with opened(sent) as found:
        *pictures, recipes, left_out = found.namelist()
        told = [json.loads(line) for line in found.read(recipes).decode().splitlines()]
        assert pictures == [line["file"] for line in told]
        assert [line["recipe"]["seed"] for line in told] == [1, 3]
        assert "2-" in found.read(left_out).decode()
        for name in pictures:
            Image.open(io.BytesIO(found.read(name))).verify()
    nothing = http.get("/samples/zip", params={"favourite": "true"})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/conflict")


def test_chosen_samples_come_as_a_zip(http: httpx.Client, drawn: list[Sample]) -> None:
    some = [str(drawn[3].id), str(drawn[0].id)]
    with opened(http.post("/samples/zip", data={"samples": ",".join(some)})) as found:
        assert [name.partition("-")[0] for name in found.namelist()] == ["3", "0", "recipes.jsonl"]
    for text, status in (("", 422), ("x", 422), (str(new_id()), 404), (",".join([some[0]] * (MOST + 1)), 422)):
        assert http.post("/samples/zip", data={"samples": text}).status_code == status, text[:50]
    assert http.post("/samples/zip", json={"samples": some}).status_code == 422


def test_a_picture_that_comes_back_finds_itself_or_its_model(http: httpx.Client, drawn: list[Sample]) -> None:
    def found(recipe: Any) -> tuple[str | None, str | None]:
        told = json.dumps({"recipe": recipe})  # half of a surrogate pair is sent as a client may send it
        answer = http.post("/samples/lookups", content=told, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200, answer.text
        sample, model = answer.json()["sample"], answer.json()["model"]
        return sample and sample["id"], model and model["id"]

    one = drawn[1]
    recipe, model = dict(one.recipe), str(one.model_id)
    assert found({**recipe, "model_id": str(new_id())}) == (str(one.id), model)
    assert found({**recipe, "seed": 99}) == (None, model)
    assert found({**recipe, "model": "f" * 64}) == (None, None)
    lies: list[dict[str, Any]] = [
        {},
        {"model": 5},
        {"model": "x" * 9999},
        {"model": None, "seed": [[[]]]},
        {"model": "\0\ud800"},
    ]
    for lying in lies:
        assert found(lying) == (None, None)
    deep = '{"recipe": {"seed": ' + "[" * 5000 + "]" * 5000 + "}}"
    sent = http.post("/samples/lookups", content=deep, headers={"Content-Type": "application/json"})
    assert sent.status_code in (200, 400, 422)
    assert http.post("/samples/lookups", json={"recipe": [1]}).status_code == 422
    hashed = http.get("/models", params={"hash": str(recipe["model"])}).json()["items"]
    assert [one["id"] for one in hashed] == [model]
    assert http.get("/models", params={"hash": "f" * 64}).json()["items"] == []
    assert http.get("/models", params={"hash": "\0"}).status_code == 422
