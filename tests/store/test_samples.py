"""Samples: recipes, ratings, and a generate job made again."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.errors import BadParams, Conflict, NotFound
from jobs.ids import new_id
from store.rows import Job, Sample, sample_id
from store.shelves import Wanted
from store.store import Store
from tests.store import making


def drawn(store: Store, count: int = 1) -> tuple[Job, list[Sample]]:
    job = making.running(store)
    model = making.model()
    samples = [making.sample(job, position, model.id) for position in range(count)]
    with store.begin() as tx:
        tx.models.add(model)
        assert tx.samples.add_many(job.id, 1, samples) == count
    return job, samples


def test_samples_keep_their_recipe(store: Store) -> None:
    _, (sample,) = drawn(store)
    with store.read() as tx:
        found = tx.samples.get(sample.id)
    assert found.recipe == sample.recipe
    assert (found.favourite, found.rating, list(found.tags)) == (False, 0, [])


def test_a_job_made_again_adds_only_what_is_missing(store: Store) -> None:
    job, samples = drawn(store, 3)
    with store.begin() as tx:
        tx.samples.update(samples[1].id, rating=5)
        more = [making.sample(job, position, samples[0].model_id) for position in range(5)]
        assert tx.samples.add_many(job.id, 1, more) == 2
        assert tx.samples.add_many(job.id, 1, []) == 0
        assert tx.samples.count(job.id) == 5
        assert tx.samples.get(samples[1].id).rating == 5
    with store.read() as tx:
        found = tx.samples.page(Wanted(job_id=job.id, order="oldest")).items
    assert [sample.id for sample in found] == [sample_id(job.id, position) for position in range(5)]


def test_a_picture_of_no_job_is_added_once(store: Store) -> None:
    model = making.model()
    with store.begin() as tx:
        tx.models.add(model)
    first, second = (
        Sample(
            id=model.id,  # any id
            model_id=model.id,
            recipe={"point": {"anchor": {"seed": number}}},
            width=16,
            height=16,
            average="#000000",
            blur="",
            sha256=f"{number:064x}",
            image_key=f"samples/{model.id}/0/{number:064x}.png",
        )
        for number in (1, 2)
    )
    with store.begin() as tx:
        assert tx.samples.add(first) == tx.samples.add(second)
        assert tx.discarded == second.keys
        assert [found.id for found in tx.samples.page(Wanted(model_id=model.id)).items] == [first.id]


def test_a_picture_of_a_model_that_is_gone_is_refused(store: Store) -> None:
    model = making.model()
    job = making.running(store)
    with pytest.raises(Conflict, match="deleted meanwhile"), store.begin() as tx:
        tx.samples.add(replace(making.sample(job, 0, model.id), job_id=None))


def test_what_the_owner_thinks_is_kept_one_by_one(store: Store) -> None:
    _, (sample,) = drawn(store)
    with store.begin() as tx:
        tx.samples.update(sample.id, favourite=True)
        tx.samples.update(sample.id, rating=4)
        tx.samples.update(sample.id, tags=[" fog ", "fog", "mer"])
        found = tx.samples.update(sample.id)
    assert (found.favourite, found.rating, found.tags) == (True, 4, ["fog", "mer"])
    with store.begin() as tx:
        found = tx.samples.update(sample.id, favourite=False, rating=0, tags=[])
    assert (found.favourite, found.rating, found.tags) == (False, 0, [])


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"rating": 6}, "#/rating"),
        ({"rating": -1}, "#/rating"),
        ({"tags": [""]}, "#/tags"),
        ({"tags": ["x" * 65]}, "#/tags"),
        ({"tags": [str(n) for n in range(33)]}, "#/tags"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, values: dict[str, object], pointer: str) -> None:
    _, (sample,) = drawn(store)
    with pytest.raises(BadParams) as refused, store.begin() as tx:
        tx.samples.update(sample.id, **values)  # type: ignore[arg-type]
    assert refused.value.pointer == pointer


def test_an_order_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(BadParams, match="newest, oldest, best"), store.read() as tx:
        tx.samples.page(Wanted(order="random"))


def test_a_deleted_sample_is_gone_with_its_files(store: Store, tmp_path: Path) -> None:
    job, (first,) = drawn(store)
    key = store.objects.put_file(making.file(tmp_path), kind="samples", id=sample_id(job.id, 1), attempt=1).key
    with store.begin() as tx:
        tx.samples.add_many(job.id, 1, [making.sample(job, 1, first.model_id, image_key=key)])
    with store.begin() as tx:
        tx.samples.delete(sample_id(job.id, 1))
        assert store.objects.path(key).exists()
    with pytest.raises(NotFound):
        store.objects.path(key)
    for ask in ("get", "delete", "update"):
        with pytest.raises(NotFound), store.begin() as tx:
            getattr(tx.samples, ask)(new_id())
