"""Models of ours as files that other programs open: their own formats, and none of their code."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from foreign import export_nvidia
from foreign.emit import Ordered, dumped, stored, tensor
from foreign.errors import Refused
from foreign.found import FIR_1331, NOT_ALIKE, Tensors
from foreign.pickles import Call

Format = Literal["reverie", "nvidia", "rosinality"]
Precision = Literal["fp32", "fp16"]


def export(
    files: Mapping[str, Path], target: Path, *, format: Format, precision: Precision, facts: Mapping[str, Any]
) -> Path:
    """Write a model, `generator.safetensors` and what else there is in `files`, as one file `target`.

    `facts` are what its model.json says.
    Raises: Refused, if that format cannot say what the model is; OSError, as when the disk is full.
    """
    G = _read(files["generator.safetensors"], precision)
    judge = files.get("discriminator.safetensors")
    D = None if judge is None else _read(judge, precision)
    match format:
        case "reverie":
            return _zip(target, G, D, facts)
        case "nvidia":
            return export_nvidia.write(target, G, D, facts)
        case "rosinality":
            return _rosinality(target, G, D, facts)


def _read(path: Path, precision: Precision) -> Tensors:
    """Tensors as they are to be written: matrices and larger in fp16 if asked, the rest and all filters float32."""
    found: Tensors = safetensors.numpy.load_file(path)
    halves = {name for name, value in found.items() if precision == "fp16" and value.ndim >= 2}
    halves -= {name for name in found if name.endswith("resample_filter")}
    return {name: _as(value, np.float16 if name in halves else np.float32) for name, value in found.items()}


def _as(value: NDArray[Any], form: type) -> NDArray[Any]:
    """What fp16 cannot hold stays float32."""
    if form is np.float16 and value.dtype != np.float16 and np.abs(value).max(initial=0) > np.finfo(np.float16).max:
        form = np.float32
    return np.asarray(value, form, order="C")


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the time of its making: the same model is the same file, to the bit."""
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))


