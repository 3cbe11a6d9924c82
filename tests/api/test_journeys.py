"""Journeys over REST: kept, changed by one at a time, looked at before they are made, and refused in words."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.journeyed import path_of
from api.proposing import timed
from api.schemas.journeys import Proposal
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.touring import Toured
from store.rows import Sample
from store.store import Store
from tests.api import rows


def keyframe(at_s: float, model: str, seed: int = 0, **values: Any) -> dict[str, Any]:
    return {"at_s": at_s, "model_id": model, "point": {"anchor": {"seed": seed}}, **values}


def recipe(model: str, **values: Any) -> dict[str, Any]:
    keyframes = [keyframe(2.0 * number, model, seed=number) for number in range(3)]
    return {"name": "Through the highlands", "duration_s": 6.0, "fps": 24, "keyframes": keyframes, **values}


def made(http: httpx.Client, model: str, **values: Any) -> dict[str, Any]:
    answer = http.post("/journeys", json={"recipe": recipe(model, **values)})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/journeys/{answer.json()['id']}"
    found: dict[str, Any] = answer.json()
    return found


def kept(store: Store, model: str) -> str:
    """A sample that no job drew."""
    id = new_id()
    stored = rows.picture(store, kind="samples", id=id)
    recipe = {"seed": 3, "truncation_psi": 0.5, "noise_mode": "none"}
    looks: dict[str, Any] = {"width": 64, "height": 64, "average": "#7a8f6b", "blur": "AAAA"}
    files: dict[str, Any] = {"sha256": stored.sha256, "image_key": stored.key}
    with store.begin() as tx:
        tx.samples.add(Sample(id=id, model_id=UUID(model), recipe=recipe, **looks, **files))
    return str(id)


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    assert told["detail"]
    return told


def test_a_journey_is_kept_listed_changed_and_deleted(http: httpx.Client, base: str) -> None:
    first, second = made(http, base), made(http, base, name="Back again")
    assert (first["revision"], first["videos"], first["job"]) == (0, [], None)
    assert first["recipe"]["keyframes"][1]["point"] == {"anchor": {"seed": 1}}
    listed = http.get("/journeys", params={"limit": 1}).json()
    assert [row["id"] for row in listed["items"]] == [second["id"]]
    more = http.get("/journeys", params={"cursor": listed["next_cursor"]}).json()
    assert [row["id"] for row in more["items"]] == [first["id"]]
    put = http.put(f"/journeys/{first['id']}", json={"recipe": recipe(base, name="Home"), "revision": 0})
    assert (put.status_code, put.json()["name"], put.json()["revision"]) == (200, "Home", 1)
    assert http.delete(f"/journeys/{first['id']}").status_code == 204
    assert refused(http.get(f"/journeys/{first['id']}"), 404)


def test_two_tabs_do_not_overwrite_each_other(http: httpx.Client, base: str) -> None:
    id = made(http, base)["id"]
    assert http.put(f"/journeys/{id}", json={"recipe": recipe(base), "revision": 0}).status_code == 200
    told = refused(http.put(f"/journeys/{id}", json={"recipe": recipe(base), "revision": 0}), 409)
    assert told["revision"] == 1


def test_a_recipe_comes_back_whole_as_a_file(http: httpx.Client, base: str) -> None:
    row = made(http, base, name="A/B")
    sent = http.get(f"/journeys/{row['id']}/recipe")
    assert "A_B.json" in sent.headers["content-disposition"]
    assert (
        made(http, base, **{**json.loads(sent.text), "name": "again"})["recipe"]["keyframes"]
        == row["recipe"]["keyframes"]
    )


def test_a_keyframe_of_a_sample_stands_by_itself_once_the_sample_is_gone(
    http: httpx.Client, store: Store, base: str
) -> None:
    sample = kept(store, base)
    of = {"at_s": 0.0, "model_id": base, "point": {"anchor": {"sample": sample}}}
    row = made(http, base, keyframes=[of, keyframe(3.0, base, seed=5)])
    assert row["recipe"]["keyframes"][0]["point"]["anchor"] == {"sample": sample}
    assert row["recipe"]["keyframes"][0]["sample_id"] == sample
    assert http.delete(f"/samples/{sample}").status_code == 204
    left = http.get(f"/journeys/{row['id']}").json()["recipe"]["keyframes"][0]["point"]["anchor"]
    assert left == {"seed": 3}
    point = json.loads(http.get(f"/journeys/{row['id']}/recipe").text)["keyframes"][0]["point"]
    assert (point["psi"], point["noise"]) == (0.5, {"mode": "none"})
    told = refused(http.post("/journeys", json={"recipe": recipe(base, keyframes=[of])}), 404)
    assert "keyframe 1" in told["detail"]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"keyframes": [(2.0, 0), (1.0, 1)]}, "in order"),
        ({"keyframes": [(0.0, 0), (7.0, 1)]}, "longer"),
        ({"duration_s": 0.1}, "at least"),
        ({"fps": 29}, "24"),
        ({"size": 8}, "at least 32"),
        ({"form": "avi"}, "mp4"),
        ({"format": 2}, "1"),
        ({"colour": "red"}, "no such field"),
    ],
)
def test_a_recipe_that_is_none_is_refused_in_words(
    http: httpx.Client, base: str, changed: dict[str, Any], word: str
) -> None:
    if "keyframes" in changed:
        changed = {"keyframes": [keyframe(at_s, base, seed=seed) for at_s, seed in changed["keyframes"]]}
    told = refused(http.post("/journeys", json={"recipe": recipe(base, **changed)}), 422)
    assert word in json.dumps(told)


def test_a_model_that_is_not_there_is_named(http: httpx.Client, base: str) -> None:
    keyframes = [keyframe(0.0, base), keyframe(3.0, str(uuid4()))]
    told = refused(http.post("/journeys", json={"recipe": recipe(base, keyframes=keyframes)}), 422)
    assert told["errors"][0]["pointer"] == "#/recipe/keyframes/1/model_id"


def test_a_preview_says_where_the_film_is(http: httpx.Client, base: str) -> None:
    seen = http.post("/journeys/preview", json={"recipe": recipe(base), "at": [0.0, 1.0, 2.0, 6.0]}).json()
    assert [one["model_id"] for one in seen] == [base] * 4
    assert seen[0]["point"]["anchor"] == seen[3]["point"]["anchor"] == {"seed": 0}
    weights = {term["of"]["seed"]: term["weight"] for term in seen[1]["point"]["anchor"]["sum"]}
    assert sum(weights.values()) == pytest.approx(1)
    assert weights[0] == pytest.approx(weights[1])
    assert seen[1]["measured"] is False
    assert refused(http.post("/journeys/preview", json={"recipe": recipe(base, keyframes=[]), "at": [0.0]}), 422)
    assert refused(http.post("/journeys/preview", json={"recipe": recipe(base), "at": []}), 422)


def test_a_preview_of_constant_speed_has_the_times_of_the_film_once_its_way_was_measured(
    http: httpx.Client, store: Store, base: str
) -> None:
    asked = recipe(base, speed="constant")
    id = made(http, base, speed="constant")["id"]

    def at(*times_s: float) -> list[dict[str, Any]]:
        answer = http.post("/journeys/preview", json={"recipe": asked, "at": list(times_s)})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    before = at(2.0)[0]
    assert (before["measured"], before["point"]["anchor"]) == (False, {"seed": 1})
    told = http.post("/journeys/times", json={"recipe": asked})
    assert told.json() == {"at_s": [0.0, 2.0, 4.0], "measured": False}
    assert http.post("/journeys/times", json={"recipe": {**asked, "keyframes": []}}).json()["at_s"] == []
    with store.begin() as tx:
        path = path_of(tx, Recipe.model_validate(asked))
        tx.journeys.keep_lengths(path, [[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]])
    first, second, third, again = at(0.0, 1.0, 4.0, 6.0)
    assert all(one["measured"] for one in (first, second, third, again))
    seeds = [one["point"]["anchor"].get("seed") for one in (first, second, third, again)]
    assert seeds == [0, 1, 2, 0]
    told = http.post("/journeys/times", json={"recipe": asked}).json()
    assert told == {"at_s": pytest.approx([0.0, 1.0, 4.0]), "measured": True}
    late = [{**one, "at_s": at_s} for one, at_s in zip(asked["keyframes"], (2.5, 4.0, 5.0), strict=True)]
    told = http.post("/journeys/times", json={"recipe": {**asked, "keyframes": late}}).json()
    assert told["at_s"] == pytest.approx([2.5, 3.5, 0.5])  # the last one comes after the end, so early
    assert [one["at_s"] for one in http.get(f"/journeys/{id}").json()["recipe"]["keyframes"]] == [0.0, 2.0, 4.0]


def test_a_proposal_goes_at_one_speed_and_its_times_are_as_far_as_is_known(base: str) -> None:
    asked = Proposal.model_validate({"model_id": base, "from": {"seeds": 3}, "duration_s": 10.0})
    found = timed(asked, [], Toured(order=(5, 9, 2), apart=(1.0, 3.0, 1.0)))
    assert (found.speed, [one.at_s for one in found.keyframes]) == ("constant", [0.0, 2.0, 8.0])


def test_a_job_is_posted_with_all_pinned(http: httpx.Client, base: str) -> None:
    id = made(http, base)["id"]
    posted = http.post("/jobs", json={"kind": "journey", "journey_id": id})
    assert posted.status_code == 202, posted.text
    job = posted.json()
    assert job["model_id"] == base
    assert len(job["params"]["recipe"]["keyframes"]) == 3
    assert http.get(f"/journeys/{id}").json()["job"]["id"] == job["id"]
    told = http.post("/jobs/estimate", json={"kind": "journey", "recipe": recipe(base)}).json()
    assert "144 frames" in told["sentence"]
    assert told["fits"]
    assert refused(http.get(f"/jobs/{job['id']}/film"), 409)


def test_what_cannot_become_a_film_is_refused_before_it_starts(http: httpx.Client, base: str) -> None:
    def post(**changed: Any) -> dict[str, Any]:
        return refused(http.post("/jobs", json={"kind": "journey", "recipe": recipe(base, **changed)}), 422)

    assert "two or more" in post(keyframes=[keyframe(0.0, base)])["remedy"]
    assert "GIF" in post(form="gif", duration_s=100.0)["detail"]
    labelled = {"anchor": {"seed": 1}, "class_label": 3}
    assert "labels" in post(keyframes=[keyframe(0.0, base), {**keyframe(1.0, base), "point": labelled}])["detail"]
    assert refused(http.post("/jobs", json={"kind": "journey"}), 422)
    assert refused(http.post("/jobs", json={"kind": "journey", "journey_id": str(uuid4())}), 404)


def test_models_without_one_origin_do_not_go_together(http: httpx.Client, store: Store, base: str) -> None:
    other = str(rows.base(store).id)
    keyframes = [keyframe(0.0, base), keyframe(3.0, other)]
    told = refused(http.post("/jobs", json={"kind": "journey", "recipe": recipe(base, keyframes=keyframes)}), 422)
    assert told["errors"][0]["pointer"] == "#/recipe/keyframes/1/model_id"


def test_films_that_are_not_there(http: httpx.Client) -> None:
    assert http.get("/videos").json() == {"items": [], "next_cursor": None}
    for address in ("", "/file", "/poster"):
        assert refused(http.get(f"/videos/{uuid4()}{address}"), 404)
    assert refused(http.delete(f"/videos/{uuid4()}"), 404)
