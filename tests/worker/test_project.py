"""A search on its whole way: from a picture to a sample that one wanders on from, and gone with its photograph."""

import httpx
import numpy as np
import pytest
from PIL import Image

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.ids import new_id
from jobs.state import State
from store.searches import PREVIEW, SENT
from tests.api.serving import serving
from tests.kinds.pictures import jpeg
from tests.worker.house import House
from tests.worker.test_spaces import done, job_of
from worker.keep import Keeper


def test_a_picture_becomes_a_place(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    dataset_id = house.photographs(2)
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        posted = http.post(f"/models/{base.id}/projections?steps=20", content=jpeg(1)).json()
        ended = house.until_ended(job_of(house, posted["id"]))
        assert ended.state is State.SUCCEEDED, ended.error
        (sample,) = http.get("/samples", params={"job": posted["id"]}).json()["items"]
        assert sample["recipe"]["projection"]["unrelated"] > 0
        (found,) = house.events(ended, "found")
        assert found.body == {"sample_id": sample["id"], "model_id": str(base.id)}
        previews = house.events(ended, "preview")
        assert previews
        shown = http.get(f"/jobs/{posted['id']}").json()["preview"]["artifact_id"]
        assert shown == previews[-1].body["artifact_id"]
        assert http.get(f"/artifacts/{shown}/image").is_success
        with house.store.read() as tx:
            assert tx.artifacts.of_job(ended.id, SENT) == []
            assert len(tx.artifacts.of_job(ended.id, PREVIEW)) == 1
        (photo, _) = http.get(f"/datasets/{dataset_id}/photos").json()["items"]
        of_photo = done(house, http, kind="project", model_id=str(base.id), photo_id=photo["id"], steps=20)
        (sample,) = http.get("/samples", params={"job": str(of_photo.id)}).json()["items"]
        assert http.delete(f"/photos/{photo['id']}").is_success
        assert http.get(f"/samples/{sample['id']}").status_code == 404
        assert http.get("/samples", params={"job": str(of_photo.id)}).json()["items"] == []


@pytest.mark.parametrize("type", [Made.FOUND, Made.PREVIEW])
def test_of_a_photograph_that_is_withdrawn_meanwhile_nothing_is_kept(house: House, type: Made) -> None:
    dataset_id, base = house.photographs(1), house.base()
    with house.store.begin() as tx:
        (photo,) = tx.photos.page(dataset_id, limit=1).items
        tx.jobs.add(kind="project", params={"photo_id": str(photo.id)}, model_id=base.id)
        job = tx.jobs.claim(new_id(), ["project"])
    assert job is not None
    scratch = house.folder.parent / "search"
    scratch.mkdir()
    files = {role: scratch / f"{role}.png" for role in ("image", "thumb")}
    for file in files.values():
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(file)
    facts = {"step": 0, "position": 0, "recipe": {}, "width": 16, "height": 16, "average": "#000000", "blur": ""}
    keeper = Keeper(store=house.store, job=job, scratch=scratch, patient=lambda: False)
    with house.store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photo.id])
    with pytest.raises(NotFound, match="withdrawn"):
        keeper.artifacts([Artifact(type=type, files=files, facts=facts)])
    with house.store.read() as tx:
        assert tx.samples.count(job.id) == 0
        assert tx.artifacts.of_job(job.id, PREVIEW) == []
