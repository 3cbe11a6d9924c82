"""Weights of ESRGAN as people share them: three ways of naming, two kinds of file, and what is wrong with others."""

from __future__ import annotations

import io
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor

from enlarge.network import load
from foreign.errors import Refused
from foreign.esrgan import read
from jobs.errors import ModelRejected
from kinds.convert.apart import read_apart
from tests.enlarge.networks import CPU, network, picture

State = dict[str, Tensor]
READER = "kinds.upscale.reader"


def first(state: State) -> State:
    """Names of the first ESRGAN, for four times."""
    blocks = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("body"))
    fixed = {
        "conv_first": "model.0",
        "conv_body": f"model.1.sub.{blocks}",
        "conv_up1": "model.3",
        "conv_up2": "model.6",
    }
    fixed |= {"conv_hr": "model.8", "conv_last": "model.10"}
    found = {}
    for name, values in state.items():
        layer, _, what = name.rpartition(".")
        if match := re.fullmatch(r"body\.(\d+)\.rdb(\d)\.conv(\d)", layer):
            fixed[layer] = f"model.1.sub.{match[1]}.RDB{match[2]}.conv{match[3]}.0"
        found[f"{fixed[layer]}.{what}"] = values
    return found


def second(state: State) -> State:
    """Names of its second release."""
    words = {"conv_body": "trunk_conv", "conv_up": "upconv", "conv_hr": "HRconv", "body.": "RRDB_trunk.", "rdb": "RDB"}
    found = {}
    for name, values in state.items():
        for ours, theirs in words.items():
            name = name.replace(ours, theirs)
        found[name] = values
    return found


def pth(root: Any, *, zipped: bool = True) -> bytes:
    buffer = io.BytesIO()
    torch.save(root, buffer, _use_new_zipfile_serialization=zipped)
    return buffer.getvalue()


def state_of(**shape: int) -> State:
    return dict(network(**shape).state_dict())


@pytest.mark.parametrize("named", [dict, first, second])
@pytest.mark.parametrize("zipped", [True, False])
def test_three_ways_of_naming_are_one_network(named: Callable[[State], State], zipped: bool) -> None:
    state = state_of()
    found = read(memoryview(pth(named(state), zipped=zipped)))
    assert found.architecture == {"channels": 8, "growth": 4, "blocks": 2, "doublings": 2, "folded": 1}
    assert found.tensors.keys() == state.keys()
    assert all((found.tensors[name] == values.numpy()).all() for name, values in state.items())


@pytest.mark.parametrize(
    ("shape", "scale"),
    [({"folded": 2}, 2), ({"folded": 4}, 1), ({"doublings": 1}, 2), ({"doublings": 0}, 1), ({"channels": 16}, 4)],
)
def test_the_scale_is_found_by_shapes(shape: dict[str, int], scale: int) -> None:
    found = read(memoryview(safetensors.torch.save(state_of(**shape)))).architecture
    assert 2 ** found["doublings"] // found["folded"] == scale
    assert shape.items() <= found.items()


def test_the_averaged_weights_are_taken_and_half_precision_is_read() -> None:
    state = state_of(blocks=1)
    other = {name: values * 0 for name, values in state.items()}
    found = read(memoryview(pth({"params": other, "params_ema": {f"module.{k}": v.half() for k, v in state.items()}})))
    assert found.notes == ["The file holds its weights twice; params_ema is taken."]
    assert np.abs(found.tensors["conv_hr.weight"] - state["conv_hr.weight"].numpy()).max() < 1e-3


def test_what_was_read_apart_enlarges_as_the_network_does(tmp_path: Path) -> None:
    made = network(folded=2)
    file = tmp_path / "2x.pth"
    file.write_bytes(pth({"params": made.state_dict()}))
    found = read_apart(file, tmp_path, reader=READER)
    assert found is not None
    assert found["architecture"]["folded"] == 2
    loaded, x = load(tmp_path / "weights.safetensors", device=CPU, dtype=torch.float32), picture(10, 12)
    from enlarge.network import Enlarger

    assert (loaded.enlarged(x, factor=2) == Enlarger(made, device=CPU, dtype=torch.float32).enlarged(x, factor=2)).all()


