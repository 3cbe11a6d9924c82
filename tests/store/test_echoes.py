"""Rows of echoes: what stands, what goes with what, which photographs a training saw."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobs.ids import new_id
from jobs.state import State
from store.echoes import EchoRow, standing
from store.objects import Stored
from store.rows import FeatureFile, Job, Model
from store.store import Store
from store.types import now
from tests.store import making

VERSION = 1


@pytest.fixture
def dataset_id(store: Store) -> UUID:
    return making.dataset(store).id


@pytest.fixture
def training(store: Store, dataset_id: UUID) -> Job:
    return making.running(store, kind="train", dataset_id=dataset_id)


@pytest.fixture
def moments(store: Store, training: Job) -> list[Model]:
    with store.begin() as tx:
        return [tx.models.add(making.snapshot(training, step, dataset_id=training.dataset_id)) for step in (0, 10, 20)]


def stored(store: Store, id: UUID) -> Stored:
    path = store.settings.folder / f"{id}.npy"
    path.write_bytes(id.bytes)
    return store.objects.put_file(path, kind="echoes", id=id, consume=True)


def row(store: Store, training: Job, step: int, **values: Any) -> EchoRow:
    id = new_id()
    found = stored(store, id)
    assert training.dataset_id is not None
    told: dict[str, Any] = {
        "pictures": 500,
        "truncation_psi": 0.7,
        "photos": 9,
        "steps": [0.1, 0.2],
        "hash": making.HASH,
    }
    return EchoRow(
        id=id,
        training_id=training.id,
        dataset_id=training.dataset_id,
        model_id=making.snapshot(training, step).id,
        step=step,
        version=VERSION,
        key=found.key,
        size_bytes=found.size_bytes,
        **told | values,
    )


def put(store: Store, *rows: EchoRow) -> None:
    with store.begin() as tx:
        assert [tx.echoes.put(one) for one in rows] == [True] * len(rows)


def of(store: Store, training: Job) -> list[EchoRow]:
    with store.read() as tx:
        return tx.echoes.of_training(training.id)


def is_there(store: Store, one: EchoRow) -> bool:
    return [*store.objects.older_than(-1)].count(one.key) == 1


def test_a_moment_has_one_row_of_what_was_drawn_alike(store: Store, training: Job, moments: list[Model]) -> None:
    first, other, second = row(store, training, 10), row(store, training, 20), row(store, training, 10)
    put(store, first, other)
    assert of(store, training) == [first, other]
    put(store, second)
    assert of(store, training) == [second, other]
    assert (is_there(store, first), is_there(store, second)) == (False, True)
    more = row(store, training, 10, pictures=900)
    put(store, more)
    assert len(of(store, training)) == 3
    with store.begin() as tx:
        tx.echoes.keep_only(training.id, [10], drawn=(500, 0.7), version=VERSION)
    assert of(store, training) == [second]
    assert not any(is_there(store, one) for one in (other, more))


def test_what_stands_is_the_most_of_one_sort_and_of_equals_the_newest(store: Store, training: Job) -> None:
    at = now()
    old = [row(store, training, step, created_at=at) for step in (0, 10, 20)]
    new = [row(store, training, step, pictures=900, created_at=at + timedelta(hours=1)) for step in (0, 10, 20)]
    assert standing([*old, *new[:2]], version=VERSION) == old
    assert standing([*old, *new], version=VERSION) == new
    assert standing([replace(one, version=0) for one in old], version=VERSION) == []
    assert standing([], version=VERSION) == []


def test_rows_go_with_their_moment_their_archive_and_their_files_with_them(
    store: Store, training: Job, moments: list[Model], dataset_id: UUID
) -> None:
    rows = [row(store, training, step) for step in (0, 10, 20)]
    put(store, *rows)
    with store.begin() as tx:
        tx.jobs.move(training.id, training.attempt, State.SUCCEEDED)
        tx.models.delete(moments[1].id)
    assert of(store, training) == [rows[0], rows[2]]
    assert not is_there(store, rows[1])
    late = row(store, training, 10)
    with store.begin() as tx:
        assert not tx.echoes.put(late)  # its moment is gone
    assert not is_there(store, late)
    with store.begin() as tx:
        tx.datasets.delete(dataset_id)
    assert of(store, training) == []


def test_a_file_takes_the_place_of_another_unless_that_was_replaced(
    store: Store, training: Job, moments: list[Model], dataset_id: UUID
) -> None:
    first = row(store, training, 10)
    put(store, first)
    anew, late = (replace(first, id=id, key=stored(store, id).key) for id in (new_id(), new_id()))
    with store.begin() as tx:
        assert tx.echoes.replace(first, anew)
    with store.begin() as tx:
        assert not tx.echoes.replace(first, late)
        assert tx.echoes.of_dataset(dataset_id) == [anew]
    assert [is_there(store, one) for one in (first, anew, late)] == [False, True, False]
    with store.begin() as tx:
        tx.echoes.drop([anew.id])
    assert of(store, training) == []


def looked(store: Store, dataset_id: UUID, photo_ids: list[UUID]) -> None:
    """Look at photographs."""
    id = new_id()
    file = FeatureFile(id=id, dataset_id=dataset_id, key=f"features/{id}", size_bytes=1, version=VERSION)
    with store.begin() as tx:
        assert tx.features.add(file, photo_ids)


def test_a_training_is_compared_with_what_it_saw_and_what_was_looked_at(store: Store, dataset_id: UUID) -> None:
    _, photos = making.archive_with_photos(store, dataset_id, 6)
    left_out, withdrawn, later_left_out, *others, _ = sorted(photo.id for photo in photos)
    with store.begin() as tx:
        tx.photos.choose(dataset_id, include=[], exclude=[left_out])
        revision = tx.datasets.get(dataset_id).revision
    _, (late,) = making.archive_with_photos(store, dataset_id, 1)
    with store.begin() as tx:
        tx.datasets.touch_revision(dataset_id)
    looked(store, dataset_id, [withdrawn])
    looked(store, dataset_id, [left_out, later_left_out, *others, late.id])
    with store.begin() as tx:
        tx.photos.choose(dataset_id, include=[left_out], exclude=[later_left_out])
        tx.photos.withdraw(dataset_id, [withdrawn])
    with store.read() as tx:
        then = tx.echoes.compared(dataset_id, revision=revision)
        now_ = tx.echoes.compared(dataset_id, revision=None)
    assert set(then) - {late.id} == {later_left_out, *others}  # as it was, but for what is gone or unlooked
    assert now_ == sorted([left_out, *others, late.id])
    assert then == sorted(then)


def test_jobs_that_look_and_samples_that_are_near_are_named(
    store: Store, training: Job, moments: list[Model], dataset_id: UUID
) -> None:
    _, (photo, other) = making.archive_with_photos(store, dataset_id, 2)
    looking = making.job(store, kind="echoes", params={"training_id": str(training.id)}, dataset_id=dataset_id)
    with store.begin() as tx:
        assert tx.echoes.looking([training.id, new_id()]) == {training.id: looking.id}
    drawing = making.running(store, kind="generate")
    samples = [
        making.sample(drawing, at, moments[1].id, nearest_id=near, likeness=alike, nearness=50, traced_by=new_id())
        for at, (near, alike) in enumerate([(photo.id, 300_000), (other.id, 900_000), (photo.id, 700_000)])
    ]
    with store.begin() as tx:
        tx.samples.add_many(drawing.id, drawing.attempt, samples)
        assert tx.echoes.samples(photo.id, most=9) == [(samples[2].id, 700_000), (samples[0].id, 300_000)]
        assert tx.echoes.samples(photo.id, most=1) == [(samples[2].id, 700_000)]
