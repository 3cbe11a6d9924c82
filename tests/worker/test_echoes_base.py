"""Echoes from end to end, of a training on the base that comes along."""

import zipfile
from pathlib import Path
from typing import Any

import httpx

from jobs.state import State
from store.rows import Job
from tests.api.serving import serving
from tests.waiting import until
from tests.worker.house import LONG_S, House
from tests.worker.test_spaces import done
from workshop.stages import ROOT


def landscapes(count: int) -> dict[str, bytes]:
    """A dozen photographs of the archive that comes along."""
    with zipfile.ZipFile(ROOT / "demo" / "archive" / "landscapes.zip") as archive:
        names = [name for name in sorted(archive.namelist()) if Path(name).suffix == ".jpg"][:count]
        return {Path(name).name: archive.read(name) for name in names}


def test_a_training_on_the_base_that_comes_along_is_asked_from_end_to_end(sqlite_house: House) -> None:
    house = sqlite_house
    faces = next(one for one in house.store.bundled(ROOT / "demo" / "bases") if "faces" in one.name.lower())
    reading = house.ingest(landscapes(12))
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        dataset_id = house.until_ended(reading).dataset_id
        assert dataset_id is not None
        training = house.train(dataset_id, faces, steps=2, snapshot_steps=[0], resume_every=2, batch=2)
        assert house.until_ended(training).state is State.SUCCEEDED
        until(lambda: http.get(f"/datasets/{dataset_id}/contacts").status_code == 200, LONG_S, every_s=0.2)
        nobody = http.get(f"/jobs/{training.id}/echoes")
        assert (nobody.status_code, nobody.json()["type"]) == (409, "/problems/not_echoed")
        job = done(house, http, **{**nobody.json()["job"], "count": 100})
        lists = {of: whole(http, training, of) for of in ("remembered", "forgotten", "implied")}
        told = lists["remembered"]
        photo = (lists["remembered"]["items"] + lists["forgotten"]["items"])[0]["photo"]["id"]
        one = http.get(f"/photos/{photo}/echoes").json()
    assert (job.done, job.total) == (2, 2)
    assert [moment["step"] for moment in told["moments"]] == [0, 2]
    assert told["remembered"] + told["forgotten"] == told["photos"] == 12
    for of in ("remembered", "forgotten", "implied"):
        assert len(lists[of]["items"]) == told[of]
    for item in lists["remembered"]["items"] + lists["forgotten"]["items"]:
        assert item["likeness"] == max(item["curve"][1:])
        assert 0.1 < item["likeness"] < 1
        assert 0 <= item["percentile"] <= 100
    assert one["items"][0]["training_id"] == str(training.id)
    assert one["jobs"] == []


def whole(http: httpx.Client, training: Job, of: str) -> dict[str, Any]:
    answered = http.get(f"/jobs/{training.id}/echoes", params={"of": of, "limit": 200})
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found
