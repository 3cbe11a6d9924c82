"""Files of NVIDIA's StyleGAN2-ADA and StyleGAN3 programs for PyTorch: modules as the attributes that they had."""

from __future__ import annotations

from typing import Any

import numpy as np

from foreign.errors import Refused, damaged, shown
from foreign.found import (
    NO_MEAN,
    OTHER_NETWORK,
    Found,
    Tensors,
    channels,
    depth,
    fits,
    float32,
    learnt_at,
    resolutions_of,
    widths,
    without_filters,
)
from foreign.pickles import SETS, Call
from foreign.tensors import ARRAY_NAMES, TENSOR_NAMES, array_of, number_of

PERSISTENT = "torch_utils.persistence._reconstruct_persistent_obj"
NAMES = TENSOR_NAMES | ARRAY_NAMES | SETS | {PERSISTENT, "dnnlib.util.EasyDict", "torch.storage._load_from_bytes"}
MOST_MODULES, DEEPEST = 10_000, 20
OTHERS = {  # a class that only another network has -> its name
    "SynthesisInput": "a StyleGAN3",
    "SuperresGenerator": "a StyleGAN-XL",
    "MultipleDiscriminator": "a StyleGAN-T",
    "TriPlaneGenerator": "an EG3D",
}


class Module:
    """A module of the file: its class, its attributes and what it is made of."""

    def __init__(self, value: Any) -> None:
        meta = value.args[0] if isinstance(value, Call) and value.name == PERSISTENT and len(value.args) == 1 else None
        state = meta.get("state") if isinstance(meta, dict) else None
        if not isinstance(meta, dict) or not isinstance(state, dict):
            raise damaged("a network in it is no module")
        kind = meta.get("class_name")
        self.kind = kind if isinstance(kind, str) else ""
        self.state = state

    def parts(self) -> dict[str, Module]:
        """The modules that it is made of, by name."""
        found = self.state.get("_modules", {})
        if not isinstance(found, dict):
            raise damaged("a network in it has no parts")
        return {str(name): Module(part) for name, part in found.items() if part is not None}

    def at(self, path: str) -> Module | None:
        """The part at a path such as `synthesis.b4`."""
        here: Module | None = self
        for name in path.split("."):
            here = None if here is None else here.parts().get(name)
        return here

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute; numbers plain."""
        return number_of(self.state.get(name, default))

    def tensors(self) -> Tensors:
        """Parameters and buffers of it and all its parts, by their full names.

        Raises: Refused, if there is no end of them.
        """
        found: Tensors = {}
        todo: list[tuple[str, Module, int]] = [("", self, 0)]
        for _ in range(MOST_MODULES):
            if not todo:
                return found
            prefix, module, level = todo.pop()
            if level > DEEPEST:
                break
            for group in ("_parameters", "_buffers"):
                values = module.state.get(group) or {}
                for name, value in values.items() if isinstance(values, dict) else ():
                    array = array_of(value)
                    if array is not None:
                        found[f"{prefix}{name}"] = array
            todo += [(f"{prefix}{name}.", part, level + 1) for name, part in module.parts().items()]
        raise damaged("its networks are made of more parts than there can be")


def read(root: dict[str, Any]) -> Found:
    """The averaged generator and the discriminator of a file.

    Raises: Refused.
    """
    G = Module(root.get("G_ema") or root.get("G"))
    D = Module(root["D"]) if root.get("D") is not None else None
    notes = [] if root.get("G_ema") else ["The file has no averaged generator; the one that learnt is taken."]
    _known(G)
    tensors = without_filters(G.tensors())
    sizes = resolutions_of(tensors, "synthesis.b")
    found = widths(tensors, "synthesis.b{r}.conv1.weight", sizes)
    first, block = G.at("synthesis.b4.conv1"), G.at("synthesis.b8")
    if first is None or block is None:
        raise damaged("its generator has no blocks")
    architecture = {
        "resolution": sizes[-1],
        "channels": G.get("img_channels", 3),
        "z_dim": G.get("z_dim"),
        "w_dim": G.get("w_dim"),
        "c_dim": G.get("c_dim", 0),
        "mapping_layers": depth(tensors, "mapping."),
        **channels(found, sizes),
        "architecture_g": block.get("architecture", "skip"),
        "conv_clamp": first.get("conv_clamp"),
        "num_fp16_res": _halves(G, "synthesis.b", sizes),
    }
    tensors = learnt_at(_noisy(tensors, sizes, notes), "mapping.", _multiplier(G))
    if G.get("img_resolution") != sizes[-1]:
        raise damaged(f"it says that it draws {shown(G.get('img_resolution'))} px and has blocks up to {sizes[-1]} px")
    if "mapping.w_avg" not in tensors:
        notes.append(NO_MEAN)
    judge = None if D is None else _discriminator(D, architecture, found, notes)
    return Found(
        origin="NVIDIA, PyTorch",
        architecture=architecture,
        generator=float32(tensors),
        discriminator=judge,
        notes=notes,
        centred="mapping.w_avg" in tensors,
    )


def _known(G: Module) -> None:
    """Refuse another network than a StyleGAN2, and say which it is."""
    kinds = {G.kind}
    for part in G.parts().values():
        kinds |= {part.kind, *(inner.kind for inner in part.parts().values())}
    for kind, what in OTHERS.items():
        if kind in kinds:
            raise Refused(f"The file holds {what}.", remedy=OTHER_NETWORK)
    if G.kind != "Generator" or G.at("synthesis.b4") is None:
        raise Refused(f"The file holds a network of class {G.kind[:60]}.", remedy=OTHER_NETWORK)
    for path in ("synthesis.b4.conv1", "mapping.fc0"):
        layer = G.at(path)
        act = layer.get("activation", "lrelu") if layer else "lrelu"
        if act != "lrelu":
            raise Refused(f"Its layers have the activation {shown(act)}.", remedy="Only leaky ReLU can be used.")


def _halves(net: Module, prefix: str, sizes: list[int]) -> int:
    blocks = [net.at(f"{prefix}{r}") for r in sizes]
    return sum(bool(block and block.get("use_fp16", False)) for block in blocks)


def _multiplier(net: Module) -> float:
    layer = net.at("mapping.fc0")
    return float(layer.get("bias_gain", 0.01)) if layer else 0.01


def _noisy(tensors: Tensors, sizes: list[int], notes: list[str]) -> Tensors:
    """A network without noise is one whose noise has the strength 0."""
    layers = [f"synthesis.b{r}.{conv}" for r in sizes for conv in ("conv0", "conv1")]
    silent = [layer for layer in layers if f"{layer}.weight" in tensors and f"{layer}.noise_strength" not in tensors]
    if not silent:
        return tensors
    notes.append("The network draws without noise; it has noise of strength 0 here.")
    added: Tensors = {}
    for layer in silent:
        side = int(layer.split(".")[1][1:])
        added |= {f"{layer}.noise_strength": np.zeros(()), f"{layer}.noise_const": np.zeros((side, side))}
    return tensors | added


def _discriminator(D: Module, architecture: dict[str, Any], found: list[int], notes: list[str]) -> Tensors | None:
    """The discriminator's tensors, its settings into `architecture`; None where it does not fit the generator."""
    tensors = without_filters(D.tensors())
    if not fits(tensors, found, notes):
        return None
    block, group = D.at(f"b{architecture['resolution']}"), D.at("b4.mbstd")
    if block is None or group is None:
        notes.append("The discriminator compares no pictures of a batch; it is left out, and a fresh one will learn.")
        return None
    architecture |= {
        "architecture_d": block.get("architecture", "resnet"),
        "mbstd_group_size": group.get("group_size"),
        "mbstd_channels": group.get("num_channels", 1),
    }
    if architecture["c_dim"]:
        architecture["mapping_layers_d"] = depth(tensors, "mapping.")
    return float32(learnt_at(tensors, "mapping.", _multiplier(D)))
