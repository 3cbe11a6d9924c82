"""Directions over REST: listed, named, deleted; blends refused in words."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from jobs.ids import new_id
from store.rows import Model
from store.store import Store
from tests.api import rows
from tests.store import making
from tests.store.test_directions import direction


@pytest.fixture
def found(store: Store, base: str) -> list[str]:
    """The ids of two directions of the base."""
    made = [direction(UUID(base), position=i) for i in range(2)]
    with store.begin() as tx:
        tx.directions.add_many(made)
    return [str(one.id) for one in made]


def test_they_are_listed_and_named(http: httpx.Client, base: str, found: list[str]) -> None:
    listed = http.get(f"/models/{base}/directions").json()
    assert [one["id"] for one in listed] == found
    assert listed[0] | {"created_at": ""} == {
        "id": found[0],
        "model_id": base,
        "kind": "sefa",
        "position": 0,
        "name": None,
        "follows": None,
        "layers": [0, 2],
        "deviation": 1.5,
        "share": 0.25,
        "created_at": "",
    }
    named = http.patch(f"/directions/{found[1]}", json={"name": "  towards winter "})
    assert (named.status_code, named.json()["name"]) == (200, "towards winter")
    assert [one["name"] for one in http.get(f"/models/{base}/directions").json()] == [None, "towards winter"]
    assert http.patch(f"/directions/{found[1]}", json={"name": None}).json()["name"] is None


def test_before_a_job_has_found_any_there_are_none(http: httpx.Client, base: str) -> None:
    assert http.get(f"/models/{base}/directions").json() == []
    posted = http.post("/jobs", json={"kind": "directions", "model_id": base})
    assert posted.status_code == 202, posted.text
    assert posted.json()["model_id"] == base


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 201}, {"name": 7}, {"label": "a"}])
def test_what_is_no_name_is_told(http: httpx.Client, found: list[str], body: dict[str, object]) -> None:
    refused = http.patch(f"/directions/{found[0]}", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("#/")


def test_what_is_not_there_is_told(http: httpx.Client) -> None:
    for answered in (
        http.get(f"/models/{new_id()}/directions"),
        http.patch(f"/directions/{new_id()}", json={"name": "a"}),
        http.delete(f"/directions/{new_id()}"),
        http.post("/jobs", json={"kind": "directions", "model_id": str(new_id())}),
    ):
        assert (answered.status_code, answered.json()["type"]) == (404, "/problems/not_found")


def test_one_is_deleted_and_the_rest_goes_with_the_model(http: httpx.Client, store: Store) -> None:
    model = making.model()
    made = [direction(model.id, position=i) for i in range(2)]
    with store.begin() as tx:
        tx.models.add(model)
        tx.directions.add_many(made)
    assert http.delete(f"/directions/{made[0].id}").status_code == 204
    assert [one["id"] for one in http.get(f"/models/{model.id}/directions").json()] == [str(made[1].id)]
    assert http.delete(f"/models/{model.id}").status_code == 204
    assert http.patch(f"/directions/{made[1].id}", json={"name": "a"}).status_code == 404


def other(store: Store, base: Model, **architecture: object) -> str:
    """Another model, of the base's architecture but for this, which descends from nothing."""
    facts = {**base.facts, "architecture": {**base.facts["architecture"], **architecture}}
    with store.begin() as tx:
        made = tx.models.add(making.model(facts=facts, resolution=facts["architecture"]["resolution"]))
    return str(made.id)


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        ({"resolution": 128}, "64 in the one and 128 in the other"),
        ({"w_dim": 512}, "the width of w"),
        ({"channel_base": 8192}, "the block of 64 px has 64 channels in the one and 128 in the other"),
        ({"architecture_g": "resnet"}, "the way from block to block"),
    ],
)
def test_models_of_other_shapes_are_not_blended(
    http: httpx.Client, store: Store, architecture: dict[str, object], words: str
) -> None:
    base = rows.base(store)
    asked = {"kind": "blend", "model_id": str(base.id), "with_id": other(store, base, **architecture), "at": 16}
    refused = http.post("/jobs", json=asked)
    assert refused.status_code == 422, refused.text
    assert words in refused.json()["detail"]
    assert refused.json()["errors"][0]["pointer"] == "#/with_id"


def test_weights_of_no_common_origin_are_not_blended_along_a_line_but_by_layers(
    http: httpx.Client, store: Store
) -> None:
    base = rows.base(store)
    stranger = other(store, base)
    with store.begin() as tx:
        child = tx.models.add(replace(making.model(parent_id=base.id), facts=base.facts))
    asked = {"kind": "blend", "model_id": str(base.id), "with_id": stranger, "t": 0.5}
    refused = http.post("/jobs", json=asked)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/t")
    assert "no common origin" in refused.json()["detail"]
    assert http.post("/jobs", json=asked | {"with_id": str(child.id)}).status_code == 202
    del asked["t"]
    assert http.post("/jobs", json=asked | {"at": 16}).status_code == 202


def test_who_can_be_blended_with_whom_is_told_beforehand(http: httpx.Client, store: Store) -> None:
    base = rows.base(store)
    wider, stranger = other(store, base, w_dim=512), other(store, base)
    with store.begin() as tx:
        child = tx.models.add(replace(making.model(parent_id=base.id), facts=base.facts))
        unknown = tx.models.add(making.model())
    told = {one["id"]: one for one in http.get(f"/models/{base.id}/partners").json()}
    assert told.keys() == {wider, stranger, str(child.id), str(unknown.id)}
    assert (told[str(child.id)]["layers"], told[str(child.id)]["weights"]) == (None, None)
    assert told[stranger]["layers"] is None
    assert "no common origin" in told[stranger]["weights"]
    assert "the width of w" in told[wider]["layers"]
    assert "nothing is known" in told[str(unknown.id)]["layers"]
    assert http.get(f"/models/{new_id()}/partners").status_code == 404


@pytest.mark.parametrize(
    "where", [{}, {"at": 16, "t": 0.5}, {"at": 17}, {"at": 128}, {"t": -0.1}, {"t": 1.1}, {"t": "0.5"}, {"at": -4}]
)
def test_where_a_blend_cannot_be_is_told(http: httpx.Client, base: str, where: dict[str, object]) -> None:
    refused = http.post("/jobs", json={"kind": "blend", "model_id": base, "with_id": base, **where})
    assert refused.status_code == 422, refused.text
