"""Measuring afterwards on its whole way: from the request to the rows of another job's moments."""

from uuid import UUID

import httpx
import pytest

from jobs.events import Measured
from jobs.state import State
from store.rows import snapshot_id
from tests.api.serving import serving
from tests.store import making
from tests.worker.house import House
from tests.worker.test_spaces import done
from worker.keep import Keeper


def test_moments_that_nobody_measured_are_measured_as_their_training_would_have(sqlite_house: House) -> None:
    house = sqlite_house
    base, dataset = house.base(), house.photographs()
    quick = {"steps": 3, "snapshot_steps": [0, 2], "resume_every": 3}
    with serving(house.store) as address, httpx.Client(base_url=address, timeout=60) as http, house.worker():
        whole, bare = (
            house.train(dataset, base, **quick, measure=measure, measure_pictures=50) for measure in ("all", "ends")
        )
        for training in (whole, bare):
            assert house.until_ended(training).state is State.SUCCEEDED
        assert [model.measures is None for model in house.models(bare)] == [False, True, False]
        assert http.get(f"/jobs/{bare.id}/moments").json()["unmeasured"] == 1
        before = http.get(f"/jobs/{whole.id}/moments").json()
        assert (before["unmeasured"], before["best"] is not None) == (0, True)
        job = done(house, http, kind="measure", training_id=str(bare.id))
        assert (job.done, job.total, job.unit) == (1, 1, "moment")
        after = http.get(f"/jobs/{bare.id}/moments").json()
        curves = http.get(f"/jobs/{bare.id}/curves").json()["measures"]
    assert [event.body["step"] for event in house.events(job, "measures")] == [2]
    for then, now in zip(house.models(whole), house.models(bare), strict=True):
        assert now.measures == pytest.approx(then.measures, rel=1e-4, abs=1e-6)
    assert (after["best"], after["unmeasured"], after["measuring"]) == (before["best"], 0, None)
    assert [point["step"] for point in curves] == [0, 2, 3]


def test_a_moment_that_was_deleted_while_it_was_measured_is_passed_over(house: House) -> None:
    store = house.store
    training = making.running(store)
    with store.begin() as tx:
        tx.models.add(making.snapshot(training, 10))
        tx.jobs.move(training.id, training.attempt, State.SUCCEEDED)
    making.job(store, kind="measure", params={"training_id": str(training.id)})
    job = making.claimed(store, "measure")
    keeper = Keeper(store=store, job=job, scratch=store.settings.scratch, patient=lambda: False)
    for step in (0, 10):
        keeper.measured(Measured(step=step, measures={"kernel": 0.25}))
    with store.read() as tx:
        assert [(model.step, model.measures) for model in tx.models.of_job(training.id)] == [(10, {"kernel": 0.25})]
        told = tx.events.of_types(job.id, "measures")
    assert [UUID(event.body["model_id"]) for event in told] == [snapshot_id(training.id, 10)]
