"""Models leave in other programs' formats and come back without a changed bit."""

import json
import pickle
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from foreign.errors import Refused
from foreign.export import Format, Precision, export
from foreign.found import Found, Tensors
from foreign.nvidia import Module
from foreign.pickles import Reader
from foreign.read import ALL_NAMES, read
from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator
from gan.model import save_model

FORMATS: tuple[Format, ...] = ("reverie", "nvidia", "rosinality")
PLAIN = {"mapping_layers": 2, "channel_base": 256, "channel_max": 16, "z_dim": 16, "w_dim": 16, "resolution": 32}
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "conditional": {"c_dim": 3, "mapping_layers_d": 2},
    "clamped, half precision": {"conv_clamp": 256.0, "num_fp16_res": 2},
    "residual": {"architecture_g": "resnet", "architecture_d": "skip"},
    "orig": {"architecture_g": "orig", "architecture_d": "orig"},
    "widths of its own": {"widths": (16, 16, 12, 8)},
    "whole batch in a group": {"mbstd_group_size": None},
}
SPOKEN_BY_ROSINALITY = {"plain", "widths of its own"}


def folder_of(tmp_path: Path, **shape: Any) -> Path:
    """A model folder of random weights, float32."""
    torch.manual_seed(4)
    config = NetConfig(**{**PLAIN, **shape})
    G, D = Generator(config), Discriminator(config)
    with torch.no_grad():
        for parameter in (*G.parameters(), *D.parameters()):
            parameter.add_(torch.randn_like(parameter) * 0.1)
        G.mapping.w_avg.normal_()
    facts = {"licence": {"spdx": "CC-BY-NC-4.0", "terms": "Not for money."}}
    return save_model(tmp_path / "model", G_ema=G, D=D, facts=facts, dtype="fp32")


def files_of(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir()}


def exported(folder: Path, format: Format, *, precision: Precision = "fp32") -> Path:
    facts = json.loads((folder / "model.json").read_text())
    target = folder.parent / f"out-{format}"
    return export(files_of(folder), target, format=format, precision=precision, facts=facts)


def reread(path: Path) -> Found:
    return read(memoryview(path.read_bytes()))


def weights(tensors: Tensors | None) -> dict[str, bytes]:
    """Shapes and bits of all but the fixed filters."""
    assert tensors is not None
    kept = {name: value for name, value in tensors.items() if not name.endswith("resample_filter")}
    return {name: str(value.shape).encode() + value.tobytes() for name, value in kept.items()}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_there_and_back_changes_no_bit(shape: str, format: Format, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **SHAPES[shape])
    if format == "rosinality" and shape not in SPOKEN_BY_ROSINALITY:
        with pytest.raises(Refused, match="cannot say this model's"):
            exported(folder, format)
        return
    first = reread(exported(folder, "reverie"))
    again = reread(exported(folder, format))
    assert weights(again.generator) == weights(first.generator)
    assert weights(again.discriminator) == weights(first.discriminator)
    assert NetConfig(**again.architecture) == NetConfig(**first.architecture)


