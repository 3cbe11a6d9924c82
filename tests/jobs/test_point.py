"""A point says a place: in one canonical form, within bounds, and by itself once its samples are resolved."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from jobs.errors import BadParams, NotFound
from jobs.picture import Grid, Picture
from jobs.point import MOST_DEPTH, Anchor, Point

SAMPLE = uuid4()


def point(**said: Any) -> Point:
    return Point.model_validate_json(json.dumps({"anchor": {"seed": 7}, **said}))


def nested(depth: int) -> dict[str, Any]:
    """A point whose anchors stand so deep."""
    anchor: dict[str, Any] = {"seed": 7}
    for _ in range(depth - 1):
        anchor = {"point": {"anchor": anchor, "x": 1.0}}
    return {"anchor": anchor}


def test_the_canonical_form_is_short_and_the_same_for_the_same_place() -> None:
    assert point().canonical == '{"anchor":{"seed":7}}'
    assert point(psi=0.7, x=0, y=-0.0, mix=[], noise={"mode": "const"}).canonical == point().canonical
    assert point(x=1).canonical == point(x=1.0).canonical == '{"anchor":{"seed":7},"x":1.0}'


def test_a_point_comes_back_from_its_canonical_form() -> None:
    said = point(
        anchor={"sum": [{"of": {"sample": str(SAMPLE)}, "weight": 0.25}, {"of": {"w": [[0.5, 1]]}, "weight": 0.75}]},
        x=0.1,
        mix=[{"layers": "form", "of": {"z": [0.5]}, "y": 3}, {"layers": [2, 5], "of": {"seed": 1}}],
        shift=[{"direction": str(uuid4()), "amount": -6}],
        class_label=3,
        noise={"mode": "random", "seed": 5},
    )
    assert Point.model_validate_json(said.canonical) == said


def test_one_w_for_all_layers_may_stand_alone() -> None:
    assert point(anchor={"w": [1, 2]}) == point(anchor={"w": [[1, 2]]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"anchor": {}},
        {"anchor": {"seed": 1, "z": [0.0]}},
        {"anchor": {"seed": -1}},
        {"anchor": {"seed": 1.5}},
        {"anchor": {"seed": True}},
        {"anchor": {"z": []}},
        {"anchor": {"z": ["1"]}},
        {"anchor": {"z": [1e300]}},
        {"anchor": {"w": [[1], ["a"]]}},
        {"anchor": {"sum": []}},
        {"anchor": {"sum": [{"of": {"seed": 1}, "weight": 17}]}},
        {"anchor": {"sum": [{"of": {"seed": 1}, "weight": 1}] * 9}},
        {"x": 1e7},
        {"y": "1"},
        {"psi": 1.01},
        {"psi": -0.01},
        {"class_label": -1},
        {"mix": [{"layers": "hue", "of": {"seed": 1}}]},
        {"mix": [{"layers": [3, 2], "of": {"seed": 1}}]},
        {"mix": [{"layers": [0, 1], "of": {"seed": 1}}] * 9},
        {"shift": [{"direction": str(SAMPLE), "amount": 6.1}]},
        {"shift": [{"direction": "left", "amount": 1}]},
        {"noise": {"mode": "loud"}},
        {"truncation": 0.5},
        nested(MOST_DEPTH + 1),
        {"anchor": {"sum": [{"of": {"sum": [{"of": {"seed": 1}, "weight": 1}] * 8}, "weight": 1}] * 8}},
    ],
)
def test_what_is_no_place_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        point(**wrong)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("where", ['"x": {}', '"psi": {}', '"anchor": {{"z": [{}]}}', '"anchor": {{"w": [[{}]]}}'])
def test_numbers_that_are_not_finite_are_refused(where: str, number: str) -> None:
    body = json.loads("{" + where.format(number) + "}")  # as the interface reads a body
    with pytest.raises(ValidationError):
        Point.model_validate({"anchor": {"seed": 1}, **body})


def test_anchors_may_stand_deep() -> None:
    assert point(**nested(MOST_DEPTH)).anchor.depth == MOST_DEPTH


def resolved(asked: Point, recipe: dict[str, Any]) -> Point:
    return asked.resolved({SAMPLE: recipe}.__getitem__)


def test_a_sample_of_a_seed_is_that_seed() -> None:
    recipe = {"seed": 3, "truncation_psi": 0.5, "noise_mode": "none"}
    assert resolved(point(anchor={"sample": str(SAMPLE)}, x=2), recipe) == point(anchor={"seed": 3}, x=2)


def test_a_sample_of_a_label_keeps_it() -> None:
    found = resolved(point(anchor={"sample": str(SAMPLE)}), {"seed": 3, "class_label": 1})
    assert found.anchor == Anchor(point=Point(anchor=Anchor(seed=3), class_label=1, psi=1.0))


def test_a_sample_of_a_point_is_that_place_wherever_it_is_named() -> None:
    recipe = {"point": {"anchor": {"seed": 3}, "x": 1.5, "psi": 0.2}}
    there = {"point": recipe["point"]}
    sample = {"sample": str(SAMPLE)}
    asked = {"anchor": {"sum": [{"of": sample, "weight": 1.0}]}, "mix": [{"layers": "colour", "of": sample}]}
    told = {"anchor": {"sum": [{"of": there, "weight": 1.0}]}, "mix": [{"layers": "colour", "of": there}]}
    assert point(**asked).has_samples
    assert resolved(point(**asked), recipe) == point(**told)
    assert not point(**told).has_samples


def test_a_recipe_without_a_place_is_told() -> None:
    with pytest.raises(BadParams, match="says no place"):
        resolved(point(anchor={"sample": str(SAMPLE)}), {"model": "abc"})


def test_a_sample_that_would_stand_too_deep_is_told() -> None:
    with pytest.raises(BadParams, match="deep"):
        resolved(point(anchor={"sample": str(SAMPLE)}), {"point": {**nested(MOST_DEPTH), "x": 1.0}})


def test_a_sample_that_is_gone_is_told_as_it_is() -> None:
    def gone(sample_id: UUID) -> dict[str, Any]:
        raise NotFound(f"There is no sample {sample_id}.")

    with pytest.raises(NotFound):
        point(anchor={"sample": str(SAMPLE)}).resolved(gone)


def test_directions_within_are_known() -> None:
    first, second = uuid4(), uuid4()
    inner = {"anchor": {"seed": 1}, "shift": [{"direction": str(first), "amount": 1}]}
    asked = point(
        anchor={"sum": [{"of": {"point": inner}, "weight": 1}]}, shift=[{"direction": str(second), "amount": 1}]
    )
    assert asked.directions == {first, second}


def test_a_sheet_has_its_point_in_the_middle() -> None:
    points = Grid(step=0.5, columns=3, rows=2).of(point(x=1, y=2))
    assert [(each.x, each.y) for each in points] == [
        *((0.5, 1.75), (1.0, 1.75), (1.5, 1.75)),
        *((0.5, 2.25), (1.0, 2.25), (1.5, 2.25)),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"grid": {"step": 0, "columns": 1, "rows": 1}},
        {"grid": {"step": 0.1, "columns": 33, "rows": 1}},
        {"grid": {"step": 0.1, "columns": 17, "rows": 16}},
        {"grid": {"step": 0.1, "columns": 2, "rows": 2}, "format": "png"},
        {"grid": {"step": 0.1, "columns": 32, "rows": 1}, "size": 1024},
        {"size": 4},
        {"size": 64.0},
        {"format": "gif"},
        {"view": "a b"},
        {"turn": -1},
    ],
)
def test_what_is_no_picture_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Picture.model_validate({"point": {"anchor": {"seed": 7}}, **wrong})
