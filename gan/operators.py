"""The operators in plain PyTorch: FIR filters, bias and activation, modulated and resampling convolutions.

`upfirdn2d` is the general definition of up- and down-sampling; `blur` and `upsample_1331`, which the networks run, are
fast and exact cases of it. Filters and leaky ReLU are autograd functions whose derivatives of any order are themselves.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

SLOPE = 0.2  # of the leaky ReLU below zero
FIR_1331 = (1.0, 3.0, 3.0, 1.0)
HALF_SQRT = math.sqrt(0.5)
XY = int | Sequence[int]  # one number, or one for x and one for y


def setup_filter(taps: Sequence[float] | Tensor, *, gain: float = 1.0) -> Tensor:
    """Make a filter of sum 1, times `gain`: `[k]` where it has 8 taps or more, else the outer product `[k, k]`."""
    f = torch.as_tensor(taps, dtype=torch.float32)
    f = torch.outer(f, f) if f.ndim == 1 and f.numel() < 8 else f
    filled: Tensor = f / f.sum() * gain ** (f.ndim / 2)
    return filled


def _pair(value: XY) -> Sequence[int]:
    return (value, value) if isinstance(value, int) else value


def _around(padding: XY) -> tuple[int, int, int, int]:
    """One number, [x, y] or [x0, x1, y0, y1] as (x0, x1, y0, y1)."""
    given = _pair(padding)
    x0, x1, y0, y1 = given if len(given) == 4 else (given[0], given[0], given[1], given[1])
    return x0, x1, y0, y1


def upfirdn2d(
    x: Tensor, f: Tensor, *, up: XY = 1, down: XY = 1, padding: XY = 0, flip_filter: bool = False, gain: float = 1
) -> Tensor:
    """Insert up - 1 zeros after each pixel of x `[N, C, H, W]`, pad, convolve with `f`, keep every `down`-th pixel.

    A 1-D filter runs along x, then along y. Negative padding crops. `flip_filter` correlates instead of convolving."""
    (up_x, up_y), (down_x, down_y), (n, c, h, w) = _pair(up), _pair(down), x.shape
    x = F.pad(x.reshape(n, c, h, 1, w, 1), [0, up_x - 1, 0, 0, 0, up_y - 1])  # [N, C, H, up, W, up]
    x = F.pad(x.reshape(n, c, h * up_y, w * up_x), _around(padding))
    f = (f * gain ** (f.ndim / 2)).to(x.dtype)
    f = f if flip_filter else f.flip(list(range(f.ndim)))
    if f.ndim == 2:
        return F.conv2d(x, _for_each(x, f), stride=(down_y, down_x), groups=c)
    x = F.conv2d(x, _for_each(x, f[None, :]), stride=(1, down_x), groups=c)
    return F.conv2d(x, _for_each(x, f[:, None]), stride=(down_y, 1), groups=c)


def _for_each(x: Tensor, f: Tensor) -> Tensor:
    """The kernel `[C, 1, h, w]` that filters every channel of x `[N, C, H, W]` with f `[h, w]`."""
    return f[None, None].expand(x.shape[1], 1, *f.shape)


def upsample2d(x: Tensor, f: Tensor, *, up: int = 2) -> Tensor:
    """Enlarge x `[N, C, H, W]` to `[N, C, up*H, up*W]`, keeping its brightness; f `[k]` or `[k, k]`."""
    before, after = (len(f) + up - 1) // 2, (len(f) - up) // 2
    return upfirdn2d(x, f, up=up, padding=(before, after, before, after), gain=up * up)


def downsample2d(x: Tensor, f: Tensor, *, down: int = 2, padding: XY = 0, flip_filter: bool = False) -> Tensor:
    """Shrink x `[N, C, H, W]` to `[N, C, H/down, W/down]` with f `[k]` or `[k, k]`; `padding` comes on top."""
    x0, x1, y0, y1 = _around(padding)
    before, after = (len(f) - down + 1) // 2, (len(f) - down) // 2
    pads = (before + x0, after + x1, before + y0, after + y1)
    return upfirdn2d(x, f, down=down, padding=pads, flip_filter=flip_filter)


def filter2d(x: Tensor, f: Tensor) -> Tensor:
    """Filter x `[N, C, H, W]` with f `[k]` or `[k, k]` at the same size."""
    return downsample2d(x, f, down=1)


class _Filter(torch.autograd.Function):
    """Correlation of every channel with f, or its adjoint; without a gradient for f, which would be dear."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor, padding: int, stride: int, adjoint: bool) -> Tensor:
        ctx.save_for_backward(f)
        ctx.geometry = padding, stride, not adjoint
        if adjoint and (stride == 1 or x.is_cuda or x.dtype == torch.bfloat16):
            # The same as a correlation with the filter flipped, of what lies `stride` apart among zeros; quicker.
            x = x if stride == 1 else apart(x, stride)
            f, padding, stride, adjoint = f.flip([0, 1]), f.shape[0] - 1 - padding, 1, False
        conv = F.conv_transpose2d if adjoint else F.conv2d
        # On a card, PyTorch has a quick kernel for each channel by itself, but in the plain layout alone; what is in
        # channels_last goes to cuDNN, which is slow at it.
        laid, kernel = (x.contiguous(), _for_each(x, f).contiguous()) if x.is_cuda else (x, _for_each(x, f))
        y = conv(laid, kernel, stride=stride, padding=padding, groups=x.shape[1])
        return y.contiguous(memory_format=torch.channels_last) if x.is_cuda else y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _filter(grads[0], ctx.saved_tensors[0], *ctx.geometry), None, None, None, None