def _zip(target: Path, G: Tensors, D: Tensors | None, facts: Mapping[str, Any]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        file.writestr(_entry("model/model.json"), json.dumps(facts, indent=2, sort_keys=True))
        file.writestr(_entry("model/generator.safetensors"), safetensors.numpy.save(G))
        if D is not None:
            file.writestr(_entry("model/discriminator.safetensors"), safetensors.numpy.save(D))
    return target


def _rosinality(target: Path, G: Tensors, D: Tensors | None, facts: Mapping[str, Any]) -> Path:
    """A checkpoint with g_ema, g, d and latent_avg."""
    architecture = facts["architecture"]
    _check_rosinality(architecture)
    state = _filters(architecture["resolution"])
    state |= {there: value for name, value in G.items() if (there := _of_generator(name))}
    g_ema = {name: _shaped(name, value) for name, value in state.items()}
    content: dict[str, Any] = {"g_ema": g_ema, "g": g_ema, "latent_avg": G["mapping.w_avg"]}
    if D is not None:
        top = int(architecture["resolution"])
        d = {_of_discriminator(name, top): value for name, value in D.items() if not name.endswith("resample_filter")}
        blocks = range(1, top.bit_length() - 2)
        kernel = np.asarray(FIR_1331, np.float32)
        content["d"] = d | {f"convs.{n}.{part}.0.kernel": kernel for n in blocks for part in ("conv2", "skip")}
    said = {"licence": facts.get("licence")} | ({"frame": facts["frame"]} if facts.get("frame") else {})
    return _torch_zip(target, content, said=said)


def _check_rosinality(architecture: Mapping[str, Any]) -> None:
    wanted = {"channels": 3, "c_dim": 0, "architecture_g": "skip", "architecture_d": "resnet", "conv_clamp": None}
    wanted |= {"z_dim": architecture["w_dim"], "mbstd_group_size": 4, "mbstd_channels": 1}
    differ = [name for name, value in wanted.items() if architecture.get(name, value) != value]
    if differ:
        raise Refused(f"Checkpoints of rosinality cannot say this model's {', '.join(differ)}.", remedy=NOT_ALIKE)


def _layer(name: str) -> str | None:
    """The end of a layer's parameter: conv.weight for weight and so on."""
    ends = {
        "weight": "conv.weight",
        "affine.weight": "conv.modulation.weight",
        "affine.bias": "conv.modulation.bias",
        "noise_strength": "noise.weight",
        "bias": "activate.bias",
    }
    return ends.get(name)


def _of_generator(name: str) -> str | None:
    """rosinality's name of a parameter of ours; None for what it keeps elsewhere or has no name for."""
    part, _, rest = name.partition(".")
    if part == "mapping":
        layer, _, end = rest.partition(".")
        return f"style.{int(layer[2:]) + 1}.{end}" if layer.startswith("fc") else None
    block, _, inner = rest.partition(".")
    if inner == "const":
        return "input.input"
    layer, _, end = inner.partition(".")
    size = int(block[1:])
    step = size.bit_length() - 3  # 0 at 4 px
    if end == "noise_const":
        return f"noises.noise_{0 if step == 0 else 2 * step - 1 + int(layer[-1])}"
    found = _layer(end)
    if found is None:
        return None
    if layer == "torgb":
        place = "to_rgb1" if step == 0 else f"to_rgbs.{step - 1}"
        return f"{place}.{'bias' if end == 'bias' else found}"
    return f"conv1.{found}" if step == 0 else f"convs.{2 * (step - 1) + int(layer[-1])}.{found}"


def _shaped(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """The shape that a value has there."""
    if name.startswith("noises."):
        return value[None, None]
    if name.endswith("conv.weight") or name == "input.input":
        return value[None]
    if name.endswith("noise.weight"):
        return value.reshape(1)
    is_picture = name.startswith("to_rgb") and name.endswith("bias") and "conv" not in name
    return value.reshape(1, -1, 1, 1) if is_picture else value


def _filters(resolution: int) -> Tensors:
    """The fixed filters, four times as large where they enlarge."""
    kernel = np.asarray(FIR_1331 * 4, np.float32)
    steps = range(resolution.bit_length() - 3)
    named = [f"convs.{2 * i}.conv.blur.kernel" for i in steps] + [f"to_rgbs.{i}.upsample.kernel" for i in steps]
    return dict.fromkeys(named, kernel)


def _of_discriminator(name: str, top: int) -> str:
    block, layer, end = (*name.split("."), "")[:3]
    if block == "b4":
        place = {
            "conv": ("final_conv.0", "final_conv.1"),
            "fc": ("final_linear.0",) * 2,
            "out": ("final_linear.1",) * 2,
        }
        return f"{place[layer][end == 'bias']}.{end}"
    if layer == "fromrgb":
        return f"convs.0.{int(end == 'bias')}.{end}"
    n = top.bit_length() - int(block[1:]).bit_length() + 1
    there, first = {"conv0": ("conv1", 0), "conv1": ("conv2", 1), "skip": ("skip", 1)}[layer]
    return f"convs.{n}.{there}.{first + (end == 'bias')}.{end}"


def _torch_zip(target: Path, content: Mapping[str, Any], *, said: Mapping[str, Any]) -> Path:
    """What torch.save would write of dicts of arrays: data.pkl, and a file for each storage."""
    arrays: list[NDArray[Any]] = []

    def held(array: NDArray[Any]) -> Call:
        arrays.append(array)
        return tensor(stored(array, str(len(arrays) - 1)), array)

    described = dict(said)  # what no program asks for, and its reader should know
    known: dict[int, Ordered] = {}
    for name, value in content.items():
        if isinstance(value, np.ndarray):
            described[name] = held(value)
        else:
            described[name] = known.setdefault(id(value), Ordered({key: held(array) for key, array in value.items()}))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        file.writestr(_entry("archive/data.pkl"), dumped(described))
        file.writestr(_entry("archive/byteorder"), "little")
        for number, array in enumerate(arrays):
            with file.open(_entry(f"archive/data/{number}"), "w", force_zip64=True) as entry:
                entry.write(io.BytesIO(array.tobytes()).getbuffer())
        file.writestr(_entry("archive/version"), "3\n")
    return target
