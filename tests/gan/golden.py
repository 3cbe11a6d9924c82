"""Reading golden vectors, and the comparison that their README states."""

import os
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

FOLDER = Path(__file__).parent.parent / "golden"
DEVICE = torch.device(os.environ.get("GOLDEN_DEVICE", "cpu"))
torch.backends.cudnn.allow_tf32 = False  # the vectors are of full float32; nothing to a CPU


def vectors(name: str) -> dict[str, Tensor]:
    return load_file(FOLDER / f"{name}.safetensors", device=str(DEVICE))


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those under `prefix`, without it."""
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def assert_close(actual: Tensor, expected: Tensor, absolute: float, relative: float, name: str = "") -> None:
    """Equal within `absolute`, or within `relative` of the largest expected value; twice that on a card, whose sums go
    in another order than those of the processor that made the vectors."""
    assert actual.shape == expected.shape, (name, actual.shape, expected.shape)
    error = float((actual.cpu() - expected.cpu()).abs().max())
    bound = max(absolute, relative * float(expected.abs().max())) * (1 if DEVICE.type == "cpu" else 2)
    assert error <= bound, f"{name}: off by {error:.3g}, allowed {bound:.3g}"
