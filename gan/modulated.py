"""Convolutions with a change of resolution, and the modulated convolution of StyleGAN2."""

import math

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d

from gan.fir import blur, upsample_1331


def conv2d_resample(x: Tensor, w: Tensor, f: Tensor, *, up: int = 1, down: int = 1, flip_weight: bool = True) -> Tensor:
    """Convolve x `[N, I, H, W]` with w `[O, I, k, k]`, k 1 or 3, padded by k//2, at up or down 1 or 2.

    `flip_weight` true is a correlation, as PyTorch's conv2d; false a convolution. `f` is [1, 3, 3, 1] as `[4, 4]`.
    Up: zero insertion, convolution and blur, which for k = 3 is a transposed convolution followed by the blur.
    Down: blur, then a convolution with stride 2.
    """
    k = w.shape[-1]
    if k == 3 and up == 2:
        weight = (w.flip([2, 3]) if flip_weight else w).transpose(0, 1)
        return blur(conv_transpose2d(x, weight, stride=2), f, padding=1, gain=4.0)  # [N, O, 2H, 2W]
    weight = w if flip_weight or k == 1 else w.flip([2, 3])
    if k == 1 and up == 2:
        return upsample_1331(conv2d(x, weight))  # [N, O, 2H, 2W]
    if k == 1 and down == 2:
        return conv2d(blur(x, f, padding=1, stride=2), weight)  # [N, O, H/2, W/2]
    if down == 2:
        return conv2d(blur(x, f, padding=2), weight, stride=2)  # [N, O, H/2, W/2]
    return conv2d(x, weight, padding=k // 2)  # [N, O, H, W]


def modulated_conv2d(
    x: Tensor,
    w: Tensor,
    s: Tensor,
    f: Tensor,
    *,
    up: int = 1,
    demodulate: bool = True,
    noise: Tensor | None = None,
    flip_weight: bool = True,
) -> Tensor:
    """Convolve each sample with its own weights w' = w * s (Karras et al. 2020, Eq. 1), demodulated (Eq. 3).

    x `[N, I, H, W]`, w `[O, I, k, k]`, s `[N, I]`, noise `[N, 1, H', W']` or `[H', W']`, added after demodulation.

    The activations are scaled instead of the weights, so that one plain convolution serves the whole batch. The scale
    1/sqrt(I*k*k), which demodulation takes out again, keeps sums small enough for half precision.
    """
    if demodulate:
        fan_in = w.shape[1] * w.shape[2] * w.shape[3]
        s = s * (1 / math.sqrt(fan_in))  # [N, I]
        power = w.square().sum(dim=[2, 3])  # [O, I]
        d = (s.square() @ power.t() + 1e-8 / fan_in).rsqrt()  # [N, O]
    if w.shape[-1] == 1 and up == 1 and not demodulate:
        y = _mix_channels(x, (w[:, :, 0, 0] * s[:, None]).to(x.dtype))
        return y if noise is None else y + noise.to(y.dtype)
    x = x * s.to(x.dtype)[:, :, None, None]
    y = conv2d_resample(x, w.to(x.dtype), f, up=up, flip_weight=flip_weight)  # [N, O, H', W']
    if demodulate and noise is not None:
        return torch.addcmul(noise.to(y.dtype), y, d.to(y.dtype)[:, :, None, None])
    if demodulate:
        return y * d.to(y.dtype)[:, :, None, None]
    return y if noise is None else y + noise.to(y.dtype)


def _mix_channels(x: Tensor, w: Tensor) -> Tensor:
    """A 1x1 convolution of x `[N, I, H, W]` with own weights w `[N, O, I]` for each sample, as matrix products.

    In channels_last nothing is moved; and x is read once, where scaling it first would write it again.
    """
    n, i, h, width = x.shape
    y = x.permute(0, 2, 3, 1).reshape(n, h * width, i) @ w.transpose(1, 2)  # [N, HW, O]
    return y.reshape(n, h, width, -1).permute(0, 3, 1, 2)  # [N, O, H, W]
