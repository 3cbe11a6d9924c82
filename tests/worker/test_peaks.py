"""That a training has gone past the moment most in between is told once, when it is sure, however it went on."""

from collections.abc import Sequence
from uuid import uuid4

from jobs.events import Measured
from jobs.state import State
from store.rows import Event, Job, snapshot_id
from tests.kinds.test_bests import WAY, at
from tests.store import making
from tests.worker.house import House
from worker.keep import Keeper
from worker.peaks import CODE


def learns(house: House, job: Job, steps: Sequence[int], *, noise: float = 0.004, again: bool = False) -> None:
    """Keep and measure the moments at these steps, as an attempt at a training does."""
    keeper = Keeper(store=house.store, job=job, scratch=house.store.settings.scratch, patient=lambda: False)
    for step in steps:
        if not again:
            with house.store.begin() as tx:
                tx.models.add_snapshot(making.snapshot(job, step), attempt=job.attempt)
        keeper.measured(Measured(step=step, measures=at(WAY[step], noise=noise)))


def told(house: House, job: Job) -> list[Event]:
    with house.store.read() as tx:
        return [event for event in tx.events.of_types(job.id, "notice") if event.body["code"] == CODE]


def begun(house: House, **params: str) -> Job:
    making.job(house.store, kind="train", params=params or {"base_model_id": str(uuid4())})
    return making.claimed(house.store, "train")


def test_it_is_told_in_the_stream_once_with_the_moment(house: House) -> None:
    job = begun(house)
    learns(house, job, [step for step in WAY if step <= 200])
    assert told(house, job) == []
    learns(house, job, [300, 400])
    (said,) = told(house, job)
    assert (said.body["step"], said.body["model_id"]) == (100, str(snapshot_id(job.id, 100)))
    assert said.body["text"].startswith("At step 100 its pictures were about as far from what it knew before as from")
    with house.store.read() as tx:
        order = [(event.type, event.body["step"]) for event in tx.events.of_types(job.id, "measures", "notice")]
    assert order[-3:] == [("measures", 300), ("notice", 100), ("measures", 400)]


def resumed(house: House, job: Job) -> Job:
    with house.store.begin() as tx:
        tx.jobs.move(job.id, job.attempt, State.QUEUED)
    return making.claimed(house.store, "train")


def test_an_attempt_that_runs_steps_again_does_not_say_it_again(house: House) -> None:
    job = begun(house)
    learns(house, job, [step for step in WAY if step <= 300])
    again = resumed(house, job)
    assert again.attempt == 2
    learns(house, again, [200, 300], again=True)
    learns(house, again, [400])
    assert len(told(house, again)) == 1


def test_what_a_lost_attempt_measured_of_later_steps_makes_nothing_sure_yet(house: House) -> None:
    job = begun(house)
    learns(house, job, [0, 10, 20, 50, 100, 200])
    again = resumed(house, job)
    with house.store.begin() as tx:  # as if the first attempt had come to 300, and died before it could say so
        model = tx.models.add_snapshot(making.snapshot(again, 300), attempt=again.attempt)
        tx.models.set_measures(model.id, at(WAY[300]), job_id=again.id, attempt=again.attempt)
    learns(house, again, [100, 200], again=True)
    assert told(house, again) == []
    learns(house, again, [300], again=True)
    assert [said.attempt for said in told(house, again)] == [2]


def test_nothing_is_told_where_noise_might_be_all_or_nothing_is_between(house: House) -> None:
    noisy = begun(house)
    learns(house, noisy, [*WAY], noise=0.5)
    from_nothing = begun(house, from_scratch="true")
    learns(house, from_nothing, [*WAY])
    assert told(house, noisy) == told(house, from_nothing) == []
