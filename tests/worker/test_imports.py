"""A model file on its whole way: from the request to a model that draws, or to words that say why not."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import torch

from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import load_generator
from jobs.events import Artifact
from jobs.ids import new_id
from jobs.place import Place
from jobs.state import State, Wish
from kinds.convert.run import run as convert
from kinds.registry import params_of
from store.objects import owner_of
from store.rows import Job, ModelFile, imported_id
from tests.api.serving import serving
from tests.catalogues import of
from tests.foreign import hostile, published
from tests.gan.golden import FOLDER, part, vectors
from tests.publisher import Publisher
from tests.waiting import until
from tests.worker.conftest import opened
from tests.worker.house import LONG_S, House, child_of
from worker.keep import Keeper
from worker.layout import laid_out

NVIDIA = (FOLDER / "nvidia_style.pkl").read_bytes()
HOSTILE = ("a shell command", "half of a pickle", "weights that are no numbers")


def job_of(house: House, id: str) -> Job:
    with house.store.read() as tx:
        return tx.jobs.get(UUID(id))


def file_of(house: House, job: Job) -> ModelFile:
    with house.store.read() as tx:
        return tx.model_files.get(UUID(job.params["file_id"]))


def nothing_is_left_of(house: House, job: Job) -> bool:
    """No model, none of its files, no scratch."""
    until(lambda: not scratch(house), LONG_S)
    objects = [owner_of(key) for key in house.store.objects.older_than(-60)]
    return not house.models(job) and ("models", imported_id(job.id)) not in objects


def scratch(house: House) -> bool:
    return any(house.store.settings.scratch.iterdir())


def test_a_file_that_is_sent_becomes_a_model_that_draws(postgres_house: House) -> None:
    house = postgres_house
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        posted = http.post("/models", params={"filename": "faces.pkl", "licence": "CC-BY-4.0"}, content=NVIDIA)
        assert posted.status_code == 202, posted.text
        job = job_of(house, posted.json()["job"]["id"])
        ended = house.until_ended(job)
        assert ended.state is State.SUCCEEDED, ended.error
        (model,) = http.get("/models", params={"job": str(job.id)}).json()["items"]
        assert (model["name"], model["licence"], model["resolution"]) == ("faces", "CC-BY-4.0", 32)
        assert http.get(f"/models/{model['id']}/sheet").headers["content-type"] == "image/png"
        again = http.post("/models", content=NVIDIA)
        assert (again.status_code, again.json()["model_id"]) == (409, model["id"])
        drawing = http.post("/jobs", json={"kind": "generate", "model_id": model["id"], "count": 2})
        assert drawing.status_code == 202, drawing.text
        assert house.until_ended(job_of(house, drawing.json()["id"])).state is State.SUCCEEDED
    (row,) = house.models(job)
    folder = house.store.objects.folder(row.files, house.folder.parent / "model")
    G, golden = load_generator(folder), part(vectors("nvidia_style"), "gema.")
    for name, value in G.state_dict().items():
        assert name.endswith("resample_filter") or torch.equal(value, golden[name]), name
    file = file_of(house, job)
    assert (file.key, file.model_id) == (None, row.id)
    assert [event.body["model_id"] for event in house.events(job, "model")] == [str(row.id)]
    assert not [key for key in house.store.objects.older_than(-60) if key.startswith("model_files/")]
    until(lambda: not scratch(house), LONG_S)


def test_hostile_files_are_answered_in_words_and_the_server_stays_up(sqlite_house: House) -> None:
    house = sqlite_house
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        for name in HOSTILE:
            make, words = hostile.FILES[name]
            posted = http.post("/models", content=make())
            assert posted.status_code == 202, posted.text
            ended = house.until_ended(job_of(house, posted.json()["job"]["id"]))
            told = http.get(f"/jobs/{ended.id}").json()
            assert told["state"] == "failed"
            assert told["error"]["code"] == "model_rejected"
            assert words in told["error"]["detail"]
            assert told["error"]["remedy"]
            assert nothing_is_left_of(house, ended)
        assert http.get("/healthz").is_success
        assert http.get("/models").json()["items"] == []
    assert not list(house.folder.parent.rglob("ran"))


def test_a_disk_that_is_full_is_told_and_a_retry_works(sqlite_house: House) -> None:
    house = sqlite_house
    config = NetConfig(resolution=32, z_dim=32, w_dim=32, channel_base=8192, channel_max=256)
    job = house.bring(published.pickled(published.nvidia(Generator(config), Discriminator(config))))
    with house.worker(limited_bytes=8_000_000):
        full = house.until_ended(job)
    assert full.state is State.FAILED
    assert full.error is not None
    assert full.error["code"] == "disk_full"
    assert nothing_is_left_of(house, job)
    with house.store.begin() as tx:
        tx.jobs.retry(job.id)
    with house.worker():
        assert house.until_ended(job).state is State.SUCCEEDED
    assert len(house.models(job)) == 1


def test_an_import_that_is_killed_begins_again_and_one_that_is_cancelled_leaves_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    killed = house.bring(NVIDIA)
    with house.worker() as worker:
        child_of(worker).kill()
        ended = house.until_ended(killed)
        assert (ended.state, ended.attempt) == (State.SUCCEEDED, 2)
        assert len(house.models(killed)) == 1
        cancelled = house.bring(NVIDIA + b" ")
        until(lambda: house.job(cancelled).phase, LONG_S, every_s=0.02)
        with house.store.begin() as tx:
            tx.jobs.wish(cancelled.id, Wish.CANCEL)
        assert house.until_ended(cancelled).state is State.CANCELLED
    assert nothing_is_left_of(house, cancelled)


@pytest.mark.parametrize("stored", [0, 1], ids=["files", "files and row"])
def test_a_worker_that_dies_after_the_files_were_stored_leaves_one_model(sqlite_house: House, stored: int) -> None:
    house = sqlite_house
    job = house.bring(NVIDIA)
    claimed = claim(house)
    params = params_of("convert").model_validate(claimed.params)
    laid = laid_out(house.store, claimed, params.needs())
    keeper = Keeper(store=house.store, job=claimed, scratch=laid.scratch, patient=lambda: False)
    place = Place(
        scratch=laid.scratch,
        cache=laid.scratch,
        inputs=laid.inputs,
        facts=laid.facts,
        resume_point=None,
        stop=lambda: False,
    )
    artifacts = [event for event in convert(params, place) if isinstance(event, Artifact)]
    if stored:
        keeper.artifacts(artifacts)
    else:
        for path in artifacts[0].files["folder"].iterdir():
            keeper.file(path, kind="models", id=imported_id(job.id))
    with house.store.begin() as tx:
        tx.jobs.crash(job.id, claimed.attempt, reason="died")
    before = [model.hash for model in house.models(job)]
    with house.worker():
        ended = house.until_ended(job)
    assert (ended.state, ended.attempt) == (State.SUCCEEDED, 2)
    (model,) = house.models(job)
    assert before in ([], [model.hash])
    for key in model.keys:
        house.store.objects.path(key)
    assert file_of(house, job).key is None


def claim(house: House) -> Job:
    with house.store.begin() as tx:
        found = tx.jobs.claim(new_id(), ["convert"])
    assert found is not None
    return found


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Where NVIDIA's golden file is published."""
    with Publisher(NVIDIA).serving() as serving:
        yield serving


