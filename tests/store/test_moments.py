"""Choices between moments: one after the other, the same answer twice is one, and the last one can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from jobs.errors import Conflict, NotFound
from jobs.state import Wish
from store.moments import MomentChoice, unmeasured
from store.store import Store
from tests.store import making


def choice(job_id: UUID, position: int, **values: Any) -> MomentChoice:
    told: dict[str, Any] = {"place": 0, "left_step": 0, "right_step": 10, "chosen": "left"}
    return MomentChoice(job_id=job_id, position=position, **told | values)


@pytest.fixture
def job_id(store: Store) -> UUID:
    return making.running(store).id


def test_choices_are_counted_by_what_they_say(store: Store, job_id: UUID) -> None:
    other = making.job(store).id
    said = ["left", "right", "neither", "left"]
    with store.begin() as tx:
        assert tx.moments.count(job_id) == 0
        for position, chosen in enumerate(said):
            tx.moments.add(choice(job_id, position, chosen=chosen, place=position))
        tx.moments.add(choice(job_id, 4, left_step=10, right_step=0, place=2))
        tx.moments.add(choice(other, 0))
    with store.read() as tx:
        assert tx.moments.count(job_id) == 5
        assert tx.moments.tally(job_id) == {
            (0, 10, "left"): 2,
            (0, 10, "right"): 1,
            (0, 10, "neither"): 1,
            (10, 0, "left"): 1,
        }
        assert tx.moments.places(job_id, 10, 0) == {0: 1, 1: 1, 2: 2, 3: 1}
        assert tx.moments.places(job_id, 0, 50) == {}


def test_the_same_answer_twice_is_one_and_another_is_told(store: Store, job_id: UUID) -> None:
    with store.begin() as tx:
        tx.moments.add(choice(job_id, 0))
        tx.moments.add(choice(job_id, 0))
        assert tx.moments.count(job_id) == 1
    for other in ({"chosen": "right"}, {"place": 1}, {"right_step": 20}):
        with pytest.raises(Conflict, match="answered elsewhere"), store.begin() as tx:
            tx.moments.add(choice(job_id, 0, **other))
    with pytest.raises(Conflict, match="taken back"), store.begin() as tx:
        tx.moments.add(choice(job_id, 2))


def test_of_two_that_answer_at_once_one_comes_first(store: Store, job_id: UUID) -> None:
    def answer(number: int) -> str:
        try:
            with store.begin() as tx:
                tx.moments.add(choice(job_id, 0, place=number))
        except Conflict:
            return "told"
        return "chosen"

    with ThreadPoolExecutor(4) as tabs:
        assert sorted(tabs.map(answer, range(4))) == ["chosen", "told", "told", "told"]
    with store.read() as tx:
        assert tx.moments.count(job_id) == 1


def test_only_the_last_one_is_taken_back_and_all_can_be_forgotten(store: Store, job_id: UUID) -> None:
    with store.begin() as tx:
        for position in range(3):
            tx.moments.add(choice(job_id, position))
    with pytest.raises(Conflict, match="later choices"), store.begin() as tx:
        tx.moments.take_back(job_id, 1)
    with store.begin() as tx:
        tx.moments.take_back(job_id, 2)
        assert tx.moments.count(job_id) == 2
    with pytest.raises(NotFound), store.begin() as tx:
        tx.moments.take_back(job_id, 2)
    with store.begin() as tx:
        tx.moments.begin_again(job_id)
        assert (tx.moments.count(job_id), tx.moments.tally(job_id)) == (0, {})
        tx.moments.begin_again(job_id)


@pytest.mark.parametrize("bad", [{"chosen": "both"}, {"right_step": 0}])
def test_what_is_no_choice_is_held_back_by_the_database(store: Store, job_id: UUID, bad: dict[str, Any]) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.begin() as tx:
        tx.moments.add(choice(job_id, 0, **bad))


def test_a_moment_is_measured_when_all_is_known_that_it_is_ranked_by() -> None:
    known = {"kernel": 0.1, "variety_of_archive": 0.5}
    told = [None, {}, {"kernel": 0.1}, {"kernel": None, "variety_of_archive": 0.5}, known]
    models = [making.model(measures=measures) for measures in told]
    assert unmeasured(models) == models[:4]


def test_the_job_that_measures_a_training_is_named_until_it_has_ended(store: Store, job_id: UUID) -> None:
    with store.read() as tx:
        assert tx.moments.measuring(job_id) is None
    measure = making.job(store, kind="measure", params={"training_id": str(job_id)})
    making.job(store, kind="measure", params={"training_id": str(measure.id)})
    with store.begin() as tx:
        assert tx.moments.measuring(job_id) == measure.id
        tx.jobs.wish(measure.id, Wish.CANCEL)  # it has not begun
        assert tx.moments.measuring(job_id) is None
