"""Places that were found for photographs leave every row with them, whoever is at work on them at the time."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from jobs.errors import Conflict
from jobs.ids import new_id
from jobs.journey import Recipe
from jobs.state import State, Wish
from store.columns import METADATA
from store.journeys import Journey
from store.rows import Job, Photo
from store.store import Store
from store.tx import Tx
from tests.store import making
from tests.store.test_tracing import beside

KINDS = ("journey", "compose")
LATENT = 0.123456789  # of a place that was found for a photograph


def archived(store: Store, count: int = 2) -> list[Photo]:
    return making.archive_with_photos(store, making.dataset(store).id, count)[1]


def recipe(*photos: UUID | None) -> dict[str, Any]:
    """A keyframe for each of these; those of photographs lie where these were found."""
    model_id = str(new_id())
    keyframes = [
        {
            "at_s": 2.0 * number,
            "model_id": model_id,
            "point": {"anchor": {"seed": number} if photo is None else {"w": [LATENT] * 32}},
            "photo_ids": [] if photo is None else [str(photo)],
        }
        for number, photo in enumerate(photos)
    ]
    return {"name": "Home", "duration_s": 60.0, "fps": 24, "keyframes": keyframes}


def posted(store: Store, kind: str, *photos: UUID | None) -> Job:
    return making.job(store, kind=kind, params={"kind": kind, "recipe": recipe(*photos), "path": "0" * 64})


def withdraw(store: Store, photo: Photo) -> None:
    with store.begin() as tx:
        tx.photos.withdraw(photo.dataset_id, [photo.id])


def job_of(store: Store, job: Job) -> Job:
    with store.read() as tx:
        return tx.jobs.get(job.id)


def places(store: Store) -> int:
    """How many rows of any table hold a place that was found."""
    found = 0
    with store.read() as tx:
        for table in METADATA.sorted_tables:
            rows = tx.connection.execute(sa.select(table)).all()
            found += sum(str(LATENT) in str(tuple(row)) for row in rows)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawn_photograph_leaves_no_place_in_a_job(store: Store, kind: str) -> None:
    photo, other = archived(store)
    mine, theirs = posted(store, kind, None, photo.id, other.id), posted(store, kind, None, None)
    with store.begin() as tx:
        journey = tx.journeys.add(Recipe.model_validate(recipe(photo.id, None)))
    assert places(store) == 2
    withdraw(store, other)
    assert places(store) == 2  # the first one's is in both still
    withdraw(store, photo)
    assert places(store) == 0
    left = job_of(store, mine)
    assert [one["at_s"] for one in left.params["recipe"]["keyframes"]] == [0.0]
    assert left.params["recipe"]["name"] == "Home"
    assert left.state is State.CANCELLED
    with store.read() as tx:
        (told,) = tx.events.of_types(mine.id, "notice")
        assert len(tx.journeys.get(journey.id).recipe["keyframes"]) == 1
    assert told.body["code"] == "photo_withdrawn"
    assert job_of(store, theirs) == theirs


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_ends_however_it_stands_and_is_not_tried_again(store: Store, kind: str) -> None:
    (photo,) = archived(store, 1)
    asked = [posted(store, kind, None, None, photo.id) for _ in range(4)]
    for to in (State.PAUSED, State.FAILED, State.SUCCEEDED):
        job = making.claimed(store, kind)
        with store.begin() as tx:
            tx.jobs.move(job.id, job.attempt, to, error={"detail": "It broke."} if to is State.FAILED else None)
    running = making.claimed(store, kind)
    withdraw(store, photo)
    assert places(store) == 0
    stand = [(job.state, job.wish) for job in (job_of(store, one) for one in asked)]
    assert stand[:3] == [(State.CANCELLED, None), (State.FAILED, None), (State.SUCCEEDED, None)]
    assert stand[3] == (State.RUNNING, Wish.CANCEL)
    with store.begin() as tx:  # its worker dies: no other one goes on with what is left of it
        assert tx.jobs.crash(running.id, running.attempt).state is State.CANCELLED
    with store.read() as tx, pytest.raises(Conflict, match="withdrawn"):
        tx.journeys.check_retry(tx.jobs.get(asked[1].id))
    with store.read() as tx:
        tx.journeys.check_retry(posted(store, kind, None, None))


def test_a_journey_that_is_kept_while_its_photograph_is_withdrawn_goes_either_way(store: Store) -> None:
    first, second = archived(store)

    def keep(photo: Photo, tx: Tx) -> None:
        if not tx.photos.withdrawn([photo.id], lock=True):
            tx.journeys.add(Recipe.model_validate(recipe(None, photo.id)))
            tx.jobs.add(kind="journey", params={"recipe": recipe(None, photo.id)})

    def go(photo: Photo, tx: Tx) -> None:
        tx.photos.withdraw(photo.dataset_id, [photo.id])

    beside(store, partial(go, first), partial(keep, first), lambda _: None)
    assert places(store) == 0
    beside(store, partial(keep, second), partial(go, second), lambda _: None)
    assert places(store) == 0
    with store.read() as tx:
        (journey,) = tx.journeys.page().items
    assert len(journey.recipe["keyframes"]) == 1


def test_a_journey_that_is_changed_while_a_photograph_goes_keeps_the_change_and_not_the_place(store: Store) -> None:
    photo, other = archived(store)
    with store.begin() as tx:
        row = tx.journeys.add(Recipe.model_validate(recipe(photo.id, None)))

    def change(tx: Tx) -> Journey:
        said = Recipe.model_validate(recipe(photo.id, None, other.id) | {"name": "Anew"})
        return tx.journeys.change(row.id, said, revision=0)

    beside(store, change, lambda tx: tx.photos.withdraw(photo.dataset_id, [photo.id]), lambda _: None)
    with store.read() as tx:
        left = tx.journeys.get(row.id)
    assert (left.name, left.revision, left.photos) == ("Anew", 2, [str(other.id)])
    assert [one["at_s"] for one in left.recipe["keyframes"]] == [2.0, 4.0]
