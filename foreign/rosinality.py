"""Checkpoints of rosinality's StyleGAN2 for PyTorch, with `g_ema`, `g`, `d` and `latent_avg`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foreign.errors import Refused, damaged
from foreign.found import (
    FIR_1331,
    NO_MEAN,
    OTHER_NETWORK,
    Found,
    Tensors,
    channels,
    depth,
    fits,
    float32,
    resolutions_of,
    widths,
)
from foreign.tensors import TENSOR_NAMES, array_of

NAMES = TENSOR_NAMES | {"argparse.Namespace"}
LAYER = {
    r"conv\.weight": "weight",
    r"conv\.modulation\.(weight|bias)": r"affine.{0}",
    r"noise\.weight": "noise_strength",
    r"activate\.bias": "bias",
    r"bias": "bias",
}
FIXED = re.compile(r"(.*\.)?kernel")


def states(root: Any) -> dict[str, dict[str, NDArray[Any]]]:
    """The state dicts of a checkpoint by name; those of data parallel networks as of plain ones."""
    found = {}
    for name in ("g_ema", "g", "d"):
        state = root.get(name)
        if isinstance(state, Mapping) and state:
            arrays = {str(key).removeprefix("module."): array_of(value) for key, value in state.items()}
            found[name] = {key: value for key, value in arrays.items() if value is not None}
    return found


def is_one(root: Any) -> bool:
    """Whether it is a checkpoint of this kind."""
    state = root.get("g_ema") or root.get("g") if isinstance(root, dict) else None
    return isinstance(state, dict) and any("conv.modulation.weight" in str(key) for key in state)


def read(root: dict[str, Any]) -> Found:
    """The averaged generator and, where there is one, the discriminator.

    Raises: Refused.
    """
    given = states(root)
    notes = [] if "g_ema" in given else ["The file has no averaged generator; the one that learnt is taken."]
    tensors = _generator(given.get("g_ema") or given["g"])
    mean = array_of(root.get("latent_avg"))
    if mean is not None:
        tensors["mapping.w_avg"] = mean.reshape(-1)
    else:
        notes.append(NO_MEAN)
    sizes = resolutions_of(tensors, "synthesis.b")
    found = widths(tensors, "synthesis.b{r}.conv1.weight", sizes)
    wide = tensors["mapping.fc0.weight"].shape
    architecture: dict[str, Any] = {
        "resolution": sizes[-1],
        "channels": tensors["synthesis.b4.torgb.weight"].shape[0],
        "z_dim": wide[1],
        "w_dim": wide[0],
        "mapping_layers": depth(tensors, "mapping."),
        **channels(found, sizes),
        "architecture_g": "skip",
        "architecture_d": "resnet",
        "mbstd_group_size": 4,
        "mbstd_channels": 1,
    }
    judge = _discriminator(given["d"], sizes) if "d" in given else None
    if judge is not None and not fits(judge, found, notes):
        judge = None
    return Found(
        origin="rosinality",
        architecture=architecture,
        generator=float32(tensors),
        discriminator=None if judge is None else float32(judge),
        notes=notes,
        centred=mean is not None,
    )


def _generator(state: dict[str, NDArray[Any]]) -> Tensors:
    found: Tensors = {}
    for key, value in state.items():
        if FIXED.fullmatch(key):
            _check_filter(key, value)
            continue
        name, array = _of_generator(key, value)
        found[name] = array
    return found


def _of_generator(key: str, value: NDArray[Any]) -> tuple[str, NDArray[Any]]:
    if match := re.fullmatch(r"style\.(\d+)\.(weight|bias)", key):
        return f"mapping.fc{int(match[1]) - 1}.{match[2]}", value
    if key == "input.input":
        return "synthesis.b4.const", value.reshape(value.shape[-3:])
    if match := re.fullmatch(r"noises\.noise_(\d+)", key):
        i = int(match[1])
        layer = "b4.conv1" if i == 0 else f"b{2 ** ((i + 5) // 2)}.conv{(i + 1) % 2}"
        return f"synthesis.{layer}.noise_const", value.reshape(value.shape[-2:])
    if match := re.fullmatch(r"(conv1|to_rgb1|convs\.(\d+)|to_rgbs\.(\d+))\.(.+)", key):
        block, layer = _place(match[1], match[2] or match[3])
        for pattern, name in LAYER.items():
            if inner := re.fullmatch(pattern, match[4]):
                return f"synthesis.b{block}.{layer}.{name.format(*inner.groups())}", _shaped(name, value)
    raise Refused(f"Its tensor {key[:80]} has no place in a StyleGAN2.", remedy=OTHER_NETWORK)


def _place(layer: str, number: str | None) -> tuple[int, str]:
    """Size of the block and name of the layer, of conv1, to_rgb1, convs.j and to_rgbs.j."""
    j = int(number or 0)
    if j > 30:
        raise damaged(f"it has a layer {layer}")
    if layer in ("conv1", "to_rgb1"):
        return 4, "conv1" if layer == "conv1" else "torgb"
    return (8 << j // 2, f"conv{j % 2}") if layer.startswith("convs") else (8 << j, "torgb")


def _shaped(name: str, value: NDArray[Any]) -> NDArray[Any]:
    if name == "weight":
        return value.reshape(value.shape[-4:])
    return value.reshape(()) if name == "noise_strength" else value.reshape(-1) if name == "bias" else value


def _discriminator(state: dict[str, NDArray[Any]], sizes: list[int]) -> Tensors:
    top = sizes[-1]
    fixed = {"final_conv.0.weight": "b4.conv.weight", "final_conv.1.bias": "b4.conv.bias"}
    fixed |= {
        f"final_linear.{i}.{end}": f"b4.{part}.{end}"
        for i, part in ((0, "fc"), (1, "out"))
        for end in ("weight", "bias")
    }
    fixed |= {"convs.0.0.weight": f"b{top}.fromrgb.weight", "convs.0.1.bias": f"b{top}.fromrgb.bias"}
    found: Tensors = {}
    for key, value in state.items():
        if FIXED.fullmatch(key):
            _check_filter(key, value)
        elif key in fixed:
            found[fixed[key]] = value
        elif match := re.fullmatch(r"convs\.(\d{1,2})\.(conv1|conv2|skip)\.\d\.(weight|bias)", key):
            layer = {"conv1": "conv0", "conv2": "conv1", "skip": "skip"}[match[2]]
            found[f"b{top >> int(match[1]) - 1 if int(match[1]) else 0}.{layer}.{match[3]}"] = value
        else:
            raise Refused(f"Its tensor {key[:80]} has no place in a StyleGAN2.", remedy=OTHER_NETWORK)
    return found


def _check_filter(name: str, value: NDArray[Any]) -> None:
    total = float(value.sum())
    if value.shape != (4, 4) or not total or not np.allclose(value / total, FIR_1331, atol=1e-4):
        raise Refused(f"Its filter {name[:80]} is not [1, 3, 3, 1], the only one there is here.", remedy=OTHER_NETWORK)
