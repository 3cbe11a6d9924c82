"""What is enlarged goes meanwhile: withdrawn or deleted, it leaves no file behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.ids import new_id
from jobs.state import State
from store.rows import Photo
from store.sweep import sweep
from store.tx import Tx
from tests.store.test_tracing import waits
from tests.waiting import until
from tests.worker.house import LONG_S, House
from tests.worker.test_upscale import ask, rows_kept, sample_of, weights
from worker.enlarging import lay_clean_photo
from worker.keep import Keeper


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
