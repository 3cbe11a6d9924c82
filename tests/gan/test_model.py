"""Model folders: written whole, small, and read with nothing but suspicion."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from gan.config import NetConfig, TrainConfig
from gan.discriminator import Discriminator
from gan.errors import ConfigError, ModelError
from gan.files import write_folder
from gan.generator import Generator
from gan.model import load_discriminator, load_generator, model_hash, read_model_json, save_model
from tests.gan.disks import small_disk
from tests.gan.folders import TINY


@pytest.fixture
def model(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    licence = {"licence": {"spdx": "CC0-1.0", "terms": "free"}}
    return save_model(tmp_path / "model", G_ema=Generator(TINY), D=Discriminator(TINY), facts=licence)


def test_weights_come_back_to_half_precision(model: Path) -> None:
    torch.manual_seed(0)
    G = Generator(TINY)
    for name, value in load_generator(model).state_dict().items():
        assert torch.allclose(value, G.state_dict()[name], rtol=1e-3, atol=1e-6), name
    assert load_discriminator(model) is not None
    facts = read_model_json(model)
    assert facts["licence"]["spdx"] == "CC0-1.0"
    assert facts["resolution"] == 16


def test_full_precision_is_exact_and_what_fp16_cannot_hold_stays_float32(tmp_path: Path) -> None:
    G = Generator(TINY)
    with torch.no_grad():
        G.synthesis.block(4).conv1.weight[0, 0, 0, 0] = 1e6
    exact = load_generator(save_model(tmp_path / "exact", G_ema=G, dtype="fp32"))
    for name, value in exact.state_dict().items():
        assert torch.equal(value, G.state_dict()[name]), name
    half = load_generator(save_model(tmp_path / "half", G_ema=G))
    assert float(half.synthesis.block(4).conv1.weight[0, 0, 0, 0]) == 1e6


def test_the_same_model_has_the_same_hash(model: Path, tmp_path: Path) -> None:
    first = model_hash(model)
    torch.manual_seed(0)
    G, D = Generator(TINY), Discriminator(TINY)
    licence = {"licence": {"spdx": "CC0-1.0", "terms": "free"}}
    assert model_hash(save_model(tmp_path / "again", G_ema=G, D=D, facts=licence)) == first
    assert model_hash(save_model(tmp_path / "no-d", G_ema=G, facts=licence)) != first
    assert load_discriminator(tmp_path / "no-d") is None


def edited(name: str, change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        tensors = load_file(folder / name)
        change(tensors)
        save_file(tensors, folder / name)

    return damage


def with_facts(**facts: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "model.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | facts))

    return damage


def not_a_number(tensors: dict[str, torch.Tensor]) -> None:
    tensors["synthesis.b4.const"][0] = float("nan")


def other_filter(tensors: dict[str, torch.Tensor]) -> None:
    tensors["synthesis.b4.resample_filter"] = torch.ones(4, 4) / 16


G = "generator.safetensors"
DAMAGES = [
    edited(G, lambda tensors: tensors.pop("synthesis.b4.const")),
    edited(G, lambda tensors: tensors.update(surplus=torch.zeros(1))),
    edited(G, lambda tensors: tensors.update({"synthesis.b4.const": torch.zeros(1, 4, 4)})),
    edited(G, not_a_number),
    edited(G, other_filter),
    lambda folder: (folder / G).unlink(),
    lambda folder: (folder / G).write_bytes(b"\x80\x04 this is no safetensors file"),
    lambda folder: (folder / "model.json").write_text("[]"),
    lambda folder: (folder / "model.json").unlink(),
    with_facts(format=7),
    with_facts(architecture={"resolution": 17}),
    with_facts(architecture={"resolution": "big"}),
    with_facts(architecture={"unheard_of": 1}),
    with_facts(architecture=None),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_models_are_refused(model: Path, damage: Callable[[Path], None]) -> None:
    damage(model)
    with pytest.raises(ModelError):
        load_generator(model)


def test_a_full_disk_leaves_the_earlier_folder_and_no_rubbish(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "point", {"a": b"old", "b": b"old"})
    with small_disk(1000), pytest.raises(OSError, match="File too large"):
        write_folder(folder, {"a": b"new", "b": bytes(2000)})
    assert (folder / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["point"]
    write_folder(folder, {"a": b"new"})
    assert [path.name for path in folder.iterdir()] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["point"]


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": 48},
        {"resolution": 2048},
        {"resolution": 0},
        {"z_dim": 0},
        {"channel_base": 8},
        {"num_fp16_res": 2},
    ],
)
def test_impossible_networks_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"give|needs"):
        replace(NetConfig(), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 0},
        {"batch": 0},
        {"micro_batch": 3},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"gamma": -1.0},
        {"gamma": float("nan")},
        {"fixed_p": 1.5},
        {"seed": -1},
        {"resume_every": -1},
        {"precision": "bfloat16"},
    ],
)
def test_impossible_settings_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        replace(TrainConfig(steps=10), **change)


@pytest.mark.parametrize("widths", [(8, 8), (8, 8, 0), (8, 8, 8, 8)])
def test_widths_name_every_block(widths: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="widths"):
        replace(TINY, widths=widths)


def test_listed_widths_come_back_from_a_model_folder(tmp_path: Path) -> None:
    config = replace(TINY, widths=(12, 16, 8))
    found = load_generator(save_model(tmp_path / "model", G_ema=Generator(config))).config
    assert found == config
    assert [found.width(r) for r in found.resolutions] == [12, 16, 8]
