"""Directions and blends on their whole way: from the request to rows and files, and from a name to later moments."""

from dataclasses import replace
from uuid import UUID

import httpx
import numpy as np
import pytest

from gan.model import load_generator
from jobs.errors import NotFound
from jobs.ids import new_id
from jobs.params import Need
from jobs.state import State
from latent.directions import read_vector, write_vector
from store.rows import Job, Model
from tests.api.serving import serving
from tests.store import making
from tests.store.test_directions import direction
from tests.worker.house import House
from worker.layout import laid_out


def job_of(house: House, id: str) -> Job:
    with house.store.read() as tx:
        return tx.jobs.get(UUID(id))


def done(house: House, http: httpx.Client, **asked: object) -> Job:
    """Post a job and wait for its good end."""
    posted = http.post("/jobs", json=asked)
    assert posted.status_code == 202, posted.text
    ended = house.until_ended(job_of(house, posted.json()["id"]))
    assert ended.state is State.SUCCEEDED, ended.error
    return ended


def test_a_name_goes_on_from_a_base_to_what_learns_from_it(postgres_house: House) -> None:
    house = postgres_house
    base = house.base()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        job = done(house, http, kind="directions", model_id=str(base.id))
        found = http.get(f"/models/{base.id}/directions").json()
        told = [event.body for event in house.events(job, "directions")]
        assert told == [{"model_id": str(base.id), "found": len(found), "new": len(found)}]
        named = found[0]
        assert http.patch(f"/directions/{named['id']}", json={"name": "towards winter"}).is_success
        training = house.train(house.photographs(), base, steps=2, snapshot_steps=[0, 2], resume_every=2)
        assert house.until_ended(training).state is State.SUCCEEDED
        first, last = house.models(training)
        for model in (first, last):
            done(house, http, kind="directions", model_id=str(model.id))
        of_first, of_last = (http.get(f"/models/{model.id}/directions").json() for model in (first, last))
        assert (of_first[0]["name"], of_first[0]["follows"]) == ("towards winter", named["id"])
        assert (of_last[0]["name"], of_last[0]["follows"]) == ("towards winter", of_first[0]["id"])
        assert [one["name"] for one in of_last[1:]] == [None] * (len(of_last) - 1)
        again = done(house, http, kind="directions", model_id=str(base.id))
        assert [event.body["new"] for event in house.events(again, "directions")] == [0]
        assert http.get(f"/models/{base.id}/directions").json() == [named | {"name": "towards winter"}, *found[1:]]
        assert http.delete(f"/models/{last.id}").is_success
    with house.store.read() as tx:
        keys = {one.key for model in (base, first) for one in tx.directions.of_model(model.id)}
        vectors = [read_vector(house.store.objects.path(one.key)) for one in tx.directions.of_model(base.id)]
    assert {key for key in house.store.objects.older_than(-60) if key.startswith("directions/")} == keys
    np.testing.assert_allclose([np.linalg.norm(vector) for vector in vectors], 1, rtol=1e-6)


def test_a_direction_is_laid_out_as_a_file_with_its_length(sqlite_house: House) -> None:
    store, vector = sqlite_house.store, np.full(4, 0.5, dtype=np.float32)
    job = making.running(store)
    file = write_vector(store.settings.scratch / "vector.npy", vector)
    with store.begin() as tx:
        model = tx.models.add(making.model())
        one = direction(model.id)
        key = store.objects.put_file(file, kind="directions", id=one.id, consume=True).key
        tx.directions.add_many([replace(one, key=key)])
    laid = laid_out(store, job, {"direction": Need(type="direction", id=one.id)})
    assert laid.facts["direction"] == {"deviation": 1.5, "layers": [0, 2]}
    np.testing.assert_array_equal(read_vector(laid.inputs["direction"]), vector)
    with store.begin() as tx:
        tx.directions.delete(one.id)
    with pytest.raises(NotFound, match="A direction that this job goes along was deleted"):
        laid_out(store, job, {"direction": Need(type="direction", id=one.id)})


def weights(house: House, model: Model) -> bytes:
    return house.store.objects.path(model.files["generator.safetensors"]).read_bytes()


def test_a_blend_is_a_model_like_others(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        training = house.train(house.photographs(), base, steps=2, snapshot_steps=[0, 2], resume_every=2)
        assert house.until_ended(training).state is State.SUCCEEDED
        (*_, last) = house.models(training)
        both = {"kind": "blend", "model_id": str(base.id), "with_id": str(last.id)}
        jobs = [done(house, http, **both, **where) for where in ({"t": 0.5}, {"at": 8})]
        (line,), (layers,) = (house.models(job) for job in jobs)
        (listed,) = http.get("/models", params={"job": str(jobs[0].id)}).json()["items"]
        assert (listed["parent_id"], listed["kept"], listed["sheet"]) == (str(base.id), True, True)
        assert [each["id"] for each in listed["facts"]["parents"]] == [str(base.id), str(last.id)]
        assert http.get("/models", params={"imported": True}).json()["items"] == []
        assert str(line.id) in {node["id"] for node in http.get("/models/tree").json()}
        assert http.get(f"/models/{line.id}/sheet").headers["content-type"] == "image/png"
        both["with_id"] = str(line.id)
        assert http.post("/jobs/estimate", json={**both, "t": 0.25}).is_success  # they have one origin
    assert len({weights(house, model) for model in (base, last, line, layers)}) == 4
    folder = house.store.objects.folder(line.files, house.folder.parent / "line")
    assert load_generator(folder).resolution == base.resolution
    assert [event.body["model_id"] for event in house.events(jobs[0], "model")] == [str(line.id)]


@pytest.mark.parametrize("type", ["model", "direction"])
def test_what_was_deleted_before_the_job_began_is_told_with_what_to_do(house: House, type: str) -> None:
    base, missing = house.base(), new_id()
    needs = {"model": Need(type="model", id=base.id), "other": Need(type=type, id=missing)}
    with house.store.begin() as tx:
        job = tx.jobs.add(kind="blend", params={})
    with pytest.raises(NotFound, match=f"was deleted, {missing}") as told:
        laid_out(house.store, job, needs)
    assert "Ask for it again" in told.value.remedy


def test_a_model_of_whose_layers_nothing_is_known_is_laid_out(sqlite_house: House) -> None:
    store = sqlite_house.store
    with store.begin() as tx:
        model = tx.models.add(making.model())
    laid = laid_out(store, making.running(store), {"model": Need(type="model", id=model.id)})
    assert laid.facts["model"]["architecture"] is None