@pytest.fixture
def fetching(sqlite_url: str, tmp_path: Path, publisher: Publisher) -> Iterator[House]:
    """An installation whose catalogue has the publisher's file."""
    yield from opened(sqlite_url, tmp_path, catalogue=of(publisher, tmp_path / "catalogue.toml"))


def fetch(http: httpx.Client) -> str:
    posted = http.post("/catalogue/dogs-32/fetch")
    assert posted.status_code == 202, posted.text
    job: str = posted.json()["job"]["id"]
    return job


def test_a_published_model_is_fetched_with_its_rights_and_known_again(fetching: House) -> None:
    house = fetching
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        job = job_of(house, fetch(http))
        ended = house.until_ended(job)
        assert ended.state is State.SUCCEEDED, ended.error
        (model,) = http.get("/models", params={"imported": True}).json()["items"]
        assert (model["name"], model["licence"]) == ("Dogs, 32 px", "CC-BY-NC-4.0")
        assert model["terms"] == "Not for sale."
        (entry,) = http.get("/catalogue").json()
        assert (entry["model_id"], entry["job_id"]) == (model["id"], None)
        assert http.post("/models", content=NVIDIA).json()["model_id"] == model["id"]
    phases = [event.body["phase"] for event in house.events(job, "progress")]
    assert phases[0] == "fetching"
    assert phases[-1] == "drawing"
    until(lambda: not scratch(house), LONG_S)
    assert list((house.store.settings.cache / "downloads").iterdir()) == []


