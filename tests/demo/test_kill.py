"""kill -9 in the middle of the demo: its training, at its size, ends as if nothing had been."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from demo import story
from demo.client import Json, Reverie
from demo.terminal import Terminal
from jobs.state import State
from store.rows import Job
from store.settings import Settings
from store.store import Store
from tests.cli.conftest import Up
from tests.waiting import until
from tests.worker.house import LONG_S, House, child_of, gone

pytestmark = pytest.mark.timeout(400)

STEPS = 9
MOMENTS = [0, 4, STEPS]
TRAINING = {"steps": STEPS, "preset": "glimpse", "measure": "none", "snapshot_steps": MOMENTS, "resume_every": 2}
# A lost lease is noticed within seconds; all else, the threads among it, is as `reverie up` has it.
SOON = {"REVERIE_LEASE_S": "10", "REVERIE_FENCE_S": "8", "REVERIE_HEARTBEAT_S": "1"}


def test_the_demo_killed_twice_ends_with_the_bits_of_one_left_alone(
    start: Callable[..., Up], terminal: Terminal
) -> None:
    up = start(**SOON)
    with up.answers() as http, Reverie(str(http.base_url)) as server, Store.open(Settings(data=up.data)) as store:
        house = House(store)
        dataset = story.collect(server, terminal)
        alone, killed = (posted(house, server, dataset) for _ in range(2))
        house.until_step(killed, 3)
        child_of(up.parts()["worker"]).kill()
        house.until_step(killed, 6, attempt=2)
        worker = up.parts()["worker"]
        child = child_of(worker)
        worker.kill()
        until(lambda: gone(child), LONG_S)
        story.watch(server, terminal, server.get(f"/jobs/{killed.id}"), "Learning")
        ended = house.job(killed)
        assert (ended.state, ended.done, ended.error) == (State.SUCCEEDED, STEPS, None)
        assert_each_attempt_went_on(house, killed)
        assert_equal(house, alone, killed)


def posted(house: House, server: Reverie, dataset: Json) -> Job:
    job = story.train(server, dataset, **TRAINING)
    with house.store.read() as tx:
        return tx.jobs.get(UUID(job["id"]))


def assert_each_attempt_went_on(house: House, job: Job) -> None:
    """The first two broke off, and each one after began where the last resume point was."""
    with house.store.read() as tx:
        attempts = tx.jobs.attempts(job.id)
    assert [attempt.outcome for attempt in attempts] == ["crashed", "lost", "succeeded"]
    begun: dict[int, int] = {}
    for event in house.events(job, "progress"):
        if event.body["unit"] == "step":
            begun.setdefault(event.attempt, event.body["done"])
    assert begun[1] == 0
    assert begun[2] >= 2
    assert begun[3] >= 4


def assert_equal(house: House, alone: Job, killed: Job) -> None:
    """The same moments, each told once, with the same weights to the last bit."""
    one, other = house.models(alone), house.models(killed)
    assert [model.step for model in one] == [model.step for model in other] == MOMENTS
    assert [model.hash for model in one] == [model.hash for model in other]
    for name in ("generator.safetensors", "discriminator.safetensors"):
        last, its_like = (house.store.objects.path(models[-1].files[name]) for models in (one, other))
        assert last.read_bytes() == its_like.read_bytes()
    told = Counter(event.type for event in house.events(killed))
    assert told["snapshot"] == told["sheet"] == len(MOMENTS)
    with house.store.read() as tx:
        assert [sheet.step for sheet in tx.artifacts.of_job(killed.id, "sheet")] == MOMENTS
        assert tx.resume_points.get(killed.id) is None
