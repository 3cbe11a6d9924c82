"""Pictures from a model: one a seed, each with its recipe, the same bits each time."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from gan.generate import generate, latents, to_uint8
from gan.model import load_generator
from jobs.errors import BadParams, JobFailed
from jobs.events import Artifact, Progress
from jobs.params import Need
from jobs.place import Place
from jobs.point import Anchor, Point
from kinds.generate.cost import cost
from kinds.generate.params import GenerateParams
from kinds.generate.run import run
from kinds.registry import resolve
from latent.directions import write_vector
from latent.pen import Pen
from latent.plane import Planes, step_of_degrees
from latent.point import Direction, Space
from tests.kinds.drawing import drawn, pictures
from tests.kinds.models import TINY, tiny


def test_each_picture_carries_the_recipe_that_draws_it_again(model: Path, tmp_path: Path) -> None:
    first = pictures(drawn(model, tmp_path / "a", seeds=[5, 1], truncation_psi=0.6))
    with Image.open(first[1].files["image"]) as image:
        recipe = json.loads(image.info["reverie"])
        assert image.size == (16, 16)
    assert recipe == {
        "format": 1,
        "model": "the hash",
        "model_id": "the id",
        "seed": 1,
        "truncation_psi": 0.6,
        "noise_mode": "const",
    }
    again = pictures(drawn(model, tmp_path / "b", count=1, seed=1, truncation_psi=recipe["truncation_psi"]))
    assert again[0].files["image"].read_bytes() == first[1].files["image"].read_bytes()


def test_a_second_attempt_goes_on_where_the_first_one_stored(model: Path, tmp_path: Path) -> None:
    whole = pictures(drawn(model, tmp_path / "a", count=4))
    rest = drawn(model, tmp_path / "b", count=4, already=3)
    assert [picture.facts for picture in pictures(rest)] == [whole[3].facts]
    assert [event.done for event in rest if isinstance(event, Progress)] == [4]


def test_it_stops_when_it_is_asked_to(model: Path, tmp_path: Path) -> None:
    assert len(pictures(drawn(model, tmp_path / "a", count=50, stop=True))) == 1


def test_a_model_that_cannot_be_read_is_told(model: Path, tmp_path: Path) -> None:
    (model / "model.json").write_text("{}")
    with pytest.raises(JobFailed):
        drawn(model, tmp_path / "a", count=1)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A model that knows three kinds of pictures."""
    config = dataclasses.replace(TINY, c_dim=3)
    return tiny(tmp_path / "labelled", spdx="CC0-1.0", terms="Free to use.", config=config)


def test_a_model_of_labels_draws_what_is_asked_for_and_else_all_of_them(labelled: Path, tmp_path: Path) -> None:
    asked = pictures(drawn(labelled, tmp_path / "asked", seeds=[4, 5], class_label=2))
    alike = pictures(drawn(labelled, tmp_path / "alike", seeds=[4, 5]))
    G_ema = load_generator(labelled)
    for made, labels in ((asked, [2, 2]), (alike, [1, 2])):
        assert [one.facts["recipe"]["class_label"] for one in made] == labels
        for one, seed, label in zip(made, [4, 5], labels, strict=True):
            psi = one.facts["recipe"]["truncation_psi"]
            (wanted,) = generate(G_ema, [seed], truncation_psi=psi, label=label)
            with Image.open(one.files["image"]) as image:
                np.testing.assert_array_equal(np.asarray(image), to_uint8(wanted))
    assert asked[0].files["image"].read_bytes() != alike[0].files["image"].read_bytes()
    rest = pictures(drawn(labelled, tmp_path / "rest", already=1, seeds=[4, 5]))
    assert rest[0].files["image"].read_bytes() == alike[1].files["image"].read_bytes()


def test_a_label_that_the_model_does_not_know_is_refused(labelled: Path, model: Path, tmp_path: Path) -> None:
    for of, words in ((labelled, "0 to 2"), (model, "no labels")):
        with pytest.raises(BadParams, match=words) as refused:
            drawn(of, tmp_path / of.name / "scratch", count=1, class_label=3)
        assert refused.value.pointer == "#/class_label"
        (tmp_path / of.name / "scratch").rmdir()


