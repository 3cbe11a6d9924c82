"""Bias and activation in one, with the gains that keep the variance of a layer at 1."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

SLOPE = 0.2  # of the leaky ReLU below zero


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


_leaky_relu: Callable[..., Tensor] = _LeakyRelu.apply
_mask: Callable[..., Tensor] = _Mask.apply


def _swish(x: Tensor) -> Tensor:
    return torch.sigmoid(x) * x


# Name -> (function, gain that keeps unit variance).
ACTIVATIONS: Mapping[str, tuple[Callable[[Tensor], Tensor], float]] = MappingProxyType(
    {
        "linear": (lambda x: x, 1.0),
        "relu": (F.relu, math.sqrt(2)),
        "lrelu": (lambda x: F.leaky_relu(x, SLOPE), math.sqrt(2)),
        "tanh": (torch.tanh, 1.0),
        "sigmoid": (torch.sigmoid, 1.0),
        "elu": (F.elu, 1.0),
        "selu": (F.selu, 1.0),
        "softplus": (F.softplus, 1.0),
        "swish": (_swish, math.sqrt(2)),
    }
)


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

    Derivatives of any order; for "lrelu" with the usual slope they cost one pass over the picture each. `inplace` lets
    x be overwritten: only for what no derivative needs, such as the output of a convolution.
    """
    function, own_gain = ACTIVATIONS[act]
    gain = own_gain if gain is None else gain
    if b is not None:
        b = b.to(x.dtype).reshape(1, -1, *[1] * (x.ndim - 2))
        x = x.add_(b) if inplace else x + b
    if act == "lrelu" and alpha == SLOPE and gain > 0:
        x = _leaky_relu(x, gain, inplace or b is not None)
    else:
        x = F.leaky_relu(x, alpha) if act == "lrelu" else function(x)
        x = x * gain if gain != 1 else x
    return x if clamp is None else x.clamp(-clamp, clamp)
