"""The discriminator of StyleGAN2: pictures to one logit each."""

import math
from typing import cast

import torch
from torch import Tensor, nn

from gan.config import NetConfig
from gan.layers import Block, Conv2d, FullyConnected, LabelledStack, minibatch_stddev
from gan.operators import FIR_1331, HALF_SQRT, blur, setup_filter


class DiscriminatorBlock(Block):
    """From resolution r to r/2."""

    resample_filter: Tensor

    def __init__(self, config: NetConfig, resolution: int) -> None:
        super().__init__(config, resolution)
        self.skips = config.architecture_d == "skip"
        self.residual = config.architecture_d == "resnet"
        wide, below, clamp = config.width(resolution), config.width(resolution // 2), config.conv_clamp
        self.register_buffer("resample_filter", setup_filter(FIR_1331))
        self.fromrgb: Conv2d | None = None
        if self.skips or resolution == config.resolution:
            self.fromrgb = Conv2d(config.channels, wide, 1, clamp=clamp)
        self.conv0 = Conv2d(wide, wide, 3, clamp=clamp)
        self.conv1 = Conv2d(wide, below, 3, down=2, clamp=clamp)
        self.skip = Conv2d(wide, below, 1, act="linear", down=2) if self.residual else None

    def forward(self, x: Tensor | None, image: Tensor) -> tuple[Tensor, Tensor]:
        """x `[N, I, r, r]`, none before the first block, to r/2; so too the image where each block looks at it."""
        dtype = self.dtype(image.device)
        if self.fromrgb is not None:
            seen = self.fromrgb(image.to(dtype))
            x = seen if x is None else x.to(dtype) + seen
        x = cast("Tensor", x).to(dtype)  # the first block has fromrgb
        if self.skips:
            image = blur(image, self.resample_filter, padding=1, stride=2)
        if self.skip is None:
            return self.conv1(self.conv0(x)), image
        y = self.skip(x, gain=HALF_SQRT)  # [N, O, r/2, r/2]
        return y + self.conv1(self.conv0(x), gain=HALF_SQRT), image


class Epilogue(nn.Module):
    """The block at 4 px: minibatch standard deviation, convolution, two fully connected layers. Always float32."""

    def __init__(self, config: NetConfig, *, wide_out: int) -> None:
        super().__init__()
        self.group_size, self.mbstd_channels = config.mbstd_group_size, config.mbstd_channels
        wide = config.width(4)
        self.fromrgb = Conv2d(config.channels, wide, 1) if config.architecture_d == "skip" else None
        self.conv = Conv2d(wide + config.mbstd_channels, wide, 3, clamp=config.conv_clamp)
        self.fc = FullyConnected(wide * 16, wide, act="lrelu")
        self.out = FullyConnected(wide, wide_out)

    def forward(self, x: Tensor, image: Tensor) -> Tensor:
        """x `[N, I, 4, 4]` to `[N, wide_out]`."""
        x = x.float() if self.fromrgb is None else x.float() + self.fromrgb(image.float())
        x = self.conv(minibatch_stddev(x, group_size=self.group_size, channels=self.mbstd_channels))  # [N, O, 4, 4]
        y: Tensor = self.out(self.fc(x.flatten(1)))
        return y


class LabelMapping(LabelledStack):
    """A one-hot label c `[N, K]` to `[N, wide]`, which the discriminator's features are projected on."""

    def forward(self, c: Tensor | None) -> Tensor:
        return self.through(self.embedded(c))


class Discriminator(nn.Module):
    """D(image, c): image `[N, C, R, R]` in [-1, 1] gives logits `[N, 1]`, high for what it takes to be real."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        self.cmap_dim = config.width(4) if config.c_dim else 0
        self.high = [r for r in reversed(config.resolutions) if r > 4]
        for resolution in self.high:
            self.add_module(f"b{resolution}", DiscriminatorBlock(config, resolution))
        self.b4 = Epilogue(config, wide_out=self.cmap_dim or 1)
        self.mapping = None
        if config.c_dim:
            wide, layers = self.cmap_dim, config.mapping_layers_d
            self.mapping = LabelMapping(wide, wide, layers=layers, c_dim=config.c_dim)

    def block(self, resolution: int) -> DiscriminatorBlock:
        return cast("DiscriminatorBlock", self.get_submodule(f"b{resolution}"))

    def forward(self, image: Tensor, c: Tensor | None = None) -> Tensor:
        x, rest = None, image.contiguous(memory_format=torch.channels_last)
        for resolution in self.high:
            x, rest = self.block(resolution)(x, rest)
        y: Tensor = self.b4(x, rest)
        if self.mapping is None:
            return y
        logits: Tensor = (y * self.mapping(c)).sum(dim=1, keepdim=True) / math.sqrt(self.cmap_dim)
        return logits
