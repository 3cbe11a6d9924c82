"""Small networks with weights of a fixed seed, and a second way to compute them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import safetensors.numpy
import torch
from numpy.typing import NDArray
from scipy.ndimage import correlate

from enlarge.network import Enlarger
from enlarge.rrdb import Architecture, RRDBNet
from foreign.esrgan import METADATA

CPU = torch.device("cpu")
SHAPE = {"channels": 8, "growth": 4, "blocks": 1, "doublings": 2, "folded": 1}  # of an owner's file
Map = NDArray[np.float64]  # [C, H, W]


def network(seed: int = 0, **shape: int) -> RRDBNet:
    """A network whose output has contrast."""
    made = RRDBNet(Architecture(**{"channels": 8, "growth": 4, "blocks": 2, **shape})).eval()
    draw = torch.Generator().manual_seed(seed)
    for name, values in made.named_parameters():
        values.data = torch.randn(values.shape, generator=draw) * (0.5 if name == "conv_last.weight" else 0.1)
    made.state_dict()["conv_last.bias"].fill_(0.5)
    return made


def own_enlarger(folder: Path) -> Path:
    """Write a small network as a file that an owner has brought, as it is laid out for a job."""
    weights = {name: values.numpy() for name, values in network(blocks=1).state_dict().items()}
    file = folder / "own.safetensors"
    file.write_bytes(safetensors.numpy.save(weights, metadata={METADATA: json.dumps(SHAPE)}))
    return file


def enlarger(seed: int = 0, **shape: int) -> Enlarger:
    """An enlarger in float32, on the CPU."""
    return Enlarger(network(seed, **shape), device=CPU, dtype=torch.float32)


def picture(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Noise, in which each pixel counts."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def computed(made: RRDBNet, x: Map) -> Map:
    """The network on `[3, H, W]` in float64, by correlations of SciPy, one channel after the other."""
    weights = {name: values.detach().numpy().astype(np.float64) for name, values in made.state_dict().items()}

    def conv(name: str, maps: Map) -> Map:
        kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        rows = [
            sum(correlate(maps[i], kernel[o, i], mode="constant") for i in range(len(maps))) + bias[o]
            for o in range(len(kernel))
        ]
        return np.stack(rows)

    def bent(maps: Map) -> Map:
        return np.where(maps > 0, maps, 0.2 * maps)

    stream = first = conv("conv_first", x)
    for b in range(made.shape.blocks):
        y = stream
        for r in (1, 2, 3):
            seen = y
            for k in (1, 2, 3, 4):
                seen = np.concatenate([seen, bent(conv(f"body.{b}.rdb{r}.conv{k}", seen))])
            y = y + 0.2 * conv(f"body.{b}.rdb{r}.conv5", seen)
        stream = stream + 0.2 * y
    y = first + conv("conv_body", stream)
    for k in range(made.shape.doublings):
        y = bent(conv(f"conv_up{k + 1}", y.repeat(2, axis=1).repeat(2, axis=2)))
    return conv("conv_last", bent(conv("conv_hr", y)))
