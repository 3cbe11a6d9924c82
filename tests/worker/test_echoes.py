"""Echoes as workers look for them: killed and gone on with, and of what is there alone."""

from uuid import UUID, uuid4

import pytest

from jobs.errors import NotFound
from jobs.events import Artifact, Made
from jobs.ids import new_id
from jobs.state import State
from kinds.echoes.files import photos_of, read
from kinds.index.params import IndexParams
from store.echoes import EchoRow
from store.rows import FeatureFile, Job, Model
from tests.api.test_echoes import laid, remembered
from tests.store import making
from tests.waiting import until
from tests.worker.house import LONG_S, House
from worker.echoes import lay_echoes
from worker.keep import Keeper

LEARNT = {"steps": 2, "snapshot_steps": [0], "resume_every": 2}


def look(house: House, dataset_id: UUID) -> None:
    """Have its photographs looked at."""
    with house.store.begin() as tx:
        params = IndexParams(dataset_id=dataset_id).model_dump(mode="json")
        job = tx.jobs.add(kind="index", params=params, dataset_id=dataset_id)
    assert house.until_ended(job).state is State.SUCCEEDED


def learnt(house: House, *, count: int = 12) -> Job:
    """A training of two moments, whose photographs were looked at."""
    base, dataset_id = house.base(), house.photographs(count)
    training = house.train(dataset_id, base, **LEARNT)
    with house.worker():
        assert house.until_ended(training).state is State.SUCCEEDED
        look(house, dataset_id)
    return training


def ask(house: House, training: Job, *, count: int = 100) -> Job:
    params = {"kind": "echoes", "training_id": str(training.id), "count": count, "truncation_psi": 1.0}
    with house.store.begin() as tx:
        return tx.jobs.add(kind="echoes", params=params, dataset_id=training.dataset_id)


def known(house: House, training: Job) -> list[EchoRow]:
    with house.store.read() as tx:
        return tx.echoes.of_training(training.id)


def contents(house: House, training: Job) -> dict[int, bytes]:
    return {row.step: house.store.objects.path(row.key).read_bytes() for row in known(house, training)}


def test_a_job_that_is_killed_goes_on_where_it_was_and_comes_to_the_same_bytes(sqlite_house: House) -> None:
    house = sqlite_house
    training = learnt(house)
    with house.worker():
        assert house.until_ended(ask(house, training)).state is State.SUCCEEDED
    whole = contents(house, training)
    assert [*whole] == [0, 2]
    with house.store.begin() as tx:
        tx.echoes.drop([row.id for row in known(house, training)])
    worker = house.start_worker()
    job = ask(house, training)
    until(lambda: known(house, training), LONG_S)
    worker.kill()
    worker.wait()
    before = {row.step: row.id for row in known(house, training)}
    with house.worker():
        ended = house.until_ended(job)
    assert (ended.state, ended.done, ended.total, ended.unit) == (State.SUCCEEDED, 2, 2, "moment"), ended.error
    assert contents(house, training) == whole
    rows = {row.step: row for row in known(house, training)}
    assert {step: rows[step].id for step in before} == before  # nothing was done twice
    assert len({tuple(row.steps or ()) for row in rows.values()}) == 1
    assert sorted(event.body["step"] for event in house.events(job, "echoes")) == [0, 2]


def test_what_is_missing_alone_is_laid_out(sqlite_house: House) -> None:
    house = sqlite_house
    store, dataset_id = house.store, house.photographs(10)
    training = making.running(store, kind="train", dataset_id=dataset_id)
    moments = [with_weights(house, training, step) for step in (0, 10, 20)]
    ids = looked(house, dataset_id)
    laid(store, moments[0], ids, pictures=100)
    laid(store, moments[1], ids[:8], pictures=100)  # two photographs came since
    spoiled = laid(store, moments[2], ids, pictures=100)
    store.objects.path(spoiled.key).chmod(0o644)
    store.objects.path(spoiled.key).write_bytes(b"no")
    job = ask(house, training)
    folder, facts = lay_echoes(store, job, training.id, store.settings.folder / "laid")
    assert ([one["step"] for one in facts["moments"]], facts["known"], facts["resolution"]) == ([10, 20], 1, 16)
    assert sorted(path.name for path in folder.iterdir()) == ["10", "20", "photos.txt"]
    assert (folder / "photos.txt").read_text().split() == ids
    assert spoiled.id not in {row.id for row in known(house, training)}
    with pytest.raises(NotFound):
        lay_echoes(store, job, uuid4(), store.settings.folder / "none")


def with_weights(house: House, training: Job, step: int) -> Model:
    base = house.base()
    told = {"dataset_id": training.dataset_id, "resolution": 16, "files": base.files, "hash": f"{step:064x}"}
    with house.store.begin() as tx:
        return tx.models.add(making.snapshot(training, step, **told))


def looked(house: House, dataset_id: UUID) -> list[str]:
    """Say that all were looked at; what was found is of no importance."""
    with house.store.begin() as tx:
        ids = [one.photo_id for one in tx.features.sources(dataset_id)]
        id = new_id()
        key = f"features/{id}/0/{making.HASH}.features"  # a file that is gone
        file = FeatureFile(id=id, dataset_id=dataset_id, key=key, size_bytes=1, version=1)
        assert tx.features.add(file, ids)
    return [str(id) for id in sorted(ids)]


def made(house: House, photos: list[UUID], step: int, *, last: bool) -> Artifact:
    house.store.settings.scratch.mkdir(parents=True, exist_ok=True)
    path = remembered(photos, step).write(house.store.settings.scratch / f"{new_id()}.npy")
    hash = f"{step:064x}"
    facts = {"step": step, "hash": hash, "photos": len(photos), "steps": None, "last": last}
    return Artifact(type=Made.ECHOES, files={"echoes": path}, facts=facts)


def test_what_is_withdrawn_or_deleted_while_it_is_looked_at_is_not_kept(house: House) -> None:
    store, dataset_id = house.store, house.photographs(10)
    training = making.running(store, kind="train", dataset_id=dataset_id)
    with store.begin() as tx:
        moments = [
            tx.models.add(making.snapshot(training, step, hash=f"{step:064x}", dataset_id=dataset_id))
            for step in (0, 10, 20)
        ]
        tx.jobs.move(training.id, training.attempt, State.SUCCEEDED)
    ids = [UUID(id) for id in looked(house, dataset_id)]
    before = laid(store, moments[1], [str(id) for id in ids], pictures=900)
    ask(house, training)
    job = making.claimed(store, "echoes")
    keeper = Keeper(store=store, job=job, scratch=store.settings.scratch, patient=lambda: False)
    with store.begin() as tx:
        tx.photos.withdraw(dataset_id, [ids[2]])
        tx.models.delete(moments[0].id, sure=True)
    keeper.artifacts([made(house, ids, 20, last=False)])
    assert {row.pictures for row in known(house, training)} == {100, 900}
    keeper.artifacts([made(house, ids, 0, last=False)])
    keeper.artifacts([made(house, ids, 10, last=True)])
    rows = known(house, training)
    assert [(row.step, row.photos, row.pictures) for row in rows] == [(10, 9, 100), (20, 9, 100)]
    for row in rows:
        assert photos_of(read(store.objects.path(row.key)).near) == [id for id in ids if id != ids[2]]
    assert before.key not in [*store.objects.older_than(-1)]
    assert [event.body["step"] for event in house.events(job, "echoes")] == [20, 10]
