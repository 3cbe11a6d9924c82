"""A film on its whole way: killed and the same in the end, played while it is made, kept when it is stopped."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import av
import httpx
import pytest

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.state import State, Wish
from store.journeys import PART
from store.rows import Job
from tests.api.serving import serving
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of
from tests.worker.test_spaces import job_of
from worker.keep import Keeper


def recipe(model: UUID, *, duration_s: float = 20.0, **values: Any) -> dict[str, Any]:
    keyframes = [
        {"at_s": number * duration_s / 3, "model_id": str(model), "point": {"anchor": {"seed": number}}}
        for number in range(3)
    ]
    return {"name": "Home", "duration_s": duration_s, "fps": 24, "keyframes": keyframes, **values}


def pieces(house: House, job: Job) -> int:
    with house.store.read() as tx:
        return len(tx.artifacts.of_job(job.id, PART))


def _begun(house: House, job: Job) -> bool:
    return pieces(house, job) >= 1


def test_a_film_that_was_killed_is_the_same_bit_for_bit(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http:
        journey = http.post("/journeys", json={"recipe": recipe(base.id)}).json()
        asked = {"kind": "journey", "journey_id": journey["id"]}
        killed, alone = (job_of(house, http.post("/jobs", json=asked).json()["id"]) for _ in range(2))
        with house.worker() as worker:
            until(lambda: pieces(house, killed) >= 1, LONG_S)
            child_of(worker).kill()
            so_far = http.get(f"/jobs/{killed.id}/film")
            file = house.folder.parent / "so-far.mp4"
            file.write_bytes(so_far.content)
            with av.open(str(file)) as film:
                assert len([*film.decode(video=0)]) % 120 == 0
            ended = [house.until_ended(job) for job in (killed, alone)]
        assert [job.state for job in ended] == [State.SUCCEEDED] * 2, ended[0].error
        assert ended[0].attempt == 2
        listed = http.get("/videos", params={"journey": journey["id"], "model": str(base.id)}).json()["items"]
        assert len(listed) == 2
        assert len({film["sha256"] for film in listed}) == 1
        assert [film["frames"] for film in listed] == [480, 480]
        film = listed[0]
        assert http.get(f"/videos/{film['id']}/poster").headers["content-type"] == "image/webp"
        whole = http.get(f"/videos/{film['id']}/file")
        assert (whole.headers["content-type"], len(whole.content)) == ("video/mp4", film["size_bytes"])
        part = http.get(f"/videos/{film['id']}/file", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert "Home.mp4" in http.get(f"/videos/{film['id']}/file?save").headers["content-disposition"]
        assert http.get(f"/jobs/{alone.id}/film").content == whole.content
        assert pieces(house, killed) == 0
        seen = http.post("/journeys/preview", json={"recipe": recipe(base.id), "at": [1.0]}).json()
        assert seen[0]["measured"] is True
        assert http.get(f"/journeys/{journey['id']}").json()["job"]["id"] == str(alone.id)
        assert http.delete(f"/journeys/{journey['id']}").status_code == 204
        assert http.get(f"/videos/{film['id']}").json()["journey_id"] is None
        assert http.delete(f"/videos/{film['id']}").status_code == 204
        assert http.get(f"/videos/{film['id']}").status_code == 404


def test_stop_keeps_what_there_is_and_cancel_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        for wish, state, films in ((Wish.STOP, State.SUCCEEDED, 1), (Wish.CANCEL, State.CANCELLED, 0)):
            asked = {"kind": "journey", "recipe": recipe(base.id, duration_s=600.0)}
            job = job_of(house, http.post("/jobs", json=asked).json()["id"])
            until(partial(_begun, house, job), LONG_S)
            assert http.post(f"/jobs/{job.id}/{wish}").status_code == 202
            assert house.until_ended(job).state is state
            assert pieces(house, job) == 0
            with house.store.read() as tx:
                film = tx.videos.of_job(job.id)
            assert (film is not None) is bool(films)
            if film is not None:
                assert film.partial
                assert 120 <= film.frames < 14_400


def test_what_leads_through_a_withdrawn_photograph_goes_with_it(house: House) -> None:
    dataset_id, base = house.photographs(2), house.base()
    with house.store.begin() as tx:
        photo, _ = tx.photos.page(dataset_id, limit=2).items
        told = recipe(base.id)
        told["keyframes"][1]["photo_ids"] = [str(photo.id)]
        journey = tx.journeys.add(Recipe.model_validate(told))
        tx.jobs.add(kind="journey", params={"recipe": told, "path": "0" * 64}, model_id=base.id)
        job = tx.jobs.claim(new_id(), ["journey"])
    assert job is not None
    scratch = house.folder.parent / "film"
    scratch.mkdir()
    keeper = Keeper(store=house.store, job=job, scratch=scratch, patient=lambda: False)

    def keep() -> None:
        (scratch / "00000.mp4").write_bytes(b"a piece")
        (scratch / "poster.webp").write_bytes(b"a poster")
        (scratch / "film.mp4").write_bytes(uuid4().bytes)
        facts = {"step": 0, "frames": 120, "all_frames": 120, "form": "mp4"}
        keeper.artifacts([Artifact(type=Made.FILM_PART, files={"part": scratch / "00000.mp4"}, facts=facts)])
        film = {"media_type": "video/mp4", "width": 16, "height": 16, "frames": 120, "duration_s": 5.0}
        files = {"film": scratch / "film.mp4", "poster": scratch / "poster.webp"}
        facts = {**film, "has_sound": False, "partial": False}
        keeper.artifacts([Artifact(type=Made.FILM, files=files, facts=facts)])

    keep()
    with house.store.read() as tx:
        film = tx.videos.of_job(job.id)
    assert film is not None
    with house.store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photo.id])
    with house.store.read() as tx:
        assert tx.videos.of_job(job.id) is None
        assert tx.artifacts.of_job(job.id, PART) == []
        left = tx.journeys.get(journey.id)
        assert len(left.recipe["keyframes"]) == 2
        assert (left.photos, left.revision) == ([], 1)
    with pytest.raises(NotFound):
        house.store.objects.path(film.key)
    with pytest.raises(NotFound, match="withdrawn"):
        keep()
    # Nor does a file stay until the next sweep.
    assert not [key for key in house.store.objects.older_than(-60) if key.startswith(("artifacts/", "videos/"))]
