"""Networks learn what a label means; datasets carry labels, and wrong ones are refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.config import TrainConfig
from gan.dataset import Order, Pictures, write_pictures
from gan.errors import DatasetError
from gan.events import Finished, ResumePoint, Snapshot
from gan.generate import generate
from gan.model import load_generator
from gan.randomness import Draws, Stream
from gan.train import train
from tests.gan.folders import TINY, dataset

NET = replace(TINY, c_dim=2, mapping_layers_d=1)
STEPS = 120


def dark_and_light(folder: Path, *, count: int = 24) -> Path:
    """Pictures of one grey each: label 0 dark, label 1 light; one in four is light."""
    labels = [int(i % 4 == 0) for i in range(count)]
    greys = [np.full((3, 16, 16), 210 if light else 40, np.uint8) for light in labels]
    write_pictures(folder, greys, resolution=16, photos=range(count), labels=labels)
    return folder


def test_labels_follow_their_pictures(tmp_path: Path) -> None:
    pictures = Pictures.open(dark_and_light(tmp_path))
    assert pictures.c_dim == 2
    order = Order(pictures, seed=1, mirror=True)
    light = order.batch(range(30)).mean(axis=(1, 2, 3)) > 128
    assert order.labels(range(30)) == light.astype(int).tolist()
    other = Pictures.open(dataset(tmp_path / "bare"))
    assert other.c_dim == 0
    assert Order(other, seed=1, mirror=True).labels(range(3)) == []


def test_labels_of_fakes_are_as_frequent_as_in_the_dataset() -> None:
    draws = Draws(
        seed=0, step=0, z_dim=1, num_ws=2, mixing_prob=0, device=torch.device("cpu"), known_labels=[0, 0, 0, 1]
    )
    drawn = draws.labels(Stream.G_MAIN, range(400))
    assert 70 < sum(drawn) < 130
    assert drawn[5:9] == draws.labels(Stream.G_MAIN, range(5, 9))


def test_a_network_learns_its_labels(tmp_path: Path) -> None:
    config = TrainConfig(
        steps=STEPS, gamma=0.1, augment="none", snapshot_steps=(), resume_every=0, ema_kimg=0.05, sheet_rows=1
    )
    for event in train(config, dark_and_light(tmp_path / "pictures"), net=NET):
        if isinstance(event, Snapshot | ResumePoint):
            event.write(tmp_path / type(event).__name__)
    assert isinstance(event, Finished)
    G_ema = load_generator(tmp_path / "Snapshot")
    dark, light = (
        torch.stack(list(generate(G_ema, range(8), truncation_psi=1, label=label))).mean().item() for label in (0, 1)
    )
    assert light - dark > 0.5
    with pytest.raises(ValueError, match="0 to 1"):
        next(generate(G_ema, [0]))


def test_networks_and_pictures_must_agree_on_labels(tmp_path: Path) -> None:
    bare = dataset(tmp_path / "bare")
    config = TrainConfig(steps=1)
    with pytest.raises(DatasetError, match="labels"):
        next(train(config, bare, net=NET))
    labelled = dark_and_light(tmp_path / "labelled")
    with pytest.raises(DatasetError, match="labels"):
        next(train(config, labelled, net=replace(NET, c_dim=1)))


@pytest.mark.parametrize("labels", [[0], [-1] * 24, ["a"] * 24, [10**6] * 24])
def test_labels_that_cannot_be_are_refused(tmp_path: Path, labels: list[object]) -> None:
    path = dark_and_light(tmp_path) / "pictures.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"labels": labels}))
    with pytest.raises(DatasetError):
        Pictures.open(tmp_path)


def test_other_labels_are_other_pictures(tmp_path: Path) -> None:
    path = dark_and_light(tmp_path) / "pictures.json"
    before = Pictures.open(tmp_path).hash
    path.write_text(json.dumps(json.loads(path.read_text()) | {"labels": [0] * 24}))
    assert Pictures.open(tmp_path).hash != before