def test_a_worker_that_is_killed_while_it_fetches_goes_on_where_it_was(fetching: House, publisher: Publisher) -> None:
    house, publisher.gate = fetching, threading.Event()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker() as worker:
        job = job_of(house, fetch(http))
        half = len(NVIDIA) // 2
        until(lambda: any(path.stat().st_size == half for path in downloads(house)), LONG_S, every_s=0.02)
        child_of(worker).kill()
        until(lambda: len(publisher.ranges) == 2, LONG_S)
        publisher.gate.set()
        assert house.until_ended(job).state is State.SUCCEEDED
    assert publisher.ranges == [None, f"bytes={half}-"]


def downloads(house: House) -> list[Path]:
    return list((house.store.settings.cache / "downloads").glob("*.part"))


def test_what_was_sent_by_hand_before_is_not_made_twice(fetching: House) -> None:
    house = fetching
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http:
        sent = http.post("/models", params={"filename": "mine.pkl"}, content=NVIDIA).json()["job"]["id"]
        fetched = fetch(http)
        with house.worker():
            assert house.until_ended(job_of(house, sent)).state is State.SUCCEEDED
            ended = house.until_ended(job_of(house, fetched))
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert "is the model mine" in ended.error["detail"]
    assert nothing_is_left_of(house, ended)


def test_a_publisher_that_gives_something_else_is_told_and_leaves_nothing(
    fetching: House, publisher: Publisher
) -> None:
    house, publisher.content = fetching, b"<!DOCTYPE html><title>Sign in</title>" + b" " * 2000
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        ended = house.until_ended(job_of(house, fetch(http)))
        assert ended.error is not None
        assert (ended.error["code"], "web page" in ended.error["detail"]) == ("model_rejected", True)
        publisher.content, publisher.etag = NVIDIA, '"2"'
        assert http.post(f"/jobs/{ended.id}/retry").status_code == 202
        assert house.until_ended(ended).state is State.SUCCEEDED


def test_what_was_sent_by_hand_while_it_was_fetched_is_not_made_twice(fetching: House, publisher: Publisher) -> None:
    house, publisher.gate = fetching, threading.Event()
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http:
        with house.worker(), house.worker():
            fetched = job_of(house, fetch(http))
            until(lambda: downloads(house), LONG_S)
            sent = http.post("/models", params={"filename": "mine.pkl"}, content=NVIDIA).json()["job"]["id"]
            assert house.until_ended(job_of(house, sent)).state is State.SUCCEEDED
            publisher.gate.set()
            ended = house.until_ended(fetched)
        (model,) = http.get("/models", params={"imported": True}).json()["items"]
    assert (ended.state, model["name"]) == (State.FAILED, "mine")
    assert ended.error is not None
    assert "is the model mine" in ended.error["detail"]
    assert nothing_is_left_of(house, ended)
