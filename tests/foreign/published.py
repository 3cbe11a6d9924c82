"""Files as the published programs write them: stand-ins for their classes, pickled under the published names."""

import io
import pickle
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch
from torch import nn

from gan.config import NetConfig
from gan.discriminator import Discriminator
from gan.generator import Generator

CLASSES = {  # ours -> theirs
    "Generator": "Generator",
    "Mapping": "MappingNetwork",
    "LabelMapping": "MappingNetwork",
    "Synthesis": "SynthesisNetwork",
    "SynthesisBlock": "SynthesisBlock",
    "SynthesisLayer": "SynthesisLayer",
    "ToRGB": "ToRGBLayer",
    "FullyConnected": "FullyConnectedLayer",
    "Conv2d": "Conv2dLayer",
    "Discriminator": "Discriminator",
    "DiscriminatorBlock": "DiscriminatorBlock",
    "Epilogue": "DiscriminatorEpilogue",
}
SOURCE = "raise SystemExit('the source within the file was run')\n" * 400


class Persistent:
    """A module of the file: what is known of it, and nothing that works."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = meta

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.meta["state"]
        return found

    def at(self, path: str) -> "Persistent":
        here = self
        for name in path.split("."):
            here = here.state["_modules"][name]
        return here

    def everywhere(self) -> "Iterator[Persistent]":
        yield self
        for part in self.state["_modules"].values():
            if part is not None:
                yield from part.everywhere()

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (self.meta,)


class EasyDict(dict[str, Any]):
    """A dict whose keys are attributes, there."""


class Network:
    """A network of a TensorFlow file."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


def reconstruct(meta: dict[str, Any]) -> Persistent:
    return Persistent(meta)


@contextmanager
def names() -> Iterator[None]:
    """Have the published names lead to the stand-ins while the block lasts."""
    given: dict[str, dict[str, Any]] = {
        "torch_utils": {},
        "torch_utils.persistence": {"_reconstruct_persistent_obj": reconstruct},
        "dnnlib": {},
        "dnnlib.util": {"EasyDict": EasyDict},
        "dnnlib.tflib": {},
        "dnnlib.tflib.network": {"Network": Network},
    }
    for module, content in given.items():
        sys.modules[module] = ModuleType(module)
        for name, value in content.items():
            value.__module__, value.__qualname__, value.__name__ = module, name, name
            setattr(sys.modules[module], name, value)
    try:
        yield
    finally:
        for module in given:
            del sys.modules[module]


def pickled(value: Any, *, protocol: int = 3) -> bytes:
    with names():
        return pickle.dumps(value, protocol=protocol)


def unpickled(content: bytes) -> Any:
    """Load a file of our own; a stranger's is never loaded so."""
    with names():
        return pickle.loads(content)  # noqa: S301 - the golden file


def module(net: nn.Module, config: NetConfig) -> Persistent:
    """A network of ours as NVIDIA's program keeps one."""
    kind = CLASSES[type(net).__name__]
    parts: OrderedDict[str, Any] = OrderedDict((name, module(part, config)) for name, part in net.named_children())
    if kind == "DiscriminatorEpilogue":
        settings = {"group_size": config.mbstd_group_size, "num_channels": config.mbstd_channels}
        parts["mbstd"] = _persistent("MinibatchStdLayer", settings, OrderedDict())
    found = _persistent(kind, _attributes(net, config), parts)
    own = [name for name, _ in net.named_parameters(recurse=False)]
    found.state["_parameters"] = OrderedDict((name, getattr(net, name)) for name in own)
    found.state["_buffers"] = OrderedDict(net.named_buffers(recurse=False))
    return found


def _persistent(kind: str, attributes: Mapping[str, Any], parts: "OrderedDict[str, Any]") -> Persistent:
    state = {
        "training": False,
        "_parameters": OrderedDict(),
        "_buffers": OrderedDict(),
        "_non_persistent_buffers_set": set(),
        "_backward_hooks": OrderedDict(),
        "_is_full_backward_hook": None,
        "_state_dict_pre_hooks": OrderedDict(),
        "_modules": parts,
        **attributes,
        "_init_args": (),
        "_init_kwargs": EasyDict(),
    }
    return Persistent({"type": "class", "version": 6, "module_src": SOURCE, "class_name": kind, "state": state})


def _attributes(net: nn.Module, config: NetConfig) -> dict[str, Any]:
    match CLASSES[type(net).__name__]:
        case "Generator" | "Discriminator" as kind:
            found: dict[str, Any] = {"c_dim": config.c_dim, "img_resolution": config.resolution}
            found["img_channels"] = config.channels
            return found | ({"z_dim": config.z_dim, "w_dim": config.w_dim} if kind == "Generator" else {})
        case "SynthesisBlock":
            return {"architecture": config.architecture_g, "use_fp16": getattr(net, "half_precision", False)}
        case "DiscriminatorBlock":
            return {"architecture": config.architecture_d, "use_fp16": getattr(net, "half_precision", False)}
        case "FullyConnectedLayer":
            return {"activation": getattr(net, "act", "linear"), "bias_gain": getattr(net, "bias_gain", 1)}
        case "SynthesisLayer" | "Conv2dLayer" | "ToRGBLayer":
            return {"activation": "lrelu", "conv_clamp": config.conv_clamp}
    return {}


def nvidia(G: Generator, D: Discriminator | None) -> dict[str, Any]:
    """The content of a network pickle."""
    judge = None if D is None else module(D, D.config)
    drawer = module(G, G.config)
    return {"training_set_kwargs": None, "G": drawer, "D": judge, "G_ema": drawer, "augment_pipe": None}


def checkpoint(root: dict[str, Any], *, zipped: bool = True) -> bytes:
    """A file of torch.save, in its format of today or the one before."""
    target = io.BytesIO()
    torch.save(root, target, _use_new_zipfile_serialization=zipped)
    return target.getvalue()