_filter: Callable[..., Tensor] = _Filter.apply


def apart(x: Tensor, stride: int) -> Tensor:
    """Put zeros between the pixels of x `[N, C, H, W]`, so that they lie `stride` apart; laid out for `_Filter`."""
    n, c, h, w = x.shape
    size = (n, c, (h - 1) * stride + 1, (w - 1) * stride + 1)
    laid = torch.contiguous_format if x.is_cuda else torch.channels_last
    y = torch.empty(size, dtype=x.dtype, device=x.device, memory_format=laid).zero_()
    y[:, :, ::stride, ::stride] = x
    return y


def blur(x: Tensor, f: Tensor, *, padding: int, stride: int = 1, gain: float = 1) -> Tensor:
    """Filter x `[N, C, H, W]` with f `[k, k]`, the same padding on all sides, every `stride`-th pixel kept.

    H + 2 * padding - k must be a multiple of the stride."""
    return _filter(x, f.flip([0, 1]).to(x.dtype) * gain, padding, stride, False)


def upsample_1331(x: Tensor) -> Tensor:
    """Enlarge x `[N, C, H, W]` twice with the filter [1, 3, 3, 1].

    Bilinear interpolation has the same taps but repeats the border where the filter sees zeros; hence a ring of zeros.
    """
    y = F.interpolate(F.pad(x, [1, 1, 1, 1]), scale_factor=2, mode="bilinear", align_corners=False)
    return y[:, :, 2:-2, 2:-2]  # [N, C, 2H, 2W]


class _Bias(torch.autograd.Function):
    """x + b. The gradient by b is summed up row by row, then in float64: in channels_last a sum of a whole map in
    float32 is off by so much that Adam, for which only the direction counts, takes another way."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, b: Tensor, inplace: bool) -> Tensor:
        wide = b.reshape(1, -1, *[1] * (x.ndim - 2))
        if inplace:
            ctx.mark_dirty(x)
        return x.add_(wide) if inplace else x + wide

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = grads
        last = grad.movedim(1, -1)  # [N, ..., C], as channels_last lies in memory
        rows = last.sum(dim=-2, dtype=torch.promote_types(grad.dtype, torch.float32)) if grad.ndim > 2 else grad
        return grad, rows.double().sum(dim=[*range(rows.ndim - 1)]).to(grad.dtype), None


class _LeakyRelu(torch.autograd.Function):
    """Leaky ReLU times a gain. Only the output is kept: its sign tells where the input was negative."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, gain: float, inplace: bool) -> Tensor:
        y = F.leaky_relu(x, SLOPE, inplace)
        if inplace:
            ctx.mark_dirty(x)
        y = y.mul_(gain) if gain != 1 else y
        ctx.save_for_backward(y)
        ctx.gain = gain
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _mask(grads[0], ctx.saved_tensors[0], ctx.gain), None, None


