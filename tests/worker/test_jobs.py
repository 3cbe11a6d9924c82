"""What a worker does with a job: the whole way, and what its owner may wish on it."""

import json
from typing import Any
from uuid import UUID

from PIL import Image

from api.framing import frame_anew
from api.submit import post
from jobs.state import State, Wish
from kinds.train.params import TrainParams
from store.doorbell import QUEUE, TASK
from store.shelves import Wanted
from tests.kinds.pictures import jpeg
from tests.waiting import until
from tests.worker.house import LONG_S, House


def test_photographs_become_a_training_and_its_moments_draw_pictures(house: House) -> None:
    base = house.base()
    reading = house.ingest({f"{i}.jpg": jpeg(i, size=(90, 50)) for i in range(9)}, framing="two_squares")
    assert reading.dataset_id is not None
    with house.worker():
        house.until_ended(reading)
        training = house.train(reading.dataset_id, base, steps=6, snapshot_steps=[0, 3], measure="none")
        ended = house.until_ended(training)
        assert ended.state is State.SUCCEEDED, ended.error
        moments = house.models(training)
        drawing = house.generate(moments[-1], count=3, seed=7, truncation_psi=0.5)
        assert house.until_ended(drawing).state is State.SUCCEEDED
    with house.store.read() as tx:
        assert tx.archives.of_dataset(reading.dataset_id)[0].state == "ready"
        assert len(tx.views.of_dataset(reading.dataset_id)) == 18
        samples = tx.samples.page(Wanted(job_id=drawing.id, order="oldest")).items
    assert [(model.step, model.name, model.parent_id, model.licence) for model in moments] == [
        (0, "Holidays, step 0", base.id, "NOASSERTION"),
        (3, "Holidays, step 3", base.id, "NOASSERTION"),
        (6, "Holidays, step 6", base.id, "NOASSERTION"),
    ]
    with Image.open(house.store.objects.path(str(moments[0].sheet_key))) as sheet:
        assert sheet.size == (7 * 16, 4 * 16)
    assert [sample.recipe["seed"] for sample in samples] == [7, 8, 9]
    with Image.open(house.store.objects.path(samples[0].image_key)) as image:
        assert json.loads(image.info["reverie"]) == samples[0].recipe
        assert samples[0].recipe["model"] == moments[-1].hash
    types = [event.type for event in house.events(training)]
    assert types.count("snapshot") == types.count("sheet") == 3
    assert types[-1] == "state"
    last = house.events(training, "progress")[-1].body
    assert (last["done"], last["total"], last["unit"], last["remaining_s"]) == (6, 6, "step", 0)
    assert {"loss_g", "loss_d", "augment_p", "photos_seen"} <= last["metrics"].keys()
    assert not any(house.store.settings.scratch.iterdir())


