"""The discriminator of StyleGAN2: pictures to one logit each."""

import math
from typing import cast

import torch
from torch import Tensor, nn

from gan.config import NetConfig
from gan.fir import FIR_1331, HALF_SQRT, blur, setup_filter
from gan.layers import Conv2d, FullyConnected, minibatch_stddev, normalize_2nd_moment


class DiscriminatorBlock(nn.Module):
    """From resolution r to r/2."""

    resample_filter: Tensor

    def __init__(self, config: NetConfig, resolution: int) -> None:
        super().__init__()
        self.skips = config.architecture_d == "skip"
        self.residual = config.architecture_d == "resnet"
        self.half_precision = config.half_precision(resolution)
        wide, below, clamp = config.width(resolution), config.width(resolution // 2), config.conv_clamp
        self.register_buffer("resample_filter", setup_filter(FIR_1331))
        self.fromrgb: Conv2d | None = None
        if self.skips or resolution == config.resolution:
            self.fromrgb = Conv2d(config.channels, wide, kernel=1, act="lrelu", conv_clamp=clamp)
        self.conv0 = Conv2d(wide, wide, kernel=3, act="lrelu", conv_clamp=clamp)
        self.conv1 = Conv2d(wide, below, kernel=3, act="lrelu", down=2, conv_clamp=clamp)
        self.skip = Conv2d(wide, below, kernel=1, bias=False, down=2) if self.residual else None

    def forward(self, x: Tensor | None, image: Tensor) -> tuple[Tensor, Tensor]:
        """x `[N, I, r, r]`, none before the first block, to r/2; so too the image where each block looks at it."""
        dtype = torch.float16 if self.half_precision and image.is_cuda else torch.float32
        if x is None:  # only before the first block, which always has fromrgb
            x = cast("Conv2d", self.fromrgb)(image.to(dtype))
        elif self.fromrgb is not None:
            x = x.to(dtype) + self.fromrgb(image.to(dtype))
        x = cast("Tensor", x).to(dtype)
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
        self.fromrgb: Conv2d | None = None
        if config.architecture_d == "skip":
            self.fromrgb = Conv2d(config.channels, wide, kernel=1, act="lrelu")
        self.conv = Conv2d(wide + config.mbstd_channels, wide, kernel=3, act="lrelu", conv_clamp=config.conv_clamp)
        self.fc = FullyConnected(wide * 16, wide, act="lrelu")
        self.out = FullyConnected(wide, wide_out)

    def forward(self, x: Tensor, image: Tensor) -> Tensor:
        x = x.float()
        if self.fromrgb is not None:
            x = x + self.fromrgb(image.float())
        x = minibatch_stddev(x, group_size=self.group_size, channels=self.mbstd_channels)
        x = self.conv(x)  # [N, O, 4, 4]
        y: Tensor = self.out(self.fc(x.flatten(1)))  # [N, wide_out]
        return y


class LabelMapping(nn.Module):
    """A one-hot label c `[N, K]` to `[N, wide]`, which the discriminator's features are projected on."""

    def __init__(self, config: NetConfig, *, wide: int) -> None:
        super().__init__()
        self.layers = config.mapping_layers_d
        self.embed = FullyConnected(config.c_dim, wide)
        for i in range(self.layers):
            self.add_module(f"fc{i}", FullyConnected(wide, wide, act="lrelu", lr_multiplier=0.01))

    def forward(self, c: Tensor) -> Tensor:
        x = normalize_2nd_moment(self.embed(c.float()))
        for i in range(self.layers):
            x = self.get_submodule(f"fc{i}")(x)
        return x


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
        self.mapping = LabelMapping(config, wide=self.cmap_dim) if config.c_dim else None

    def block(self, resolution: int) -> DiscriminatorBlock:
        return cast("DiscriminatorBlock", self.get_submodule(f"b{resolution}"))

    def forward(self, image: Tensor, c: Tensor | None = None) -> Tensor:
        x: Tensor | None = None
        rest = image.contiguous(memory_format=torch.channels_last)
        for resolution in self.high:
            x, rest = self.block(resolution)(x, rest)
        y: Tensor = self.b4(x, rest)
        if self.mapping is None:
            return y
        if c is None:
            raise ValueError("the network is conditional; give a label c [N, c_dim]")
        logits: Tensor = (y * self.mapping(c)).sum(dim=1, keepdim=True) * (1 / math.sqrt(self.cmap_dim))
        return logits  # [N, 1]
