"""Bundled bases: their recipes, a training that goes on where it was broken off, their place among the bundled ones."""

import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.making.__main__ import BASES
from demo.making.measure import drawn_sheet, floor, measured
from demo.making.pictures import draw_pictures, folders
from demo.making.recipe import RECIPES, Pictures, Recipe
from demo.making.subjects import SUBJECTS
from demo.making.train import Making, last_snapshot, pack, write_sheet
from gan.config import NetConfig, TrainConfig
from gan.dataset import Pictures as Dataset
from gan.dataset import write_pictures
from gan.events import Sheet
from gan.model import load_generator, read_model_json

STRETCH = TrainConfig(
    steps=6, batch=4, augment="none", gamma=0.1, snapshot_steps=(0,), resume_every=2, tick_every=1, seed=1
)
TINY = Recipe(
    name="Faces",
    folder="faces_8",
    start=None,
    pictures=Pictures(revision=1, first_seed=0, count=8, held_back=0, size=8, chunk=8),
    net=NetConfig(resolution=8, z_dim=8, w_dim=8, mapping_layers=2, channel_base=64, channel_max=8),
    stretches=(STRETCH,),
)
WEIGHTS = ("generator.safetensors", "discriminator.safetensors")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Eight small pictures in place of heads."""
    rows = np.random.default_rng(0).integers(0, 255, (8, 3, 8, 8)).astype(np.uint8)
    write_pictures(tmp_path / "pictures", iter(rows), resolution=8, photos=range(8))
    return tmp_path / "pictures"


def making(pictures: Path, folder: Path, *stretches: TrainConfig, start: Path | None = None) -> Making:
    recipe = dataclasses.replace(TINY, stretches=stretches or TINY.stretches)
    return Making(
        subject="faces", recipe=recipe, pictures=pictures, out=folder / "out", base=folder / "base", start=start
    )


def weights(model: Path) -> list[bytes]:
    return [(model / name).read_bytes() for name in WEIGHTS]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_recipes_in_the_repository_have_the_shape_that_all_work_at_64_px_builds_on(subject: str) -> None:
    recipe = Recipe.of(subject)
    net = recipe.net
    assert (net.resolution, net.z_dim, net.w_dim, net.mapping_layers) == (64, 128, 128, 4)
    assert (net.channel_base, net.channel_max) == (4096, 128)
    assert recipe.pictures.size == net.resolution
    assert recipe.pictures.held_back >= 1000


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_bundled_base_has_learnt_what_its_recipe_says(subject: str) -> None:
    recipe = Recipe.of(subject)
    facts = read_model_json(BASES / recipe.folder)
    learnt = facts["recipe"]["stretches"]
    assert [(one["step"], one["train"]["seed"]) for one in learnt] == [
        (one.steps, one.seed) for one in recipe.stretches
    ]
    assert facts["recipe"]["photos_seen"] == sum(one.steps * one.batch for one in recipe.stretches)
    assert facts["licence"] == {"spdx": "CC0-1.0", "terms": SUBJECTS[subject].terms}
    assert load_generator(BASES / recipe.folder).config == recipe.net
    with Image.open(BASES / recipe.folder / "sheet.png") as sheet:  # of the shape that the page cuts thumbnails from
        assert sheet.size == (STRETCH.sheet_columns * recipe.net.resolution, STRETCH.sheet_rows * recipe.net.resolution)


def test_the_bundled_bases_are_small_enough_for_the_repository() -> None:
    assert sum(path.stat().st_size for path in BASES.rglob("*") if path.is_file()) <= 16_000_000


def test_pictures_held_back_are_none_that_are_seen(tmp_path: Path) -> None:
    wanted = Pictures(revision=1, first_seed=3, count=5, held_back=4, size=8, chunk=2)
    assert list(draw_pictures("objects", wanted, tmp_path, processes=1))[-1] == 9
    seen, held_back = (Dataset.open(folder).rows[:] for folder in folders("objects", wanted, tmp_path))
    draw = SUBJECTS["objects"].open(tmp_path)
    for number, row in enumerate([*seen, *held_back]):
        np.testing.assert_array_equal(row, draw(3 + number, 8).transpose(2, 0, 1))


def test_a_training_that_was_broken_off_ends_as_if_nothing_had_happened(pictures: Path, tmp_path: Path) -> None:
    whole = making(pictures, tmp_path / "whole")
    steps = [far.step for far in whole.learn()]
    broken = making(pictures, tmp_path / "broken")
    list(itertools.islice(broken.learn(), 3))
    rest = [far.step for far in broken.learn()]
    assert (steps[-1], rest[0], rest[-1]) == (6, 3, 6)
    ends = [one.newest() for one in (whole, broken)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert weights(ends[0]) == weights(ends[1])


def test_a_stretch_more_goes_on_from_the_base_that_has_the_others_behind_it(pictures: Path, tmp_path: Path) -> None:
    more = dataclasses.replace(STRETCH, seed=2)
    at_once = making(pictures, tmp_path / "at once", STRETCH, more)
    list(at_once.learn())
    first = making(pictures, tmp_path / "later")
    list(first.learn())
    packed = first.newest()
    assert packed is not None
    pack(packed, first.base)
    later = making(pictures, tmp_path / "later", STRETCH, more)
    assert later.learnt() == 1
    assert {far.stretch for far in later.learn()} == {1}
    ends = [one.newest() for one in (at_once, later)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert weights(ends[0]) == weights(ends[1])
    facts = read_model_json(ends[1])["recipe"]
    assert [(one["step"], one["train"]["seed"]) for one in facts["stretches"]] == [(6, 1), (6, 2)]
    assert facts["photos_seen"] == 48
    assert not list(making(pictures, tmp_path / "later", STRETCH).learn())  # all of it is behind the base


def test_a_base_that_began_with_another_names_it(pictures: Path, tmp_path: Path) -> None:
    first = making(pictures, tmp_path / "first")
    list(first.learn())
    start = first.newest()
    assert start is not None
    second = making(pictures, tmp_path / "second", start=start)
    list(second.learn())
    end = second.newest()
    assert end is not None
    [named] = read_model_json(end)["lineage"]
    assert named["recipe"] == read_model_json(start)["recipe"]
    assert weights(second.folder(0) / "model-000000") == weights(start)


def test_the_last_snapshot_becomes_the_base(pictures: Path, tmp_path: Path) -> None:
    one, base = making(pictures, tmp_path), tmp_path / "bases" / "faces_8"
    assert one.newest() is None
    list(one.learn())
    found = one.newest()
    assert found == last_snapshot(one.folder(0), step=6)
    assert found is not None
    for _ in range(2):
        pack(found, base)
    assert [path.name for path in base.parent.iterdir()] == ["faces_8"]
    facts = json.loads((base / "model.json").read_text())
    assert (facts["name"], facts["licence"]["spdx"]) == ("Faces", "CC0-1.0")


def test_what_was_measured_is_not_measured_again(pictures: Path, tmp_path: Path) -> None:
    one = making(pictures, tmp_path)
    list(one.learn())
    found = one.newest()
    assert found is not None
    known = tmp_path / "measured.json"
    [(_, first)] = list(measured([found], held_back=pictures, out=known, count=8))
    kept = json.loads(known.read_text())
    kept[str(found)]["kernel"] = 7.0
    known.write_text(json.dumps(kept))
    [(_, again)] = list(measured([found], held_back=pictures, out=known, count=8))
    assert (first.kernel != 7.0, again.kernel) == (True, 7.0)
    assert np.abs(floor(pictures, pictures, count=8)).max() < first.frechet
    drawn_sheet(found, tmp_path / "drawn.png", count=20)
    with Image.open(tmp_path / "drawn.png") as drawn:
        assert drawn.size == (16 * 8, 2 * 8)


def test_a_sheet_shows_each_picture_in_its_place(tmp_path: Path) -> None:
    pictures = np.stack([np.full((3, 4, 4), 40 * number, np.uint8) for number in range(6)])
    write_sheet(Sheet(step=0, rows=2, columns=3, pictures=pictures), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as drawn:
        assert drawn.size == (12, 8)
        assert [drawn.getpixel((4 * (n % 3) + 1, 4 * (n // 3) + 1)) for n in range(6)] == [
            (40 * n,) * 3 for n in range(6)
        ]


def test_a_recipe_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count"):
        dataclasses.replace(TINY.pictures, count=0)
    (tmp_path / "recipe.toml").write_text("[pictures]\ncolour = 1\n")
    with pytest.raises(TypeError, match="pictures"):
        Recipe.read(tmp_path / "recipe.toml")
    known = (RECIPES / "faces.toml").read_text()
    (tmp_path / "recipe.toml").write_text(known.replace("chunk = ", "colour = "))
    with pytest.raises(TypeError, match="colour"):
        Recipe.read(tmp_path / "recipe.toml")