class _Mask(torch.autograd.Function):
    """The derivative of the leaky ReLU, which is linear and its own adjoint; so every higher derivative is this."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, y: Tensor, gain: float) -> Tensor:
        ctx.save_for_backward(y)
        ctx.gain = gain
        masked: Tensor = torch.ops.aten.leaky_relu_backward(grad, y, SLOPE, True)
        return masked.mul_(gain) if gain != 1 else masked

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _mask(grads[0], ctx.saved_tensors[0], ctx.gain), None, None


_add_bias: Callable[..., Tensor] = _Bias.apply
_leaky_relu: Callable[..., Tensor] = _LeakyRelu.apply
_mask: Callable[..., Tensor] = _Mask.apply
ROOT2 = math.sqrt(2)
ACTIVATIONS: Mapping[str, tuple[Callable[[Tensor], Tensor], float]] = {
    # name -> function, and the gain that keeps the variance of a layer at 1
    "linear": (lambda x: x, 1.0),
    "relu": (F.relu, ROOT2),
    "swish": (F.silu, ROOT2),
    "tanh": (torch.tanh, 1.0),
    "lrelu": (lambda x: F.leaky_relu(x, SLOPE), ROOT2),
    "sigmoid": (torch.sigmoid, 1.0),
    "elu": (F.elu, 1.0),
    "selu": (F.selu, 1.0),
    "softplus": (F.softplus, 1.0),
}


def bias_act(
    x: Tensor,
    b: Tensor | None = None,
    *,
    act: str = "linear",
    alpha: float = SLOPE,
    gain: float | None = None,
    clamp: float | None = None,
    inplace: bool = False,
) -> Tensor:
    """clamp(gain * act(x + b), +-clamp); x `[N, C, ...]`, b `[C]`; `alpha` is the slope of "lrelu".

    `inplace` lets x be overwritten: only for what no derivative needs, such as the output of a convolution."""
    function, own_gain = ACTIVATIONS[act]
    gain = own_gain if gain is None else gain
    if b is not None:
        x = _add_bias(x, b.to(x.dtype), inplace)
    if act == "lrelu" and alpha == SLOPE and gain > 0:
        x = _leaky_relu(x, gain, inplace or b is not None)
    else:
        x = F.leaky_relu(x, alpha) if act == "lrelu" else function(x)
        x = x if gain == 1 else x * gain
    return x if clamp is None else x.clamp(-clamp, clamp)


class _Conv(torch.autograd.Function):
    """A 3x3 convolution, or its adjoint, which is transposed; bilinear, so each derivative is one of the two here.

    Without AVX-512, oneDNN takes twice as long for a gradient by the weights as for one by the input; `_ConvWeight`
    does not."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, stride: int, padding: int, transposed: bool) -> Tensor:
        ctx.save_for_backward(x, w)
        ctx.geometry = stride, padding, transposed
        if transposed:
            return F.conv_transpose2d(x, w.contiguous(), stride=stride, padding=padding)
        return F.conv2d(x, w, stride=stride, padding=padding)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (x, w), (stride, padding, transposed) = ctx.saved_tensors, ctx.geometry
        by_x = conv(grads[0], w, stride, padding, not transposed) if ctx.needs_input_grad[0] else None
        by_w = _conv_weight(x, grads[0], stride, padding, transposed) if ctx.needs_input_grad[1] else None
        return by_x, by_w, None, None, None


