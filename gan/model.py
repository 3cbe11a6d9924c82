"""The model folder: `model.json`, `generator.safetensors` and, where it can be trained on, `discriminator.safetensors`.

Weights are stored under the published parameter names, matrices and larger as fp16 by default. Nothing is pickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator
from gan.errors import ConfigError, ModelError
from gan.files import write_folder
from gan.generator import Generator

FORMAT = 1
FILES = ("model.json", "generator.safetensors", "discriminator.safetensors")
FP16_MAX = 65504.0
Facts = Mapping[str, Any]
Dtype = Literal["fp16", "fp32"]
Net = TypeVar("Net", bound=nn.Module)


def packed(net: nn.Module, dtype: Dtype) -> bytes:
    """The state of `net` as a safetensors file; vectors and numbers, and what fp16 cannot hold, stay fp32."""
    tensors = {name: value.detach().cpu().float().contiguous() for name, value in net.state_dict().items()}
    for name, value in tensors.items():
        if dtype == "fp16" and value.ndim >= 2 and float(value.abs().max()) <= FP16_MAX:
            tensors[name] = value.half()
    return save(tensors)


def save_model(
    folder: Path, *, G_ema: Generator, D: Discriminator | None = None, facts: Facts | None = None, dtype: Dtype = "fp16"
) -> Path:
    """Write a model folder that appears whole.
    `facts` go into `model.json`: `licence` {spdx, terms}, `lineage` (oldest first) and `recipe`.
    Raises: OSError, as when the disk is full; nothing is left then."""
    architecture = asdict(G_ema.config)
    shown = {name: architecture[name] for name in ("resolution", "z_dim", "w_dim", "mapping_layers")}
    unknown = {"licence": {"spdx": "NOASSERTION", "terms": ""}, "lineage": [], "recipe": {}}
    described = {"format": FORMAT, "architecture": architecture, **shown, **unknown, **(facts or {})}
    text = json.dumps(described, indent=2, sort_keys=True, allow_nan=False).encode()
    files = {"model.json": text, "generator.safetensors": packed(G_ema, dtype)}
    if D is not None:
        files["discriminator.safetensors"] = packed(D, dtype)
    return write_folder(folder, files)


def read_model_json(folder: Path) -> dict[str, Any]:
    """The facts of a model folder. Raises: ModelError, if there is none, it is damaged, or of a newer format."""
    try:
        facts = json.loads((folder / "model.json").read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} holds no readable model.json: {error}") from error
    if isinstance(facts, dict) and facts.get("format") == FORMAT:
        return facts
    number = facts.get("format") if isinstance(facts, dict) else None
    raise ModelError(f"{folder}/model.json has format {number}, this release reads {FORMAT}; use a newer release")


def net_config(facts: Facts) -> NetConfig:
    """The architecture that a `model.json` names. Raises: ModelError, if it names none that can be."""
    try:
        return NetConfig(**facts["architecture"])
    except (ConfigError, KeyError, TypeError) as error:
        given = facts.get("architecture")
        raise ModelError(f"model.json names an architecture that is not known here, {given}: {error}") from error


@torch.no_grad()
def fill(net: Net, tensors: Mapping[str, Tensor], *, source: str) -> Net:
    """Copy `tensors` into `net`, every one, in float32.
    Raises: ModelError, if names or shapes differ, a value is not finite, or a filter is not [1, 3, 3, 1]."""
    own = net.state_dict()
    missing, extra = sorted(own.keys() - tensors.keys()), sorted(tensors.keys() - own.keys())
    if missing or extra:
        raise ModelError(f"{source} does not fit its model.json: {missing[:3]} missing, {extra[:3]} not expected")
    for name, target in own.items():
        value, is_filter = tensors[name].float(), name.endswith("resample_filter")
        if value.shape != target.shape:
            raise ModelError(f"{source}: {name} is {tuple(value.shape)}, expected {tuple(target.shape)}")
        if not torch.isfinite(value).all():
            raise ModelError(f"{source}: {name} holds values that are not finite; the file is damaged")
        if is_filter and not torch.allclose(value, target, atol=1e-4):
            raise ModelError(f"{source}: {name} is not the filter [1, 3, 3, 1], the only one that is supported")
        if not is_filter:
            target.copy_(value)
    return net


def _read(net: Net, path: Path, device: torch.device | str) -> Net:
    try:
        tensors = load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    return placed(fill(net, tensors, source=str(path)), device)


def load_generator(folder: Path, device: torch.device | str = "cpu") -> Generator:
    """The averaged generator of a model folder, float32, without gradients. Raises: ModelError."""
    G = Generator(net_config(read_model_json(folder)))
    return _read(G, folder / "generator.safetensors", device).eval().requires_grad_(False)


def load_discriminator(folder: Path, device: torch.device | str = "cpu") -> Discriminator | None:
    """The discriminator of a model folder, float32; None where the folder holds none. Raises: ModelError."""
    config, path = net_config(read_model_json(folder)), folder / "discriminator.safetensors"
    return _read(Discriminator(config), path, device) if path.exists() else None


def model_hash(folder: Path) -> str:
    """SHA-256 over the names and SHA-256 of the files of a model folder, as hex."""
    total = hashlib.sha256()
    for name in FILES:
        if (folder / name).exists():
            total.update(f"{name}:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
