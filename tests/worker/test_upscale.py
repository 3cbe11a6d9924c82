"""Enlarging as workers do it: killed and gone on with, and nothing half-made is seen."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from jobs.ids import new_id
from jobs.state import State
from kinds.upscale.known import enlarger_id
from store.enlargements import Enlargement, EnlargerRow
from store.rows import Job, Sample
from store.shelves import Wanted
from tests.enlarge.networks import network
from tests.foreign.test_esrgan import pth
from tests.kinds.upscaling import read_into
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of

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