def test_of_a_network_of_wide_pictures_the_bars_are_cut_off_and_its_licence_goes_along(
    model: Path, tmp_path: Path
) -> None:
    asks = {"spdx": "CC-BY-NC-4.0", "terms": "Not for sale."}
    facts = {"id": "the id", "hash": "the hash", "frame": {"width": 16, "height": 12}, "licence": asks}
    (tmp_path / "scratch").mkdir()
    here = Place(
        scratch=tmp_path / "scratch",
        cache=tmp_path,
        inputs={"model": model},
        facts={"model": facts},
        resume_point=None,
        stop=lambda: False,
    )
    params = resolve(GenerateParams.model_validate({"model_id": uuid4(), "count": 1}), {})
    (wide,) = pictures(list(run(params, here)))
    (whole,) = pictures(drawn(model, tmp_path / "whole", count=1))
    assert (wide.facts["width"], wide.facts["height"]) == (16, 12)
    with Image.open(wide.files["image"]) as cut:
        assert json.loads(cut.info["reverie"])["licence"] == asks  # whoever is given the picture is told
    with Image.open(wide.files["image"]) as cut, Image.open(whole.files["image"]) as full:
        np.testing.assert_array_equal(np.asarray(cut), np.asarray(full)[2:14])


def test_what_was_learnt_squeezed_is_shown_as_wide_again_with_the_same_bits(model: Path, tmp_path: Path) -> None:
    frame = {"kind": "squeeze", "width": 2, "height": 3}
    tall, again = (pictures(drawn(model, tmp_path / name, frame=frame, count=1))[0] for name in ("a", "b"))
    (whole,) = pictures(drawn(model, tmp_path / "whole", count=1))
    assert (tall.facts["width"], tall.facts["height"]) == (16, 24)
    assert tall.files["image"].read_bytes() == again.files["image"].read_bytes()
    with Image.open(tall.files["image"]) as shown, Image.open(whole.files["image"]) as square:
        stretched = square.resize((16, 24), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(np.asarray(shown), np.asarray(stretched))
        assert json.loads(shown.info["reverie"]) == json.loads(square.info["reverie"])
    with Image.open(tall.files["thumb"]) as thumb:
        assert thumb.size == (16, 24)


def test_the_estimate_tells_the_size_as_it_is_shown() -> None:
    facts = {"model": {"resolution": 64, "frame": {"kind": "squeeze", "width": 3, "height": 2}}}
    params = resolve(GenerateParams.model_validate({"model_id": uuid4(), "count": 2}), {})
    assert isinstance(params, GenerateParams)
    assert cost(params, facts).sentence == "2 invented pictures, 96 by 64 pixels."
    choosing = resolve(GenerateParams.model_validate({"model_id": uuid4(), "count": 2, "diverse": 5000}), {})
    assert isinstance(choosing, GenerateParams)
    assert cost(choosing, facts).sentence == "2 invented pictures, chosen among 5,000, 96 by 64 pixels."
    assert cost(choosing, facts).seconds > cost(params, facts).seconds


def test_pictures_are_chosen_to_lie_far_apart(model: Path, tmp_path: Path) -> None:
    made = drawn(model, tmp_path / "a", count=6, seed=100, diverse=300)
    seeds = [one.facts["recipe"]["seed"] for one in pictures(made)]
    assert len(set(seeds)) == 6
    assert all(100 <= seed < 400 for seed in seeds)
    assert next(event.phase for event in made if isinstance(event, Progress)) == "choosing"
    G_ema = load_generator(model)
    with torch.no_grad():
        near, far = (
            torch.pdist(G_ema.mapping.style(latents(some, G_ema.z_dim))).min() for some in (range(100, 106), seeds)
        )
    assert far > 1.3 * near
    rest = pictures(drawn(model, tmp_path / "b", already=4, count=6, seed=100, diverse=300))
    assert [one.facts["recipe"]["seed"] for one in rest] == seeds[4:]
    alone = pictures(
        drawn(model, tmp_path / "c", seeds=seeds[:1], truncation_psi=rest[0].facts["recipe"]["truncation_psi"])
    )
    assert alone[0].files["image"].read_bytes() == pictures(made)[0].files["image"].read_bytes()


def test_a_choice_of_a_model_of_labels_draws_the_label_of_each_seed(labelled: Path, tmp_path: Path) -> None:
    for made in pictures(drawn(labelled, tmp_path / "a", count=5, diverse=50)):
        assert made.facts["recipe"]["class_label"] == made.facts["recipe"]["seed"] % 3


def test_a_choice_ends_where_the_job_does(model: Path, tmp_path: Path) -> None:
    assert pictures(drawn(model, tmp_path / "a", count=5, diverse=50, stop=True)) == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"count": 10, "diverse": 9}, "#/diverse"),
        ({"seeds": [1, 2], "diverse": 9}, "#/diverse"),
        ({"count": 2, "seed": 2**32 - 5, "diverse": 9}, "#/seed"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(asked: dict[str, Any], pointer: str) -> None:
    with pytest.raises(BadParams) as refused:
        resolve(GenerateParams(model_id=uuid4(), **asked), {})
    assert refused.value.pointer == pointer


def test_a_label_is_asked_for_by_its_name(labelled: Path) -> None:
    facts = {"model": json.loads((labelled / "model.json").read_text()) | {"labels": ["a", "née", "c"]}}

    def asked(**label: Any) -> Any:
        found = resolve(GenerateParams(model_id=uuid4(), **label), facts)
        assert isinstance(found, GenerateParams)
        return found.class_label

    assert asked(label_name="née") == asked(label_name="née", class_label=1) == 1
    for label, words in (
        ({"label_name": "d"}, "a, née, c"),
        ({"label_name": "a", "class_label": 1}, "another"),
    ):
        with pytest.raises(BadParams, match=words) as refused:
            asked(**label)
        assert refused.value.pointer == "#/label_name"
    del facts["model"]["labels"]
    with pytest.raises(BadParams, match="no labels by name"):
        asked(label_name="a")


def around(**region: Any) -> dict[str, Any]:
    """A region of a point that is drawn with little truncation."""
    return {"region": {"point": {"anchor": {"seed": 7}, "x": 0.5, "psi": 0.8}, **region}}


def no_direction(_: UUID) -> Direction:
    raise AssertionError


def test_pictures_of_a_region_lie_within_it_and_each_says_where(model: Path, tmp_path: Path) -> None:
    made = pictures(drawn(model, tmp_path / "a", count=12, seed=3, **around(radius=0.25)))
    recipes = [one.facts["recipe"] for one in made]
    points = [Point.of_recipe(recipe) for recipe in recipes]
    assert {point.canonical for point in points} == {Point(**recipe["point"]).canonical for recipe in recipes}
    far = [math.hypot(point.x - 0.5, point.y) for point in points]
    assert max(far) <= 0.25
    assert len(set(far)) == 12
    assert {
        (point.anchor.seed, point.psi, recipe["truncation_psi"]) for point, recipe in zip(points, recipes, strict=True)
    } == {(7, 0.8, 0.8)}
    other = pictures(drawn(model, tmp_path / "b", seeds=[5], **around(radius=0.25)))
    assert other[0].files["image"].read_bytes() == made[2].files["image"].read_bytes()  # a seed has one place there


def test_a_picture_of_a_region_is_drawn_again_from_its_recipe_by_the_renderer_and_by_a_job(
    model: Path, tmp_path: Path
) -> None:
    G_ema = load_generator(model)
    space, pen = Space(G_ema, planes=Planes()), Pen(G_ema)
    for mode in ("const", "random", "none"):
        asked = around(radius=0.4) | {"noise_mode": mode, "truncation_psi": 0.6}
        made = pictures(drawn(model, tmp_path / mode, count=3, **asked))
        for number, one in enumerate(made):
            point = Point.of_recipe(one.facts["recipe"])
            with Image.open(one.files["image"]) as image:
                np.testing.assert_array_equal(np.asarray(image), pen.draw(space.latents(point, no_direction)))
            at = {"point": one.facts["recipe"]["point"], "radius": 0}
            (again,) = pictures(drawn(model, tmp_path / f"{mode}-{number}", count=1, region=at))
            assert again.files["image"].read_bytes() == one.files["image"].read_bytes()


def test_degrees_are_the_angle_of_what_lies_farthest(model: Path, tmp_path: Path) -> None:
    (wide, angle) = (
        pictures(drawn(model, tmp_path / name, count=4, **around(**{name: far})))
        for name, far in (("radius", step_of_degrees(20)), ("degrees", 20))
    )
    assert [one.facts["recipe"] for one in wide] == [one.facts["recipe"] for one in angle]


def test_pictures_of_a_region_are_chosen_to_lie_far_apart(model: Path, tmp_path: Path) -> None:
    asked = around(radius=1) | {"count": 5}
    made = pictures(drawn(model, tmp_path / "a", **asked, diverse=300))
    plain = pictures(drawn(model, tmp_path / "b", **asked))

    def apart(some: list[Artifact]) -> float:
        space = Space(load_generator(model), planes=Planes())
        points = [Point.of_recipe(one.facts["recipe"]) for one in some]
        ws = torch.stack([space.latents(point, no_direction).ws.flatten() for point in points])
        return float(torch.pdist(ws).min())

    assert apart(made) > 1.3 * apart(plain)
    rest = pictures(drawn(model, tmp_path / "c", already=3, **asked, diverse=300))
    assert [one.facts["recipe"] for one in rest] == [one.facts["recipe"] for one in made[3:]]
    assert pictures(drawn(model, tmp_path / "d", stop=True, **asked, diverse=300)) == []


def test_a_region_goes_along_directions(model: Path, tmp_path: Path) -> None:
    id, vector = uuid4(), np.full(TINY.w_dim, 0.5, dtype=np.float32)
    params = GenerateParams.model_validate(
        {
            "model_id": uuid4(),
            "count": 1,
            "region": {"point": {"anchor": {"seed": 7}, "shift": [{"direction": str(id), "amount": 2}]}, "radius": 0},
        }
    )
    resolved = resolve(params, {})
    name = f"direction {id}"
    assert resolved.needs()[name] == Need(type="direction", id=id)
    here = Place(
        scratch=tmp_path / "scratch",
        cache=tmp_path,
        inputs={"model": model, name: write_vector(tmp_path / "vector.npy", vector)},
        facts={"model": {"id": "the id", "hash": "the hash"}, name: {"deviation": 0.5, "layers": [1, 2]}},
        resume_point=None,
        stop=lambda: False,
    )
    here.scratch.mkdir()
    (made,) = pictures(list(run(resolved, here)))
    G_ema = load_generator(model)
    step = Direction(step=torch.from_numpy(vector) * 0.5, first=1, last=2)
    there = Space(G_ema, planes=Planes()).latents(Point.of_recipe(made.facts["recipe"]), {id: step}.__getitem__)
    with Image.open(made.files["image"]) as image:
        np.testing.assert_array_equal(np.asarray(image), Pen(G_ema).draw(there))


def test_a_region_around_a_find_stands_without_it() -> None:
    find = uuid4()
    asked = GenerateParams.model_validate(
        {"model_id": uuid4(), "region": {"point": {"anchor": {"sample": str(find)}}, "radius": 1}}
    )
    assert asked.needs()[f"sample {find}"] == Need(type="sample", id=find)
    recipe = {"point": {"anchor": {"seed": 9}, "x": 2.0}, "truncation_psi": 0.5}
    whole = resolve(asked, {f"sample {find}": {"recipe": recipe}})
    assert isinstance(whole, GenerateParams)
    assert whole.region is not None
    assert whole.region.point.anchor.point == Point(anchor=Anchor(seed=9), x=2.0)
    assert list(whole.needs()) == ["model", "originals"]
    assert resolve(whole, {}) == whole


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ({"radius": 0.5, "degrees": 3}, "either radius or degrees"),
        ({}, "either radius or degrees"),
        ({"radius": -1}, "greater than or equal to 0"),
        ({"radius": float("nan")}, "finite number"),
        ({"degrees": 90}, "less than or equal to 89"),
    ],
)
def test_a_region_that_is_none_is_refused(region: dict[str, float], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        GenerateParams.model_validate({"model_id": uuid4(), **around(**region)})


def test_a_region_that_this_model_cannot_draw_is_refused(model: Path, labelled: Path, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="the same picture"):
        drawn(model, tmp_path / "a", count=2, **around(radius=0))
    with pytest.raises(BadParams, match="z has 3 numbers"):
        drawn(model, tmp_path / "b", region={"point": {"anchor": {"z": [0.0, 1.0, 2.0]}}, "radius": 1})
    with pytest.raises(BadParams, match="no labels"):
        drawn(model, tmp_path / "c", region={"point": {"anchor": {"seed": 1}, "class_label": 3}, "radius": 1})
    with pytest.raises(BadParams, match="where the plane ends"):
        drawn(model, tmp_path / "d", region={"point": {"anchor": {"seed": 1}, "x": 1e6}, "radius": 5})
    (one,) = pictures(
        drawn(
            labelled, tmp_path / "e", count=1, region={"point": {"anchor": {"seed": 1}, "class_label": 2}, "radius": 1}
        )
    )
    assert one.facts["recipe"]["class_label"] == 2
