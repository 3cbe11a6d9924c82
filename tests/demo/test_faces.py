"""The faces base: its recipe, its training that goes on where it was broken off, its place among the bundled ones."""

import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.faces.recipe import Heads, Recipe
from demo.faces.train import last_snapshot, pack, train_base, write_sheet
from gan.config import NetConfig, TrainConfig
from gan.dataset import write_pictures
from gan.events import Sheet

TINY = Recipe(
    heads=Heads(revision=1, first_seed=0, count=8, size=8, chunk=8),
    net=NetConfig(resolution=8, z_dim=8, w_dim=8, mapping_layers=2, channel_base=64, channel_max=8),
    train=TrainConfig(steps=6, batch=4, augment="none", gamma=0.1, snapshot_steps=(0,), resume_every=2, tick_every=1),
)


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    """Eight small pictures in place of heads."""
    pictures = np.random.default_rng(0).integers(0, 255, (8, 3, 8, 8)).astype(np.uint8)
    write_pictures(tmp_path / "heads", iter(pictures), resolution=8, photos=range(8))
    return tmp_path / "heads"


def test_the_recipe_in_the_repository_is_of_the_shape_that_all_work_at_64_px_builds_on() -> None:
    recipe = Recipe.read()
    net = recipe.net
    assert (net.resolution, net.z_dim, net.w_dim, net.mapping_layers) == (64, 128, 128, 4)
    assert (net.channel_base, net.channel_max) == (4096, 128)
    assert recipe.heads.size == net.resolution
    assert recipe.train.steps * recipe.train.batch <= 60_000


def test_a_training_that_was_broken_off_ends_as_if_nothing_had_happened(heads: Path, tmp_path: Path) -> None:
    whole = [far.step for far in train_base(TINY, heads=heads, out=tmp_path / "whole")]
    list(itertools.islice(train_base(TINY, heads=heads, out=tmp_path / "broken"), 3))
    rest = [far.step for far in train_base(TINY, heads=heads, out=tmp_path / "broken")]
    assert (whole[-1], rest[0], rest[-1]) == (6, 3, 6)
    for name in ("generator.safetensors", "discriminator.safetensors"):
        ends = [(tmp_path / run / "model-000006" / name).read_bytes() for run in ("whole", "broken")]
        assert ends[0] == ends[1]


def test_the_last_snapshot_becomes_the_base(heads: Path, tmp_path: Path) -> None:
    out, base = tmp_path / "out", tmp_path / "bases" / "faces_64"
    assert last_snapshot(out) is None
    list(train_base(TINY, heads=heads, out=out))
    found = last_snapshot(out)
    assert found == out / "model-000006"
    for _ in range(2):
        pack(found, base)
    assert [path.name for path in base.parent.iterdir()] == ["faces_64"]
    facts = json.loads((base / "model.json").read_text())
    assert (facts["name"], facts["licence"]["spdx"]) == ("Faces", "CC0-1.0")


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
        dataclasses.replace(TINY.heads, count=0)
    (tmp_path / "recipe.toml").write_text("[heads]\ncolour = 1\n")
    with pytest.raises(TypeError):
        Recipe.read(tmp_path / "recipe.toml")