class Evil:
    """What a pickle can be made to do."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return subprocess.call, (["touch", self.command],)


def test_a_file_with_code_in_it_runs_nothing(tmp_path: Path) -> None:
    file, trace = tmp_path / "evil.pth", tmp_path / "trace"
    file.write_bytes(pickle.dumps({"params": Evil(str(trace))}))
    with pytest.raises(ModelRejected, match="wants to run subprocess"):
        read_apart(file, tmp_path, reader=READER)
    assert not trace.exists()


def spoiled(change: Callable[[State], Any]) -> bytes:
    state = state_of(blocks=1)
    return pth(change(state) or state)


def without(name: str) -> Callable[[State], State]:
    return lambda state: {key: values for key, values in state.items() if key != name}


def with_(name: str, values: Tensor) -> Callable[[State], State]:
    return lambda state: {**state, name: values}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\0" * 4096, "empty"),
        (b"hello, world", "no weights that are known"),
        (b"<!doctype html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (pth([1, 2]), "holds a list"),
        (pth({}), "holds a dict"),
        (pth({"a": torch.zeros(2)}), "another network: its tensors are called a"),
        (pth({"body.0.weight": torch.zeros(8, 3, 3, 3)}), "compact network"),
        (pth({f"t{i}": torch.zeros(1) for i in range(4001)}), "4,001 tensors"),
        (spoiled(without("conv_hr.bias")), "conv_hr.bias is missing"),
        (spoiled(without("body.0.rdb2.conv3.weight")), "rdb2.conv3.weight is missing"),
        (spoiled(with_("extra.weight", torch.zeros(1))), "extra.weight has no place"),
        (spoiled(with_("conv_hr.weight", torch.zeros(8, 8, 1, 1))), "conv_hr.weight has the shape"),
        (spoiled(with_("conv_hr.bias", torch.full((8,), torch.nan))), "numbers that are none"),
        (spoiled(with_("conv_hr.bias", torch.zeros(8, dtype=torch.int64))), "no floating-point"),
        (spoiled(with_("conv_first.weight", torch.zeros(8, 1, 3, 3))), "pictures of 1 channels"),
        (spoiled(with_("conv_up3.weight", torch.zeros(8, 8, 3, 3))), "doubles them 3 times"),
        (spoiled(with_("conv_first.weight", torch.zeros(8, 3))), "first layers are missing"),
        (spoiled(with_("conv_first.weight", torch.zeros(0, 3, 3, 3))), "no floating-point"),
        (spoiled(with_("conv_first.weight", torch.zeros(300, 3, 1, 1))), "300 channels, which is too large"),
        (spoiled(with_("body.999.rdb1.conv1.weight", torch.zeros(4, 8, 3, 3))), "1000 blocks"),
        (spoiled(with_("conv_hr.weight", torch.tensor(1.0))), "conv_hr.weight has the shape"),
        (spoiled(with_("conv_last.weight", torch.zeros(8, 8, 3, 3))), "conv_last.weight has the shape"),
        (spoiled(with_("conv_hr.weight", torch.zeros(1).expand(8, 8, 2**18, 2**18))), "numbers|damaged|larger"),
        (spoiled(without("conv_up1.weight")), "conv_up1|conv_up2"),
        (pth(state_of(blocks=1))[:-2000], "ends too early|damaged"),
        (safetensors.torch.save(state_of(blocks=1))[:-100], "damaged"),
    ],
    ids=range(29),
)
def test_what_is_no_esrgan_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read(memoryview(content))
    assert refused.value.remedy


def test_first_names_that_do_not_fit_are_refused() -> None:
    state = first(state_of(blocks=1))
    state["model.12.weight"] = torch.zeros(1)
    with pytest.raises(Refused, match="have the numbers"):
        read(memoryview(pth(state)))


def test_any_cut_of_a_file_is_an_answer(tmp_path: Path) -> None:
    whole = pth(state_of(blocks=1))
    draw = np.random.default_rng(0)
    for _ in range(200):
        content = bytearray(whole[: draw.integers(1, len(whole))])
        content[draw.integers(0, len(content))] ^= int(draw.integers(1, 256))
        try:
            read(memoryview(bytes(content)))
        except Refused:
            continue


def test_reading_loads_no_tensor_library() -> None:
    code = "import sys, kinds.upscale.reader; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
