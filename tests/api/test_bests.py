"""Three bests of a training over REST: named with their measures, and none where there is none."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from store import tables as t
from store.rows import Job
from store.store import Store
from tests.api import rows
from tests.kinds.test_bests import WAY, at

NONE = (None, None, None)


def learnt(store: Store, training: dict[str, Any], way: Mapping[int, Mapping[str, Any] | None]) -> Job:
    """A training that runs, and has kept these moments, with what was measured of them."""
    job = rows.begun(store, training["id"])
    for step in way:
        rows.snapshot(store, job, step)
    with store.begin() as tx:
        for model in tx.models.of_job(job.id):
            if measures := way[model.step or 0]:
                tx.models.set_measures(model.id, measures, job_id=job.id, attempt=job.attempt)
    return job


def bests(http: httpx.Client, training: dict[str, Any]) -> list[dict[str, Any]]:
    answer = http.get(f"/jobs/{training['id']}/moments")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["bests"]
    assert [one["name"] for one in found] == ["likeness", "variety", "in_between"]
    return found


def steps(found: list[dict[str, Any]]) -> tuple[int | None, ...]:
    return tuple(one["step"] for one in found)


def test_three_are_named_with_their_model_measures_and_reason(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    job = learnt(store, training, {step: at(x, variety=0.3 + x / 10) for step, x in WAY.items()})
    found = bests(http, training)
    assert steps(found) == (400, 400, 100)
    between = found[2]
    assert (between["certainty"], between["alike"], between["kept"]) == ("sure", [], False)
    assert between["why"] == "About as far from what it knew before as from your photographs."
    first, last = (next(one for one in at(x).items() if one[0] == "kernel")[1] for x in (WAY[0], WAY[400]))
    assert last < between["measures"]["kernel"] < first
    assert http.get(f"/models/{between['model_id']}").json()["step"] == 100
    http.patch(f"/models/{between['model_id']}", json={"kept": True}).raise_for_status()
    assert bests(http, training)[2]["kept"]
    rows.end(store, job)
    assert http.delete(f"/models/{between['model_id']}").status_code == 204
    assert bests(http, training)[2]["step"] in (50, 200)  # the next one, of those that are there


def test_nothing_one_and_two_that_were_measured_name_none_in_between(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    assert steps(bests(http, training)) == NONE
    job = learnt(store, training, {0: None, 10: at(0.1), 20: None})
    found = bests(http, training)
    assert (steps(found), found[2]["why"][:40]) == ((10, 10, None), "In between takes three moments that are ")
    with store.begin() as tx:
        for model in tx.models.of_job(job.id):
            tx.models.set_measures(model.id, at((model.step or 0) / 100), job_id=job.id, attempt=job.attempt)
    assert bests(http, training)[2]["why"].startswith("It is still on its way")
    rows.end(store, job)
    assert bests(http, training)[2]["why"].startswith("The last moment is the one most in between")


def test_numbers_that_an_earlier_release_left_as_none_are_passed_over(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    way: dict[int, Any] = {step: at(x) for step, x in WAY.items()}
    way[100] = dict.fromkeys(at(0.5), float("nan"))
    learnt(store, training, way)
    assert bests(http, training)[2]["step"] in (50, 200)
    answer = http.get(f"/jobs/{training['id']}/moments").json()
    assert answer["unmeasured"] == 1
    gone = next(one for one in answer["moments"] if one["step"] == 100)
    assert (gone["kernel"], gone["measured_rank"]) == (None, None)


def test_a_number_that_is_none_in_the_very_row_breaks_nothing(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    """Before numbers were looked at on their way in, SQLite took what JSON has no word for."""
    if store.settings.database.startswith("postgresql"):
        return
    learnt(store, training, {step: at(x) for step, x in WAY.items()})
    spoiled = sa.text("UPDATE models SET measures = :measures WHERE step = 100")
    with store.begin() as tx:
        tx.connection.execute(spoiled, {"measures": json.dumps(dict.fromkeys(at(0.5), float("nan")))})
    assert bests(http, training)[2]["step"] in (50, 200)
    for answered in ("moments", "curves", "sheets"):
        assert http.get(f"/jobs/{training['id']}/{answered}").status_code == 200
    with store.read() as tx:
        spoiled_id = next(model.id for model in tx.models.of_job(UUID(training["id"])) if model.step == 100)
    assert http.get(f"/models/{spoiled_id}").status_code == 200
    assert http.get("/models").status_code == 200


def test_a_training_from_nothing_has_none_in_between(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    with store.begin() as tx:
        asked = {**tx.jobs.get(UUID(training["id"])).params, "base_model_id": None, "from_scratch": True}
        tx.connection.execute(sa.update(t.jobs).values(params=asked, model_id=None))
    bare = {name: value for name, value in at(0.4).items() if not name.startswith("kernel_to_base")}
    learnt(store, training, {0: bare | {"kernel": 0.9}, 10: bare, 20: bare | {"kernel": 0.1}})
    found = bests(http, training)
    assert (found[0]["step"], found[2]["step"]) == (20, None)
    assert found[2]["why"].startswith("It began from nothing")
