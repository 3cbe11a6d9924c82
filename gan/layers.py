"""Layers that both networks are made of. Names of parameters are those of published checkpoints."""

import math

import torch
from torch import Tensor, nn

from gan.config import NetConfig
from gan.operators import ACTIVATIONS, FIR_1331, bias_act, conv2d_resample, modulated_conv2d, setup_filter

Clamp = float | None  # the largest magnitude of an activation


def normalize_2nd_moment(x: Tensor) -> Tensor:
    """x / sqrt(mean of x^2 over dim 1): puts latents `[N, Z]` on a sphere of radius sqrt(Z)."""
    return x * (x.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


class FullyConnected(nn.Module):
    """y = act(x W^T * lr/sqrt(in) + b * lr), a layer with equalised learning rate; x `[N, I]` gives `[N, O]`."""

    def __init__(
        self, wide_in: int, wide_out: int, *, act: str = "linear", lr_multiplier: float = 1, bias_init: float = 0
    ) -> None:
        super().__init__()
        self.act, self.bias_gain = act, lr_multiplier
        self.weight_gain = lr_multiplier / math.sqrt(wide_in)
        self.weight = nn.Parameter(torch.randn(wide_out, wide_in) / lr_multiplier)
        self.bias = nn.Parameter(torch.full([wide_out], float(bias_init)))

    def forward(self, x: Tensor) -> Tensor:
        bias = self.bias if self.bias_gain == 1 else self.bias * self.bias_gain
        y = torch.addmm(bias, x, self.weight.t(), alpha=self.weight_gain)  # [N, O]
        return y if self.act == "linear" else bias_act(y, act=self.act)


class LabelledStack(nn.Module):
    """Layers `fc0`, `fc1` and so on, slow to learn as a mapping's are, and `embed` for one-hot labels c `[N, K]`."""

    def __init__(self, wide_in: int, wide: int, *, layers: int, c_dim: int) -> None:
        super().__init__()
        self.layers, self.c_dim = layers, c_dim
        self.embed = FullyConnected(c_dim, wide) if c_dim else None
        for i in range(layers):
            layer = FullyConnected(wide_in if i == 0 else wide, wide, act="lrelu", lr_multiplier=0.01)
            self.add_module(f"fc{i}", layer)

    def through(self, x: Tensor) -> Tensor:
        """x `[N, I]` through the layers to `[N, O]`."""
        for i in range(self.layers):
            x = self.get_submodule(f"fc{i}")(x)
        return x

    def embedded(self, c: Tensor | None) -> Tensor:
        """The label's part of the input, `[N, O]`, on a sphere."""
        if c is None or self.embed is None:
            raise ValueError("the network is conditional; give a label c [N, c_dim]")
        return normalize_2nd_moment(self.embed(c.float()))


class Block(nn.Module):
    """What is done at one resolution, and the numbers that it is done with; weights are float32 in any case."""

    mixed = False  # in a mixed training, on a device that is quick with bfloat16

    def __init__(self, config: NetConfig, resolution: int) -> None:
        super().__init__()
        self.resolution = resolution
        self.half_precision = resolution > config.resolution // 2**config.num_fp16_res

    def dtype(self, device: torch.device) -> torch.dtype:
        """The type of its maps on a device."""
        half = torch.float16 if self.half_precision and device.type == "cuda" else torch.float32
        return torch.bfloat16 if self.mixed else half


def mix(net: nn.Module) -> None:
    """Have the blocks of `net` from 32 px up work in bfloat16: those below are small, and most sensitive."""
    for block in net.modules():
        if isinstance(block, Block):
            block.mixed = block.resolution >= 32


class Conv2d(nn.Module):
    """Convolution with equalised learning rate, up or down by 2 if asked; bias and activation, or neither if linear."""

    resample_filter: Tensor

    def __init__(
        self, wide_in: int, wide: int, k: int, *, act: str = "lrelu", up: int = 1, down: int = 1, clamp: Clamp = None
    ) -> None:
        super().__init__()
        self.act, self.up, self.down, self.conv_clamp = act, up, down, clamp
        self.weight_gain = 1 / math.sqrt(wide_in * k**2)
        self.register_buffer("resample_filter", setup_filter(FIR_1331))
        self.weight = nn.Parameter(torch.randn(wide, wide_in, k, k))
        self.bias = None if act == "linear" else nn.Parameter(torch.zeros(wide))

    def forward(self, x: Tensor, *, gain: float = 1) -> Tensor:
        weight = (self.weight * self.weight_gain).to(x.dtype)
        # Published networks store the weights of an up-sampling layer for a convolution, all others for a correlation.
        y = conv2d_resample(x, weight, self.resample_filter, up=self.up, down=self.down, flip_weight=self.up == 1)
        whole = weight.shape[-1] > 1  # a 1x1 convolution gives a view, through which nothing may be overwritten
        return _activated(y, self.bias, self.act, gain, self.conv_clamp, inplace=whole)


def _activated(
    y: Tensor, bias: Tensor | None, act: str, gain: float, conv_clamp: Clamp, *, inplace: bool = True
) -> Tensor:
    """The end of a convolution; `gain` is of the layer, beside that of the activation."""
    clamp = None if conv_clamp is None else conv_clamp * gain
    return bias_act(y, bias, act=act, gain=ACTIVATIONS[act][1] * gain, clamp=clamp, inplace=inplace)


class SynthesisLayer(nn.Module):
    """Modulated 3x3 convolution, noise, bias, leaky ReLU (Karras et al. 2020, Fig. 2d)."""

    noise_const: Tensor
    resample_filter: Tensor

    def __init__(
        self, wide_in: int, wide_out: int, *, w_dim: int, resolution: int, up: int = 1, clamp: Clamp = None
    ) -> None:
        super().__init__()
        self.resolution, self.up, self.conv_clamp = resolution, up, clamp
        self.register_buffer("resample_filter", setup_filter(FIR_1331))
        self.affine = FullyConnected(w_dim, wide_in, bias_init=1)
        self.weight = nn.Parameter(torch.randn(wide_out, wide_in, 3, 3))
        self.register_buffer("noise_const", torch.randn(resolution, resolution))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.bias = nn.Parameter(torch.zeros(wide_out))

    def forward(self, x: Tensor, w: Tensor, *, noise: Tensor | None, gain: float = 1) -> Tensor:
        """x `[N, I, H, W]`, w `[N, W]`, noise `[N, 1, r, r]` or `[r, r]` of unit variance, or None."""
        noise = None if noise is None else noise * self.noise_strength
        s, f, up = self.affine(w), self.resample_filter, self.up
        y = modulated_conv2d(x, self.weight, s, f, up=up, noise=noise, flip_weight=up == 1)  # [N, O, r, r]
        return _activated(y, self.bias, "lrelu", gain, self.conv_clamp)


class ToRGB(nn.Module):
    """1x1 modulated convolution to a picture, without demodulation, noise or activation."""

    def __init__(self, wide_in: int, channels: int, *, w_dim: int, clamp: Clamp = None) -> None:
        super().__init__()
        self.conv_clamp, self.weight_gain = clamp, 1 / math.sqrt(wide_in)
        self.affine = FullyConnected(w_dim, wide_in, bias_init=1)
        self.weight = nn.Parameter(torch.randn(channels, wide_in, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x `[N, I, H, W]`, w `[N, W]` give `[N, C, H, W]`."""
        s = self.affine(w) * self.weight_gain  # [N, I]
        y = modulated_conv2d(x, self.weight, s, self.weight, demodulate=False)
        return bias_act(y, self.bias, clamp=self.conv_clamp)


def minibatch_stddev(x: Tensor, *, group_size: int | None, channels: int = 1) -> Tensor:
    """Append `channels` maps with the standard deviation over groups of samples (Karras et al. 2018, Sec. 3).

    x `[N, C, H, W]` gives `[N, C + channels, H, W]`. Members of a group are N/G apart. Statistics are float32."""
    n, c, h, w = x.shape
    group = n if group_size is None else min(group_size, n)
    y = x.float().reshape(group, n // group, channels, c // channels, h, w)  # [G, N/G, F, C/F, H, W]
    y = (y - y.mean(dim=0)).square().mean(dim=0)  # the variance; `var` takes 25 times as long
    y = (y + 1e-8).sqrt().mean(dim=[2, 3, 4])  # [N/G, F]
    return torch.cat([x, y[:, :, None, None].repeat(group, 1, h, w).to(x.dtype)], dim=1)