class _ConvWeight(torch.autograd.Function):
    """The gradient by the weights, of the input x and the output's gradient, as nine products of matrices."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, grad: Tensor, stride: int, padding: int, transposed: bool) -> Tensor:
        ctx.save_for_backward(x, grad)
        ctx.geometry = stride, padding, transposed
        large, small = (grad, x) if transposed else (x, grad)
        (i, (o, h, w)), last = (large.shape[1], small.shape[1:]), 2 // stride
        wide = w + last  # of rows with room for the shift of the last tap, so that a tap is a shift of flat rows
        phases = [(p, q) for p in range(stride) for q in range(stride)]
        found = large.new_zeros(3, 3, o, i)
        for a, b in zip(large.permute(0, 2, 3, 1), small.permute(0, 2, 3, 1), strict=True):  # [H, W, C], in cache
            rows = F.pad(b, [0, 0, 0, last]).reshape(h * wide, o)
            a = F.pad(a, [0, 0, *[padding] * 4]) if padding else a
            parts = {at: _flat(a[at[0] :: stride, at[1] :: stride], h + last + 1, wide) for at in phases}
            for k, tap in enumerate(found.view(9, o, i)):
                (row, p), (column, q) = divmod(k // 3, stride), divmod(k % 3, stride)
                start = row * wide + column
                tap.addmm_(rows.t(), parts[p, q][start : start + h * wide])
        return found.permute(2, 3, 0, 1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (x, grad), (stride, padding, transposed) = ctx.saved_tensors, ctx.geometry
        by_x = conv(grad, grads[0], stride, padding, not transposed)
        return by_x, conv(x, grads[0], stride, padding, transposed), None, None, None


def _flat(part: Tensor, height: int, width: int) -> Tensor:
    """A map [H, W, C] padded with zeros to this size, as rows [height * width, C]."""
    return F.pad(part, [0, 0, 0, width - part.shape[1], 0, height - part.shape[0]]).reshape(height * width, -1)


conv: Callable[..., Tensor] = _Conv.apply
_conv_weight: Callable[..., Tensor] = _ConvWeight.apply
OWN_WEIGHT_GRADIENTS = torch.backends.cpu.get_cpu_capability() == "AVX2"


def convolve(x: Tensor, w: Tensor, *, stride: int = 1, padding: int = 0, transposed: bool = False) -> Tensor:
    """Correlation of x `[N, I, H, W]` with w `[O, I, 3, 3]`, or transposed with `[I, O, 3, 3]`, as is quickest."""
    if OWN_WEIGHT_GRADIENTS and x.device.type == "cpu" and x.dtype == torch.float32:
        return conv(x, w, stride, padding, transposed)
    if transposed:
        return F.conv_transpose2d(x, w.contiguous(), stride=stride, padding=padding)  # not channels_last: half as slow
    return F.conv2d(x, w, stride=stride, padding=padding)


def conv2d_resample(x: Tensor, w: Tensor, f: Tensor, *, up: int = 1, down: int = 1, flip_weight: bool = True) -> Tensor:
    """Convolve x `[N, I, H, W]` with w `[O, I, k, k]`, k 1 or 3, padded by k//2, at up or down 1 or 2.

    `flip_weight` true is a correlation, as PyTorch's conv2d; false a convolution. `f` is [1, 3, 3, 1] as `[4, 4]`.
    Up: zero insertion, convolution and blur, which for k = 3 is a transposed convolution followed by the blur.
    Down: blur, then a convolution with stride 2."""
    if w.shape[-1] == 1:
        x = blur(x, f, padding=1, stride=2) if down == 2 else x
        y = mix_channels(x, w[:, :, 0, 0])
        return upsample_1331(y) if up == 2 else y
    if up == 2:
        weight = (w.flip([2, 3]) if flip_weight else w).transpose(0, 1)
        return blur(convolve(x, weight, stride=2, transposed=True), f, padding=1, gain=4)  # [N, O, 2H, 2W]
    weight = w if flip_weight else w.flip([2, 3])
    if down == 2:
        return convolve(blur(x, f, padding=2), weight, stride=2)  # [N, O, H/2, W/2]
    return convolve(x, weight, padding=1)  # [N, O, H, W]


def mix_channels(x: Tensor, w: Tensor) -> Tensor:
    """A 1x1 convolution of x `[N, I, H, W]` with w `[O, I]`, or `[N, O, I]` for each sample, as a product of matrices.

    In channels_last nothing is moved, and no kernel for wider filters comes in between."""
    n, i, h, width = x.shape
    rows = x.permute(0, 2, 3, 1)  # [N, H, W, I]
    y = rows.reshape(-1, i) @ w.t() if w.ndim == 2 else rows.reshape(n, h * width, i) @ w.transpose(1, 2)
    return y.reshape(n, h, width, -1).permute(0, 3, 1, 2)  # [N, O, H, W]


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
    1/sqrt(I*k*k), which demodulation takes out again, keeps sums small enough for half precision."""
    noise = None if noise is None else noise.to(x.dtype)
    if w.shape[-1] == 1 and up == 1 and not demodulate:
        y = mix_channels(x, (w[:, :, 0, 0] * s[:, None]).to(x.dtype))  # x is read once, not scaled and written first
        return y if noise is None else y + noise
    fan_in = w[0].numel()
    s = s / math.sqrt(fan_in) if demodulate else s  # [N, I]
    y = conv2d_resample(x * s.to(x.dtype)[:, :, None, None], w.to(x.dtype), f, up=up, flip_weight=flip_weight)
    if not demodulate:
        return y if noise is None else y + noise
    power = w.square().sum(dim=[2, 3])  # [O, I]
    d = (s.square() @ power.t() + 1e-8 / fan_in).rsqrt().to(x.dtype)[:, :, None, None]  # [N, O, 1, 1]
    return y * d if noise is None else torch.addcmul(noise, y, d)  # [N, O, H', W']
