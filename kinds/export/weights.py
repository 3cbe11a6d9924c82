"""The weights of a pack: half precision wherever nobody can see the difference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import safetensors.numpy
import torch

from gan.config import NetConfig
from gan.generate import drawn, latents
from gan.generator import Generator
from gan.model import fill
from kinds.export.graph import FP16_MAX, Tensors

LOOKED_AT = 4  # pictures that are drawn with both
MOST_LEVELS = 1  # of 255, that half precision may change in them


def read(folder: Path) -> Tensors:
    """Read the tensors of a model folder as they are kept."""
    found: Tensors = safetensors.numpy.load_file(folder / "generator.safetensors")
    return found


def halved(tensors: Tensors) -> Tensors:
    """Round matrices and larger to half precision; vectors, and what it cannot hold, stay."""
    return {
        name: value.astype(np.float16) if value.ndim >= 2 and float(np.abs(value).max(initial=0)) <= FP16_MAX else value
        for name, value in tensors.items()
    }


def lightest(config: NetConfig, G: Generator, tensors: Tensors) -> Tensors:
    """Give the tensors in half precision, unless pictures drawn with them differ from those of `G`.

    Most models are kept in half precision already: then these are they, to the bit.
    """
    half = halved(tensors)
    if all(half[name].dtype == value.dtype for name, value in tensors.items()):
        return half
    rounded = {name: torch.from_numpy(np.asarray(value, np.float32)) for name, value in half.items()}
    other = fill(Generator(config), rounded, source="half precision").eval().requires_grad_(False)
    z = latents(range(LOOKED_AT), config.z_dim)
    one, two = (drawn(each, z, batch=1).astype(np.int16) for each in (G, other))
    return half if int(np.abs(one - two).max()) <= MOST_LEVELS else tensors
