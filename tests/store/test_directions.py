"""Directions: what was found stays as it is, names go on, and all of it goes with its model."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from jobs.errors import BadParams, NotFound
from jobs.ids import new_id
from store.rows import Direction, direction_id
from store.store import Store
from tests.store import making


def direction(model_id: UUID, *, kind: str = "sefa", position: int = 0, attempt: int = 1, **values: Any) -> Direction:
    id = direction_id(model_id, kind, position)
    key = f"directions/{id}/{attempt}/{making.HASH}.npy"
    told: dict[str, Any] = {"layers": [0, 2], "deviation": 1.5, "share": 0.25, "key": key}
    return Direction(id=id, model_id=model_id, kind=kind, position=position, **told | values)


@pytest.fixture
def model_id(store: Store) -> UUID:
    with store.begin() as tx:
        return tx.models.add(making.model()).id


def test_they_are_listed_kind_by_kind_the_strongest_first(store: Store, model_id: UUID) -> None:
    asked = [("contrast", 0), ("ganspace", 1), ("sefa", 10), ("brightness", 0), ("sefa", 2), ("ganspace", 0)]
    made = [direction(model_id, kind=kind, position=position) for kind, position in asked]
    with store.begin() as tx:
        other = tx.models.add(making.model()).id
        assert tx.directions.add_many([*made, direction(other)]) == 7
    with store.read() as tx:
        found = tx.directions.of_model(model_id)
        assert [(one.kind, one.position) for one in found] == [
            ("sefa", 2),
            ("sefa", 10),
            ("ganspace", 0),
            ("ganspace", 1),
            ("brightness", 0),
            ("contrast", 0),
        ]
        assert tx.directions.get(made[0].id) == made[0]


def test_what_is_there_stays_and_the_file_that_nothing_names_goes(store: Store, model_id: UUID) -> None:
    first, again = direction(model_id), direction(model_id, attempt=2, share=0.75)
    with store.begin() as tx:
        tx.directions.add_many([first])
    with store.begin() as tx:
        assert tx.directions.add_many([again]) == 0
        assert tx.discarded == [again.key]
        tx.discarded.clear()
    with store.begin() as tx:
        assert tx.directions.add_many([first]) == 0
        assert tx.discarded == []
        assert tx.directions.get(first.id).share == 0.25


def test_one_without_a_name_takes_the_one_that_is_found_unless_it_is_of_the_other_end(
    store: Store, model_id: UUID
) -> None:
    rows = [direction(model_id, position=i) for i in range(3)]
    follows = new_id()
    with store.begin() as tx:
        tx.directions.add_many(rows)
        tx.directions.rename(rows[2].id, "mine")
        named = [replace(row, name=f"theirs {row.position}", follows=follows) for row in rows]
        tx.directions.add_many(named, turned={rows[1].id})
        found = tx.directions.of_model(model_id)
    assert [one.name for one in found] == ["theirs 0", None, "mine"]
    assert [one.follows for one in found] == [follows, None, None]


def test_a_name_of_ones_own_follows_nothing(store: Store, model_id: UUID) -> None:
    row = direction(model_id, name="towards winter", follows=new_id())
    with store.begin() as tx:
        tx.directions.add_many([row])
        renamed = tx.directions.rename(row.id, "  towards spring ")
        assert (renamed.name, renamed.follows) == ("towards spring", None)
        assert tx.directions.get(row.id) == renamed
        assert tx.directions.rename(row.id, None).name is None
        for bad in ("", "  ", "x" * 201):
            with pytest.raises(BadParams):
                tx.directions.rename(row.id, bad)
        with pytest.raises(NotFound):
            tx.directions.rename(new_id(), "towards winter")


def test_a_moment_knows_the_names_of_earlier_ones_and_of_what_it_descends_from(store: Store) -> None:
    base = making.model()
    job, other = making.running(store), making.running(store)
    moments = [making.snapshot(job, step, parent_id=base.id) for step in (0, 50, 100, 200)]
    elsewhere = making.snapshot(other, 50, parent_id=base.id)
    with store.begin() as tx:
        for model in (base, *moments, elsewhere):
            tx.models.add(model)
            name = None if model is moments[1] else f"of {model.name}"
            tx.directions.add_many([direction(model.id, name=name)])
    with store.read() as tx:
        before = {model.id: [one.model_id for one in tx.directions.before(model.id)] for model in (base, *moments)}
    assert before[moments[2].id] == [moments[0].id, base.id]  # the one at 50 has no name
    assert before[moments[3].id] == [moments[2].id, moments[0].id, base.id]
    assert before[moments[0].id] == [base.id]
    assert before[base.id] == []
    with store.read() as tx:
        assert tx.directions.before(new_id()) == []


def test_a_deleted_direction_and_those_of_a_deleted_model_leave_no_file(store: Store, model_id: UUID) -> None:
    rows = [direction(model_id, position=i) for i in range(3)]
    with store.begin() as tx:
        tx.directions.add_many(rows)
        tx.directions.delete(rows[1].id)
        assert tx.discarded == [rows[1].key]
        with pytest.raises(NotFound):
            tx.directions.delete(rows[1].id)
        tx.models.delete(model_id)
        assert set(tx.discarded) == {row.key for row in rows}
        assert tx.directions.of_model(model_id) == []
        tx.discarded.clear()  # they were never written


def test_models_of_one_origin_are_told_by_ids_and_by_hashes(store: Store) -> None:
    base, stranger = making.model(), making.model()
    child = making.model(parent_id=base.id)
    grandchild = making.model(parent_id=child.id)
    key = f"models/{base.id}/0/{'a' * 64}.json"
    brought = making.model(files={"model.json": key})
    with store.begin() as tx:
        for model in (base, stranger, child, grandchild, brought):
            tx.models.add(model)
        lines = {model.id: set(tx.models.line(model.id)) for model in (base, stranger, child, grandchild, brought)}
        (own,) = lines[brought.id] - {str(brought.id)}
        descendant = making.model(facts={"lineage": [{"model_hash": own}, "nonsense", {"recipe": {}}]})
        tx.models.add(descendant)
        assert own in tx.models.line(descendant.id)
    assert {str(base.id), str(child.id), str(grandchild.id)} <= lines[grandchild.id]
    assert lines[base.id] & lines[grandchild.id]
    assert not lines[base.id] & {str(stranger.id)}
