"""Up- and down-sampling with finite impulse response filters, `upfirdn2d`, in plain PyTorch.

`upfirdn2d` is the general definition; `blur` and `upsample_1331` are what the networks run, fast and exact special
cases of it with derivatives of any order.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Padding = tuple[int, int, int, int]  # x0, x1, y0, y1 in pixels; negative crops


def setup_filter(taps: Sequence[float] | Tensor, *, normalize: bool = True, gain: float = 1.0) -> Tensor:
    """Make a filter: 1-D `[k]` where it has 8 taps or more, else the outer product `[k, k]`; its sum is 1."""
    f = torch.as_tensor(taps, dtype=torch.float32)
    if f.ndim == 1 and f.numel() < 8:
        f = torch.outer(f, f)
    if normalize:
        f = f / f.sum()
    scaled: Tensor = f * gain ** (f.ndim / 2)
    return scaled


def pair(value: int | Sequence[int]) -> tuple[int, int]:
    """One number or [x, y] as (x, y)."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def padding4(padding: int | Sequence[int]) -> Padding:
    """One number, [x, y] or [x0, x1, y0, y1] as (x0, x1, y0, y1)."""
    if isinstance(padding, int):
        return padding, padding, padding, padding
    if len(padding) == 2:
        return padding[0], padding[0], padding[1], padding[1]
    return padding[0], padding[1], padding[2], padding[3]


def upfirdn2d(
    x: Tensor,
    f: Tensor,
    *,
    up: int | Sequence[int] = 1,
    down: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    flip_filter: bool = False,
    gain: float = 1.0,
) -> Tensor:
    """Insert up - 1 zeros after each pixel of x `[N, C, H, W]`, pad, convolve with `f`, keep every `down`-th pixel.

    A 1-D filter runs along x, then along y. `flip_filter` correlates instead of convolving.
    """
    (up_x, up_y), (down_x, down_y) = pair(up), pair(down)
    n, c, h, w = x.shape
    x = x.reshape(n, c, h, 1, w, 1)
    x = F.pad(x, [0, up_x - 1, 0, 0, 0, up_y - 1])  # [N, C, H, up, W, up]
    x = x.reshape(n, c, h * up_y, w * up_x)
    x = F.pad(x, padding4(padding))
    f = (f * gain ** (f.ndim / 2)).to(x.dtype)
    f = f if flip_filter else f.flip(list(range(f.ndim)))
    if f.ndim == 2:
        return _depthwise(x, f, (down_y, down_x))
    return _depthwise(_depthwise(x, f[None, :], (1, down_x)), f[:, None], (down_y, 1))


def _depthwise(x: Tensor, f: Tensor, stride: tuple[int, int]) -> Tensor:
    kernel = f[None, None].expand(x.shape[1], 1, *f.shape)
    return F.conv2d(x, kernel, stride=stride, groups=x.shape[1])


def _sizes(f: Tensor) -> tuple[int, int]:
    return f.shape[-1], f.shape[0]


def upsample2d(x: Tensor, f: Tensor, *, up: int = 2) -> Tensor:
    """Enlarge x `[N, C, H, W]` to `[N, C, up*H, up*W]`, keeping its brightness."""
    fw, fh = _sizes(f)
    pads = ((fw + up - 1) // 2, (fw - up) // 2, (fh + up - 1) // 2, (fh - up) // 2)
    return upfirdn2d(x, f, up=up, padding=pads, gain=up * up)


def downsample2d(
    x: Tensor, f: Tensor, *, down: int = 2, padding: int | Sequence[int] = 0, flip_filter: bool = False
) -> Tensor:
    """Shrink x `[N, C, H, W]` to `[N, C, H/down, W/down]`; `padding` comes on top."""
    (fw, fh), extra = _sizes(f), padding4(padding)
    pads = ((fw - down + 1) // 2, (fw - down) // 2, (fh - down + 1) // 2, (fh - down) // 2)
    total = [own + more for own, more in zip(pads, extra, strict=True)]
    return upfirdn2d(x, f, down=down, padding=total, flip_filter=flip_filter)


def filter2d(x: Tensor, f: Tensor) -> Tensor:
    """Filter x `[N, C, H, W]` at the same size."""
    fw, fh = _sizes(f)
    return upfirdn2d(x, f, padding=(fw // 2, (fw - 1) // 2, fh // 2, (fh - 1) // 2))


class _Blur(torch.autograd.Function):
    """Correlation of every channel with one filter; its adjoint is the same with the filter flipped.

    No gradient for the filter, so no derivative of any order needs a convolution's weight gradient.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor, padding: int, stride: int) -> Tensor:
        ctx.save_for_backward(f)
        ctx.geometry = (padding, stride)
        kernel = f[None, None].expand(x.shape[1], 1, *f.shape)
        return F.conv2d(x, kernel, stride=stride, padding=padding, groups=x.shape[1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = grads
        (f,) = ctx.saved_tensors
        padding, stride = ctx.geometry
        if stride == 1:
            return _blur(grad, f.flip([0, 1]), f.shape[0] - 1 - padding, 1), None, None, None
        return _spread(grad, f, padding, stride), None, None, None


class _Spread(torch.autograd.Function):
    """Adjoint of a blur with a stride; `blur` is its adjoint in turn."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor, padding: int, stride: int) -> Tensor:
        ctx.save_for_backward(f)
        ctx.geometry = (padding, stride)
        kernel = f[None, None].expand(x.shape[1], 1, *f.shape)
        return F.conv_transpose2d(x, kernel, stride=stride, padding=padding, groups=x.shape[1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = grads
        (f,) = ctx.saved_tensors
        return _blur(grad, f, *ctx.geometry), None, None, None


_blur: Callable[..., Tensor] = _Blur.apply
_spread: Callable[..., Tensor] = _Spread.apply


def blur(x: Tensor, f: Tensor, *, padding: int, stride: int = 1, gain: float = 1.0) -> Tensor:
    """Filter x `[N, C, H, W]` with f `[k, k]`, the same padding on all sides, every `stride`-th pixel kept.

    H + 2 * padding - k must be a multiple of the stride.
    """
    kernel = f.flip([0, 1]).to(x.dtype)
    return _blur(x, kernel * gain if gain != 1 else kernel, padding, stride)


def upsample_1331(x: Tensor) -> Tensor:
    """Enlarge x `[N, C, H, W]` twice with the filter [1, 3, 3, 1].

    Bilinear interpolation has the same taps but repeats the border where the filter sees zeros; hence the ring of
    zeros, taken off again afterwards.
    """
    y = F.interpolate(F.pad(x, [1, 1, 1, 1]), scale_factor=2, mode="bilinear", align_corners=False)
    return y[:, :, 2:-2, 2:-2]  # [N, C, 2H, 2W]


FIR_1331 = (1.0, 3.0, 3.0, 1.0)
HALF_SQRT = math.sqrt(0.5)
