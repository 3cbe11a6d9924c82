"""Samples are compared with what a training saw: once, after the archive was looked at, and never with what is gone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from api.submit import prepare
from jobs.events import Artifact, Progress
from jobs.ids import new_id
from jobs.place import Place
from kinds.index import run, tracing
from kinds.index.params import IndexParams
from kinds.index.tracing import Tracer, looked
from store import tables as t
from store.rows import Job, Photo, Sample, View, view_id
from store.settings import Settings
from store.shelves import Wanted
from store.store import Store
from tests.store import making
from worker.keep import Keeper
from worker.tracing import lay_sketches, lay_squares


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(Settings(data=tmp_path / "data", database_url=database_url)) as opened:
        yield opened


def picture(seed: int) -> Image.Image:
    """A picture that is like no other."""
    cells = np.random.default_rng(seed).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    return Image.fromarray(cells).resize((120, 80), Image.Resampling.NEAREST)


def put(store: Store, image: Image.Image, kind: str, id: UUID) -> str:
    file = store.settings.folder / f"{new_id()}.png"
    image.save(file)
    return store.objects.put_file(file, kind=kind, id=id, consume=True).key


def archived(store: Store, count: int, *, begin: int = 0, dataset_id: UUID | None = None) -> tuple[UUID, list[Photo]]:
    """Photographs with their middle squares."""
    dataset_id = dataset_id or making.dataset(store).id
    reading = making.job(store, kind="ingest", dataset_id=dataset_id)
    with store.begin() as tx:
        archive = making.archive(tx, dataset_id, reading.id)
    photos = [
        replace(one, width=120, height=80, thumb_key=put(store, picture(begin + nth), "photos", one.id))
        for nth, one in enumerate(making.photos(archive, count))
    ]
    views = [
        View(
            id=view_id(one.id, 0),
            dataset_id=dataset_id,
            photo_id=one.id,
            position=0,
            box=(20, 0, 100, 80),
            frame="centre",
        )
        for one in photos
    ]
    with store.begin() as tx:
        tx.photos.add_many(photos)
        tx.views.add_many(views)
    return dataset_id, photos


def square(seed: int) -> Image.Image:
    return picture(seed).crop((20, 0, 100, 80)).resize((64, 64), Image.Resampling.LANCZOS)


def drawn(store: Store, dataset_id: UUID, images: list[Image.Image]) -> list[Sample]:
    """Samples of a model that has learnt from the dataset."""
    drawing = making.running(store, dataset_id=dataset_id)
    model = making.model(dataset_id=dataset_id)
    samples = [
        replace(
            making.sample(drawing, nth, model.id, dataset_id=dataset_id),
            image_key=put(store, image, "samples", new_id()),
            thumb_key=None,
        )
        for nth, image in enumerate(images)
    ]
    with store.begin() as tx:
        tx.models.add(model)
        tx.samples.add_many(drawing.id, 1, samples)
    return samples


def index(store: Store, dataset_id: UUID, *, most: int | None = None) -> list[Artifact]:
    """Run what an index job does with squares, and keep what it yields, or only the first so many artifacts."""
    job: Job = making.running(store, dataset_id=dataset_id)
    scratch = store.settings.scratch / str(job.id)
    scratch.mkdir(parents=True)
    folder, facts = lay_squares(store, job, dataset_id, scratch / "squares")
    place = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"squares": folder},
        facts={"squares": facts},
        resume_point=None,
        stop=lambda: False,
    )
    keeper = Keeper(store=store, job=job, scratch=scratch, patient=lambda: False)
    made: list[Artifact] = []
    for event in looked(place):
        if isinstance(event, Artifact) and (most is None or len(made) < most):
            keeper.artifacts([event])
            made.append(event)
    return made


def now(store: Store, samples: list[Sample]) -> list[dict[str, Any] | None]:
    with store.read() as tx:
        return [one.originality for one in tx.samples.some([one.id for one in samples])]


def to_look_at(store: Store, dataset_id: UUID) -> Mapping[str, int]:
    """What a look is reckoned to have to look at, of squares and samples."""
    with store.read() as tx:
        found: Mapping[str, int] = prepare(tx, IndexParams(dataset_id=dataset_id)).facts["squares"]
    return found


def levels(store: Store, samples: list[Sample]) -> list[str]:
    """The level of each, as the gallery finds it."""
    with store.read() as tx:
        found = {
            one.id: word
            for word in ("own", "near", "copy", "unknown")
            for one in tx.samples.page(Wanted(originality=word)).items
        }
    return [found[one.id] for one in samples]


def test_samples_that_nobody_looked_at_are_compared_and_nothing_twice(store: Store) -> None:
    dataset_id, photos = archived(store, 20)
    samples = drawn(store, dataset_id, [square(3), square(1000), square(5).transpose(Image.Transpose.FLIP_LEFT_RIGHT)])
    assert levels(store, samples) == ["unknown"] * 3
    assert [one.type for one in index(store, dataset_id)] == ["sketches", "calibration", "traces"]
    copy, own, mirrored = now(store, samples)
    assert copy is not None
    assert own is not None
    assert mirrored is not None
    assert (copy["photo_id"], mirrored["photo_id"]) == (photos[3].id, photos[5].id)
    assert copy["likeness"] > 0.95
    assert copy["sentence"].endswith("nearly a copy.")
    assert levels(store, samples) == ["copy", own["level"], "copy"]
    assert own["level"] != "copy"
    assert index(store, dataset_id) == []
    with store.read() as tx:
        order = [one.id for one in tx.samples.page(Wanted(order="original")).items]
    assert order[0] == samples[1].id


def test_a_look_that_was_killed_goes_on(store: Store) -> None:
    dataset_id, _ = archived(store, 20)
    samples = drawn(store, dataset_id, [square(3)])
    assert len(index(store, dataset_id, most=1)) == 1
    assert [one.type for one in index(store, dataset_id)] == ["calibration", "traces"]
    assert levels(store, samples) == ["copy"]


def test_a_look_that_is_to_stop_is_not_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "KEPT_EVERY", 10)
    dataset_id, _ = archived(store, 20)
    drawn(store, dataset_id, [square(3)])
    scratch = store.settings.scratch / "look"
    scratch.mkdir(parents=True)
    (scratch / "photos.jsonl").touch()  # of each it is known what it looks like
    folder, facts = lay_squares(store, making.running(store, dataset_id=dataset_id), dataset_id, scratch / "squares")
    phases = []
    for often in range(5):
        left = iter([False] * (often + 1))
        place = Place(
            scratch=scratch,
            cache=scratch,
            inputs={"photos": scratch / "photos.jsonl", "squares": folder},
            facts={"photos": {"files": []}, "squares": facts},
            resume_point=None,
            stop=partial(next, left, True),
        )
        events = list(run.run(IndexParams(dataset_id=dataset_id), place))
        last = [event for event in events if isinstance(event, Progress)][-1]
        phases.append((last.phase, last.done < last.total))  # so that a worker that shuts down puts it back
    unended = [("sketching", True), ("sketching", True), ("comparing", True), ("tracing", True)]
    assert phases == [*unended, ("sorting", False)]


def test_a_withdrawn_photograph_is_named_no_more_and_another_archive_looks_again(store: Store) -> None:
    dataset_id, photos = archived(store, 20)
    samples = drawn(store, dataset_id, [square(3), square(4)])
    index(store, dataset_id)
    with store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photos[3].id])
    assert now(store, samples)[0] is None
    assert levels(store, samples) == ["unknown", "copy"]
    with store.read() as tx:
        assert photos[3].id not in [one.photo_id for one in tx.tracing.sketches(dataset_id, version=1)]
    assert to_look_at(store, dataset_id) == {"unsketched": 0, "samples": 2}
    index(store, dataset_id)
    after = now(store, samples)
    assert after[0] is not None
    assert after[0]["photo_id"] != photos[3].id
    assert after[0]["level"] != "copy"
    assert to_look_at(store, dataset_id) == {"unsketched": 0, "samples": 0}
    archived(store, 1, begin=3, dataset_id=dataset_id)  # it comes back as another photograph
    assert to_look_at(store, dataset_id) == {"unsketched": 1, "samples": 2}
    assert [one.type for one in index(store, dataset_id)] == ["sketches", "calibration", "traces"]
    assert levels(store, samples) == ["copy", "copy"]


def test_what_comes_after_a_withdrawal_says_nothing_of_that_photograph(store: Store) -> None:
    dataset_id, photos = archived(store, 20)
    index(store, dataset_id)
    with store.read() as tx:
        file, facts = lay_sketches(tx, dataset_id, store.settings.folder / "originals")
    tracer = Tracer.of(file, facts)
    assert tracer is not None
    (found,) = tracer.traced([square(3)])
    assert found.photo == photos[3].id
    with store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photos[3].id])
    sample = replace(making.sample(making.running(store), 0, new_id()), nearest_id=found.photo, nearness=100)
    with store.read() as tx:
        (kept,) = tx.tracing.still([sample])
    assert (kept.nearest_id, kept.nearness) == (None, 101)


def test_where_all_photographs_were_withdrawn_pictures_are_drawn_and_compared_with_none(store: Store) -> None:
    dataset_id, photos = archived(store, 20)
    index(store, dataset_id)
    with store.begin() as tx:
        tx.photos.withdraw(dataset_id, [photo.id for photo in photos])
    with store.read() as tx:
        file, facts = lay_sketches(tx, dataset_id, store.settings.folder / "originals")
    assert Tracer.of(file, facts) is None


def test_of_nine_photographs_nothing_is_said_and_a_spoiled_one_is_passed_over(store: Store) -> None:
    dataset_id, photos = archived(store, 10)
    store.objects.path(photos[0].thumb_key or "").write_bytes(b"no picture")
    samples = drawn(store, dataset_id, [square(3)])
    assert [one.type for one in index(store, dataset_id)] == ["sketches", "calibration"]
    assert levels(store, samples) == ["unknown"]
    with store.read() as tx:
        found = tx.tracing.calibration(dataset_id)
        assert found is not None
        assert (found.photos, found.steps) == (9, None)
        assert lay_sketches(tx, dataset_id, store.settings.folder / "originals")[1] == {}


def test_a_dataset_that_goes_takes_its_sketches_along(store: Store) -> None:
    dataset_id, _ = archived(store, 12)
    index(store, dataset_id)
    with store.begin() as tx:
        tx.connection.execute(sa.delete(t.datasets).where(t.datasets.c.id == dataset_id))
    with store.read() as tx:
        assert tx.tracing.sketches(dataset_id, version=1) == []
        assert tx.tracing.calibration(dataset_id) is None