def test_what_was_squeezed_when_the_training_was_posted_is_shown_unsqueezed(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    reading = house.ingest({f"{i}.jpg": jpeg(i, size=(90, 60)) for i in range(9)})
    assert reading.dataset_id is not None
    with house.worker():
        house.until_ended(reading)
        with house.store.begin() as tx:
            frame_anew(tx, reading.dataset_id, "squeeze", None)
        asked: dict[str, Any] = {"steps": 1, "batch": 4, "snapshot_steps": [0], "measure": "none"}
        params = TrainParams(dataset_id=reading.dataset_id, base_model_id=base.id, **asked)
        training, _ = post(house.store, params, key=None)
        with house.store.begin() as tx:
            frame_anew(tx, reading.dataset_id, "centre", None)
        ended = house.until_ended(training)
        assert ended.state is State.SUCCEEDED, ended.error
        moment = house.models(training)[-1]
        drawing = house.generate(moment, count=1, seed=7)
        assert house.until_ended(drawing).state is State.SUCCEEDED
    assert moment.facts["frame"] == {"kind": "squeeze", "width": 3, "height": 2}
    with Image.open(house.store.objects.path(str(moment.sheet_key))) as sheet:
        assert sheet.size == (7 * 24, 4 * 16)
    with house.store.read() as tx:
        (sample,) = tx.samples.page(Wanted(job_id=drawing.id)).items
    assert (sample.width, sample.height) == (24, 16)
    with Image.open(house.store.objects.path(sample.image_key)) as image:
        assert image.size == (24, 16)


def test_stop_keeps_what_was_learnt_and_cancel_drops_what_was_not_finished(sqlite_house: House) -> None:
    house = sqlite_house
    dataset, base = house.photographs(), house.base()
    jobs = [house.train(dataset, base, steps=100_000, snapshot_steps=[0, 2]) for _ in range(2)]
    ended = []
    with house.worker():
        for job, wish in zip(jobs, (Wish.STOP, Wish.CANCEL), strict=True):
            house.until_step(job, 5)
            with house.store.begin() as tx:
                tx.jobs.wish(job.id, wish)
            ended.append(house.until_ended(job))
    assert [job.state for job in ended] == [State.SUCCEEDED, State.CANCELLED]
    assert [model.step for model in house.models(jobs[0])] == [0, 2, ended[0].done]
    assert [model.step for model in house.models(jobs[1])] == [0, 2]
    with house.store.read() as tx:
        assert tx.resume_points.get(jobs[0].id) is tx.resume_points.get(jobs[1].id) is None
    assert not any(house.store.settings.scratch.iterdir())


def test_a_photograph_that_is_withdrawn_during_a_pause_ends_the_training_there(postgres_house: House) -> None:
    house = postgres_house
    dataset, base = house.photographs(), house.base()
    job = house.train(dataset, base, steps=100_000, snapshot_steps=[0])
    with house.worker():
        house.until_step(job, 5)
        with house.store.begin() as tx:
            tx.jobs.wish(job.id, Wish.PAUSE)
        house.until_state(job, State.PAUSED)
        with house.store.begin() as tx:
            tx.photos.withdraw(dataset, [tx.photos.page(dataset).items[0].id])
            tx.jobs.resume(job.id)
        ended = house.until_ended(job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "archive_changed"
    assert ended.error["detail"].startswith("A photograph of this archive was withdrawn")
    assert [model.step for model in house.models(job)] == [0, ended.error["step"]]


def test_what_was_made_of_a_withdrawn_photograph_goes_from_the_cache(sqlite_house: House) -> None:
    house = sqlite_house
    kept, touched = house.photographs(), house.photographs()
    base = house.base()
    with house.worker():
        for dataset in (kept, touched):
            house.until_ended(house.train(dataset, base, steps=1, snapshot_steps=[0], measure="none"))
    cache = house.store.settings.cache / "pictures"
    assert len(list(cache.iterdir())) == 2
    with house.store.begin() as tx:
        tx.photos.withdraw(touched, [tx.photos.page(touched).items[0].id])
    with house.worker():
        until(lambda: len(list(cache.iterdir())) == 1)
    (left,) = cache.iterdir()
    assert json.loads((left / "photos.json").read_text())["dataset"] == str(kept)


def test_what_goes_wrong_is_told_in_plain_words_and_its_traceback_stays_in_the_log(sqlite_house: House) -> None:
    house = sqlite_house
    base = house.base()
    weights = house.store.objects.path(base.files["generator.safetensors"])
    weights.write_bytes(weights.read_bytes()[:1000])
    unreadable = house.generate(base, count=1)
    empty = house.ingest({"a.txt": b"no picture", "b.jpg": b"none either"})
    with house.worker():
        broken, refused = house.until_ended(unreadable), house.until_ended(empty)
    assert broken.state is refused.state is State.FAILED
    assert broken.error is not None
    assert broken.error["code"] == "model_unreadable"
    assert broken.error["remedy"]
    assert "Traceback" not in json.dumps(broken.error)
    assert "Traceback" in house.log()
    assert refused.error is not None
    assert refused.error["code"] == "archive_rejected"
    with house.store.read() as tx:
        archive = tx.archives.get(UUID(empty.params["archive_id"]))
        photos = tx.photos.page(archive.dataset_id).items
    assert archive.state == "refused"
    assert archive.reason == refused.error["detail"]
    assert [photo.state for photo in photos] == ["refused", "refused"]


def test_the_doorbell_wakes_an_idle_worker_and_what_it_says_is_harmless(
    sqlite_house: House, valkey_url: str, broker_url: str
) -> None:
    import celery

    house = sqlite_house
    with house.worker(poll_s=600, redis_url=valkey_url):
        until(lambda: "worker.started" in house.log(), LONG_S)
        job = house.ingest({"a.jpg": jpeg(1)})  # nobody rang
        with celery.Celery(broker=broker_url, set_as_current=False) as bell:
            for said in ("nonsense", str(job.id), str(job.id)):
                bell.send_task(TASK, [said], queue=QUEUE, ignore_result=True)
        assert house.until_ended(job).state is State.SUCCEEDED
    assert house.job(job).attempt == 1