@pytest.mark.parametrize("format", FORMATS)
def test_half_precision_keeps_what_halves_can_hold(format: Format, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    exact = reread(exported(folder, "reverie")).generator
    whole, half = exported(folder, format).stat().st_size, exported(folder, format, precision="fp16")
    assert half.stat().st_size < 0.75 * whole
    for name, value in reread(half).generator.items():
        if not name.endswith("resample_filter"):
            wanted = exact[name].astype(np.float16) if value.ndim >= 2 else exact[name]
            assert np.array_equal(value, wanted.astype(np.float32)), name


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_model_is_the_same_file_at_any_time(
    format: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path)
    first = exported(folder, format).read_bytes()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert exported(folder, format).read_bytes() == first


def test_the_licence_goes_along(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    root = Reader(memoryview(exported(folder, "nvidia").read_bytes()), names=ALL_NAMES).read()
    assert root["licence"]["spdx"] == "CC-BY-NC-4.0"
    assert torch.load(exported(folder, "rosinality"), weights_only=True)["licence"]["spdx"] == "CC-BY-NC-4.0"
    assert reread(exported(folder, "reverie")).about["licence"]["terms"] == "Not for money."


def test_other_formats_say_how_the_pictures_are_shown_and_our_own_keeps_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    plain = {format: exported(folder, format).read_bytes() for format in FORMATS}
    frame = {"kind": "squeeze", "width": 3, "height": 2}
    facts = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(facts | {"frame": frame}))
    root = Reader(memoryview(exported(folder, "nvidia").read_bytes()), names=ALL_NAMES).read()
    assert root["frame"] == frame
    assert torch.load(exported(folder, "rosinality"), weights_only=True)["frame"] == frame
    assert reread(exported(folder, "reverie")).about["frame"] == frame
    (folder / "model.json").write_text(json.dumps(facts))
    assert {format: exported(folder, format).read_bytes() for format in FORMATS} == plain


@pytest.fixture
def readers_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program with classes of the published module and class names, as a plain `pickle.load` needs them."""
    networks = ModuleType("training.networks")
    for name in CLASSES:
        setattr(networks, name, type(name, (torch.nn.Module,), {}))
    persistence = ModuleType("torch_utils.persistence")

    def _reconstruct_persistent_obj(meta: dict[str, Any]) -> Any:
        module = ModuleType("imported")
        exec(meta["module_src"], module.__dict__)  # noqa: S102 - the source is ours, and what is tested
        made = module.__dict__[meta["class_name"]]
        found = made.__new__(made)
        found.__setstate__(dict(meta["state"]))
        return found

    persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj  # type: ignore[attr-defined]
    for module in (ModuleType("training"), networks, ModuleType("torch_utils"), persistence):
        monkeypatch.setitem(sys.modules, module.__name__, module)


CLASSES = (
    *("Generator", "MappingNetwork", "SynthesisNetwork", "SynthesisBlock", "SynthesisLayer", "ToRGBLayer"),
    *("FullyConnectedLayer", "Conv2dLayer", "Discriminator", "DiscriminatorBlock", "DiscriminatorEpilogue"),
    "MinibatchStdLayer",
)


@pytest.mark.usefixtures("readers_own_program")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_plain_pickle_load_gives_modules_of_the_reader(shape: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **SHAPES[shape])
    loaded = pickle.loads(exported(folder, "nvidia").read_bytes())  # noqa: S301 - written by us
    config = NetConfig(**{**PLAIN, **SHAPES[shape]})
    G, D = Generator(config), Discriminator(config)
    assert type(loaded["G_ema"]).__module__ == "__main__" or isinstance(loaded["G_ema"], torch.nn.Module)
    G.load_state_dict(loaded["G_ema"].state_dict(), strict=True)
    D.load_state_dict(loaded["D"].state_dict(), strict=True)
    assert all(parameter.requires_grad for parameter in loaded["D"].parameters())


def test_modules_say_all_that_published_ones_say(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, conv_clamp=256.0, num_fp16_res=2)
    published = Path(__file__).parents[1] / "golden" / "nvidia_style.pkl"
    attributes = [
        attributes_of(Reader(memoryview(path.read_bytes()), names=ALL_NAMES).read())
        for path in (published, exported(folder, "nvidia"))
    ]
    for kind, names in attributes[0].items():
        assert names <= attributes[1][kind], kind


def attributes_of(root: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    todo = [Module(root[name]) for name in ("G_ema", "D")]
    while todo:
        module = todo.pop()
        found.setdefault(module.kind, set()).update(module.state)
        todo += module.parts().values()
    return found


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    facts = json.loads((folder / "model.json").read_text())
    with pytest.raises(OSError, match="No space left"):
        export(files_of(folder), Path("/dev/full"), format="nvidia", precision="fp32", facts=facts)
