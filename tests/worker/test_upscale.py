"""Enlarging as workers do it: killed and gone on with, and nothing half-made is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.ids import new_id
from jobs.state import State
from kinds.upscale.known import enlarger_id
from store.enlargements import Enlargement, EnlargerRow
from store.rows import Job, Photo, Sample
from store.shelves import Wanted
from store.sweep import sweep
from store.tx import Tx
from tests.enlarge.networks import network
from tests.foreign.test_esrgan import pth
from tests.kinds.upscaling import read_into
from tests.store.test_tracing import waits
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of
from worker.enlarging import lay_clean_photo
from worker.keep import Keeper

SIDE = 500  # rows of a picture of several bands


def sample_of(house: House, *, width: int = 120) -> Sample:
    """A sample with a tall picture, under a model that drew it."""
    model = house.base()
    job = house.generate(model, count=1)
    with house.worker():
        assert house.until_ended(job).state is State.SUCCEEDED
    with house.store.read() as tx:
        (sample,) = tx.samples.page(Wanted(), limit=1, cursor=None).items
    tall = np.random.default_rng(0).integers(0, 256, (SIDE, width, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(tall).save(held, "PNG")
    house.store.objects.path(sample.image_key).write_bytes(held.getvalue())  # in the place of the small one
    return sample


def weights(house: House) -> str:
    """An owner's network, brought."""
    folder = house.folder.parent / f"weights-{new_id()}"
    found, file = read_into(folder, pth({"params": network(blocks=2).state_dict()}))
    name, id = "own.pth", enlarger_id("own.pth")
    stored = house.store.objects.put_file(file, kind="enlargers", id=id, consume=True)
    row = EnlargerRow(
        id=id,
        name=name,
        sha256="ab" * 32,
        architecture=found["architecture"],
        notes=[],
        key=stored.key,
        size_bytes=stored.size_bytes,
    )
    with house.store.begin() as tx:
        tx.enlargements.bring(row)
    return name


def ask(house: House, sample: Sample, by: str) -> Job:
    params = {"kind": "upscale", "sample_id": str(sample.id), "factor": 4, "with": by}
    with house.store.begin() as tx:
        return tx.jobs.add(kind="upscale", params=params)


def made(house: House, sample: Sample) -> list[Enlargement]:
    with house.store.read() as tx:
        return tx.enlargements.of_sample(sample.id)


def rows_kept(house: House, job: Job) -> int:
    with house.store.read() as tx:
        point = tx.resume_points.get(job.id)
    return point.step if point else 0


def test_a_job_that_is_killed_goes_on_at_its_rows(sqlite_house: House) -> None:
    house = sqlite_house
    sample, by = sample_of(house), weights(house)
    first = ask(house, sample, by)
    with house.worker():
        ended = house.until_ended(first)
    assert ended.state is State.SUCCEEDED, ended.error
    (whole,) = made(house, sample)
    content = house.store.objects.path(whole.key).read_bytes()
    with Image.open(io.BytesIO(content)) as large:
        assert large.size == (480, 4 * SIDE)
    worker = house.start_worker()
    second = ask(house, sample, by)
    until(lambda: rows_kept(house, second), LONG_S)
    child_of(worker).kill()
    worker.kill()
    worker.wait()
    assert len(made(house, sample)) == 1  # nothing half-made is seen
    kept = rows_kept(house, second)
    assert 0 < kept < 4 * SIDE
    with house.worker():
        ended = house.until_ended(second)
    assert (ended.state, ended.done, ended.total) == (State.SUCCEEDED, 100, 100), ended.error
    again = made(house, sample)[0]
    assert again.job_id == second.id
    assert house.store.objects.path(again.key).read_bytes() == content
    (told,) = house.events(second, "enlarged")
    assert told.body["enlargement_id"] == str(again.id)


def test_of_what_is_gone_meanwhile_nothing_is_kept(sqlite_house: House) -> None:
    house = sqlite_house
    sample = sample_of(house)
    job = ask(house, sample, "lanczos")
    with house.store.begin() as tx:
        tx.samples.delete(sample.id)
    with house.worker():
        ended = house.until_ended(job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert "no sample" in ended.error["detail"]
    assert not [key for key in house.store.objects.older_than(-1) if key.startswith("enlargements/")]


def test_a_withdrawn_photograph_cannot_be_laid_out(sqlite_house: House) -> None:
    house = sqlite_house
    dataset_id = house.photographs(9)
    with house.store.begin() as tx:
        photo = tx.photos.page(dataset_id, limit=1, cursor=None).items[0]
        job = tx.jobs.add(kind="upscale", params={"kind": "upscale", "photo_id": str(photo.id), "factor": 2})
    path, facts = lay_clean_photo(house.store, job, photo.id, house.folder)
    with Image.open(path) as picture:
        assert picture.size == (facts["width"], facts["height"])
    with house.store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photo.id])
    with pytest.raises(NotFound, match="withdrawn"):
        lay_clean_photo(house.store, job, photo.id, house.folder)


