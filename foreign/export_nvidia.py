"""A pickle that NVIDIA's programs open: modules as attributes, to be given to the classes of the program that reads it.

Each module names a short source that asks the reader for its own classes; nothing of theirs is in the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foreign.emit import Ordered, dump, old_file, tensor
from foreign.found import Tensors
from foreign.nvidia import PERSISTENT
from foreign.pickles import Call

VERSION = 6  # of the way in which a module is kept
SOURCE = """# Written by Reverie. The classes are those of the program that reads this file.
try:
    from training.networks_stylegan2 import *
except ImportError:
    from training.networks import *
"""
HOOKS = ("_backward_hooks", "_forward_hooks", "_forward_pre_hooks", "_state_dict_hooks", "_load_state_dict_pre_hooks")
ROOT2 = math.sqrt(2)
Facts = Mapping[str, Any]


def write(target: Path, G: Tensors, D: Tensors | None, facts: Facts) -> Path:
    """Write G_ema, G and D."""
    architecture = facts["architecture"]
    generator = _Writer(G, architecture).generator()
    content = {
        "G": generator,
        "D": None if D is None else _Writer(D, architecture).discriminator(),
        "G_ema": generator,
        "augment_pipe": None,
        "training_set_kwargs": None,
        "licence": facts.get("licence"),
    }
    if facts.get("frame"):
        content["frame"] = facts["frame"]  # no program of theirs asks for it: a word to who shows the pictures
    with target.open("wb") as file:
        dump(content, file)
    return target


class _Writer:
    """Modules of one network from its tensors."""

    def __init__(self, tensors: Tensors, architecture: Facts) -> None:
        self.tensors, self.a = tensors, architecture
        self.sizes = [2**i for i in range(2, int(math.log2(architecture["resolution"])) + 1)]

    def width(self, resolution: int) -> int:
        """Channels of the block at a resolution, of either network."""
        for name in (f"synthesis.b{resolution}.conv1.weight", f"b{resolution}.conv0.weight", "b4.conv.weight"):
            if name in self.tensors:
                return int(self.tensors[name].shape[0])
        raise KeyError(resolution)

    def half(self, resolution: int) -> bool:
        return bool(resolution > self.a["resolution"] // 2 ** self.a.get("num_fp16_res", 0))

    def module(self, kind: str, at: str = "", *, modules: Facts | None = None, **attributes: Any) -> Call:
        """A module at a path, with the tensors that lie right there."""
        own = {name.removeprefix(at): value for name, value in self.tensors.items() if name.startswith(at)}
        own = {name: value for name, value in own.items() if "." not in name}
        buffers = {"w_avg", "noise_const", "resample_filter"}
        state = {
            "training": False,
            "_parameters": Ordered({name: _parameter(value) for name, value in own.items() if name not in buffers}),
            "_buffers": Ordered({name: _tensor(value) for name, value in own.items() if name in buffers}),
            "_non_persistent_buffers_set": set(),
            **{hook: Ordered() for hook in HOOKS},
            "_modules": Ordered(modules or {}),
            **attributes,
            "_init_args": (),
            "_init_kwargs": attributes.get("_init_kwargs", {}),
        }
        meta = {"type": "class", "version": VERSION, "module_src": SOURCE, "class_name": kind, "state": state}
        return Call(PERSISTENT, (meta,))

    def linear(self, at: str, *, lr: float = 1, activation: str = "linear") -> Call:
        wide_out, wide_in = self.tensors[f"{at}weight"].shape
        gains: dict[str, Any] = {"weight_gain": lr / math.sqrt(wide_in), "bias_gain": lr}
        sizes = {"in_features": wide_in, "out_features": wide_out}
        return self.module("FullyConnectedLayer", at, activation=activation, **sizes, **gains)

    def mapping(self, *, z_dim: int, num_ws: int | None, w_dim: int) -> Call:
        names = sorted({name.split(".")[1] for name in self.tensors if name.startswith("mapping.fc")}, key=_number)
        parts = {name: self.linear(f"mapping.{name}.", lr=0.01, activation="lrelu") for name in names}
        c_dim = self.a.get("c_dim", 0)
        if c_dim:
            parts = {"embed": self.linear("mapping.embed.")} | parts
        sizes = {"z_dim": z_dim, "c_dim": c_dim, "w_dim": w_dim, "num_ws": num_ws}
        beta = 0.995 if num_ws else None
        return self.module("MappingNetwork", "mapping.", modules=parts, num_layers=len(names), w_avg_beta=beta, **sizes)

    def generator(self) -> Call:
        a, sizes = self.a, self.sizes
        num_ws = 2 * len(sizes)
        blocks = {f"b{r}": self._synthesis_block(r) for r in sizes}
        picture: dict[str, Any] = {"img_resolution": a["resolution"], "img_channels": a.get("channels", 3)}
        common = {"w_dim": a["w_dim"], "num_ws": num_ws, **picture}
        made = {name: a[name] for name in ("channel_base", "channel_max", "conv_clamp", "num_fp16_res") if name in a}
        log2: dict[str, Any] = {"img_resolution_log2": int(math.log2(a["resolution"])), "block_resolutions": sizes}
        own = {**common, **log2, "num_fp16_res": a.get("num_fp16_res", 0), "_init_kwargs": made}
        synthesis = self.module("SynthesisNetwork", "synthesis.", modules=blocks, **own)
        mapping = self.mapping(z_dim=a["z_dim"], num_ws=num_ws, w_dim=a["w_dim"])
        dims = {"z_dim": a["z_dim"], "c_dim": a.get("c_dim", 0)}
        kwargs = {
            **dims,
            "w_dim": a["w_dim"],
            **picture,
            "mapping_kwargs": {"num_layers": a["mapping_layers"]},
            "synthesis_kwargs": made,
        }
        parts = {"synthesis": synthesis, "mapping": mapping}
        return self.module("Generator", modules=parts, **dims, **common, _init_kwargs=kwargs)

    def _synthesis_block(self, r: int) -> Call:
        a, at = self.a, f"synthesis.b{r}."
        last, architecture = r == a["resolution"], a["architecture_g"]
        parts: dict[str, Call] = {}
        if r > 4:
            parts["conv0"] = self._synthesis_layer(f"{at}conv0.", r, up=2)
        parts["conv1"] = self._synthesis_layer(f"{at}conv1.", r)
        if last or architecture == "skip":
            parts["torgb"] = self._torgb(f"{at}torgb.")
        if r > 4 and architecture == "resnet":
            parts["skip"] = self._conv(f"{at}skip.", activation="linear", up=2, clamp=None)
        return self.module(
            "SynthesisBlock",
            at,
            modules=parts,
            in_channels=0 if r == 4 else self.width(r // 2),
            w_dim=a["w_dim"],
            resolution=r,
            img_channels=a.get("channels", 3),
            is_last=last,
            architecture=architecture,
            use_fp16=self.half(r),
            channels_last=False,
            fused_modconv_default="inference_only",
            num_conv=1 if r == 4 else 2,
            num_torgb=int("torgb" in parts),
        )

    def _synthesis_layer(self, at: str, r: int, *, up: int = 1) -> Call:
        wide_out, wide_in = self.tensors[f"{at}weight"].shape[:2]
        sizes = {"in_channels": wide_in, "out_channels": wide_out, "w_dim": self.a["w_dim"], "resolution": r}
        acts = {"activation": "lrelu", "conv_clamp": self.a.get("conv_clamp"), "padding": 1, "act_gain": ROOT2}
        parts = {"affine": self.linear(f"{at}affine.")}
        return self.module("SynthesisLayer", at, modules=parts, up=up, use_noise=True, **sizes, **acts)

    def _torgb(self, at: str) -> Call:
        wide_out, wide_in = self.tensors[f"{at}weight"].shape[:2]
        sizes = {"in_channels": wide_in, "out_channels": wide_out, "w_dim": self.a["w_dim"]}
        acts: dict[str, Any] = {"conv_clamp": self.a.get("conv_clamp"), "weight_gain": 1 / math.sqrt(wide_in)}
        return self.module("ToRGBLayer", at, modules={"affine": self.linear(f"{at}affine.")}, **sizes, **acts)

    def _conv(self, at: str, *, clamp: float | None, activation: str = "lrelu", up: int = 1, down: int = 1) -> Call:
        wide_out, wide_in, k, _ = self.tensors[f"{at}weight"].shape
        sizes = {"in_channels": wide_in, "out_channels": wide_out, "up": up, "down": down, "padding": k // 2}
        gains: dict[str, Any] = {
            "weight_gain": 1 / math.sqrt(wide_in * k**2),
            "act_gain": ROOT2 if activation == "lrelu" else 1.0,
        }
        conv = self.module("Conv2dLayer", at, activation=activation, conv_clamp=clamp, **sizes, **gains)
        if f"{at}bias" not in self.tensors:
            conv.args[0]["state"]["_parameters"]["bias"] = None
            conv.args[0]["state"]["bias"] = None
        return conv

    def discriminator(self) -> Call:
        a, high = self.a, [r for r in reversed(self.sizes) if r > 4]
        c_dim = a.get("c_dim", 0)
        parts: dict[str, Call] = {f"b{r}": self._discriminator_block(r, 3 * i) for i, r in enumerate(high)}
        cmap_dim = self.width(4) if c_dim else 0
        if c_dim:
            parts["mapping"] = self.mapping(z_dim=0, num_ws=None, w_dim=cmap_dim)
        parts["b4"] = self._epilogue(cmap_dim)
        picture: dict[str, Any] = {"img_resolution": a["resolution"], "img_channels": a.get("channels", 3)}
        log2: dict[str, Any] = {"img_resolution_log2": int(math.log2(a["resolution"])), "block_resolutions": high}
        made = {name: a[name] for name in ("channel_base", "channel_max", "conv_clamp", "num_fp16_res") if name in a}
        kwargs = {"c_dim": c_dim, **picture, "architecture": a["architecture_d"], **made}
        return self.module("Discriminator", modules=parts, c_dim=c_dim, **picture, **log2, _init_kwargs=kwargs)

    def _discriminator_block(self, r: int, first: int) -> Call:
        a, at, clamp = self.a, f"b{r}.", self.a.get("conv_clamp")
        parts: dict[str, Call] = {}
        if f"{at}fromrgb.weight" in self.tensors:
            parts["fromrgb"] = self._conv(f"{at}fromrgb.", clamp=clamp)
        parts["conv0"] = self._conv(f"{at}conv0.", clamp=clamp)
        parts["conv1"] = self._conv(f"{at}conv1.", clamp=clamp, down=2)
        if a["architecture_d"] == "resnet":
            parts["skip"] = self._conv(f"{at}skip.", clamp=None, activation="linear", down=2)
        return self.module(
            "DiscriminatorBlock",
            at,
            modules=parts,
            in_channels=0 if r == a["resolution"] else self.width(r),
            resolution=r,
            img_channels=a.get("channels", 3),
            first_layer_idx=first,
            architecture=a["architecture_d"],
            use_fp16=self.half(r),
            channels_last=False,
            num_layers=len(parts),
        )

    def _epilogue(self, cmap_dim: int) -> Call:
        a = self.a
        groups: dict[str, Any] = {
            "group_size": a.get("mbstd_group_size", 4),
            "num_channels": a.get("mbstd_channels", 1),
        }
        parts = {"mbstd": self.module("MinibatchStdLayer", "b4.mbstd.", **groups)}
        if "b4.fromrgb.weight" in self.tensors:
            parts["fromrgb"] = self._conv("b4.fromrgb.", clamp=None)
        parts["conv"] = self._conv("b4.conv.", clamp=a.get("conv_clamp"))
        parts["fc"] = self.linear("b4.fc.", activation="lrelu")
        parts["out"] = self.linear("b4.out.")
        return self.module(
            "DiscriminatorEpilogue",
            modules=parts,
            in_channels=self.width(4),
            cmap_dim=cmap_dim,
            resolution=4,
            img_channels=a.get("channels", 3),
            architecture=a["architecture_d"],
        )


def _number(name: str) -> int:
    return int(name.removeprefix("fc"))


def _tensor(value: NDArray[Any]) -> Call:
    array = np.ascontiguousarray(value) if value.ndim else value
    return tensor(Call("torch.storage._load_from_bytes", (old_file(array),)), array)


def _parameter(value: NDArray[Any]) -> Call:
    return Call("torch._utils._rebuild_parameter", (_tensor(value), True, Ordered()))