def test_a_sample_that_is_deleted_while_it_is_enlarged_leaves_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    sample, by = sample_of(house), weights(house)
    with house.worker():
        job = ask(house, sample, by)
        until(lambda: rows_kept(house, job), LONG_S)
        with house.store.begin() as tx:
            tx.samples.delete(sample.id)
        ended = house.until_ended(job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "not_found"
    assert rows_kept(house, job) == 0
    assert left(house) == []
    assert house.events(job, "enlarged") == []


def left(house: House) -> list[str]:
    """What the store holds of enlarged pictures, however new it is."""
    return [key for key in house.store.objects.older_than(-60) if key.startswith(("enlargements/", "resume_points/"))]


def withdrawn(tx: Tx, photo: Photo) -> None:
    tx.photos.withdraw(photo.dataset_id, [photo.id])


def deleted(tx: Tx, photo: Photo) -> None:
    tx.datasets.delete(photo.dataset_id)


@pytest.mark.parametrize("go", [withdrawn, deleted])
@pytest.mark.parametrize("first", [True, False])
def test_a_photograph_that_goes_while_it_is_enlarged_takes_all_along(
    house: House, go: Callable[[Tx, Photo], None], first: bool
) -> None:
    dataset_id = house.photographs(2)
    with house.store.begin() as tx:
        photo = tx.photos.page(dataset_id, limit=1, cursor=None).items[0]
        tx.jobs.add(kind="upscale", params={"kind": "upscale", "photo_id": str(photo.id), "factor": 2})
        job = tx.jobs.claim(new_id(), ["upscale"])
    assert job is not None
    scratch = house.folder.parent / "enlarged"
    keeper = Keeper(store=house.store, job=job, scratch=scratch, patient=lambda: False)
    for step, of in enumerate((Made.RESUME_POINT, Made.ENLARGED), 1):  # before it goes, all is kept
        keeper.artifacts([made_of(scratch, of, step=step)])
    kept = left(house)
    assert len(kept) == 4
    refused: list[NotFound] = []

    def keep(type: Made) -> None:
        try:
            keeper.artifacts([made_of(scratch, type, step=7)])
        except NotFound as error:
            refused.append(error)

    for type in (Made.RESUME_POINT, Made.ENLARGED) if first else (Made.ENLARGED, Made.RESUME_POINT):
        with ThreadPoolExecutor(1) as worker:
            with house.store.begin() as tx:
                if not refused:
                    go(tx, photo)
                waiting = worker.submit(keep, type)
                until(partial(waits, house.store, waiting))
            waiting.result()
    with house.store.read() as tx:
        assert tx.enlargements.of_photo(photo.id) == []
    assert len(refused) == 2
    assert rows_kept(house, job) == 0
    swept = [key for key in kept if key.startswith("enlargements/")]  # with all other files of a dataset
    assert sorted(left(house)) == ([] if go is withdrawn else sorted(swept))
    sweep(house.store, older_than_s=-60)
    assert left(house) == []


def made_of(scratch: Path, type: Made, *, step: int) -> Artifact:
    """What a run hands out: rows that are done, or the whole."""
    folder = scratch / f"{type}-{step}"
    folder.mkdir(parents=True)
    names = ("rows.json", "rows.raw") if type is Made.RESUME_POINT else ("large.png", "view.jpg")
    for name in names:
        (folder / name).write_bytes(f"{name} {step}".encode())
    if type is Made.RESUME_POINT:
        return Artifact(type=type, files={"folder": folder}, facts={"step": step})
    facts = {"with": "lanczos", "factor": 2, "words": "by Lanczos", "width": 16, "height": 16, "print": None}
    files = {"file": folder / "large.png", "view": folder / "view.jpg"}
    return Artifact(type=type, files=files, facts={**facts, "recipe": {}, "blur": "AAAA"})
