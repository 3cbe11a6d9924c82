"""Convolution with derivatives of any order made of the same three kernels.

PyTorch derives the second derivative of a convolution by convolutions whose kernel is as large as the picture, which on
a CPU costs more than the rest of an R1 step. All derivatives of a convolution are convolutions, transposed
convolutions and weight gradients of the first order; the functions here say so.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int, transposed: bool) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = (stride, padding, transposed)
        apply = F.conv_transpose2d if transposed else F.conv2d
        return apply(x, weight, stride=stride, padding=padding)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = grads
        x, weight = ctx.saved_tensors
        stride, padding, transposed = ctx.geometry
        grad_x = _convolve(grad, weight, stride, padding, not transposed) if ctx.needs_input_grad[0] else None
        grad_w = _weight_gradient(grad, x, weight.detach(), *ctx.geometry) if ctx.needs_input_grad[1] else None
        return grad_x, grad_w, None, None, None


class _WeightGradient(torch.autograd.Function):
    """d/dW <grad, conv(x, W)>: linear in `grad` and in `x`; `like` gives the shape of W only."""

    @staticmethod
    def forward(
        ctx: Any, grad: Tensor, x: Tensor, like: Tensor, stride: int, padding: int, transposed: bool
    ) -> Tensor:
        ctx.save_for_backward(grad, x)
        ctx.geometry = (stride, padding, transposed)
        gradients: tuple[Tensor, ...] = torch.ops.aten.convolution_backward(
            grad, x, like, None, [stride] * 2, [padding] * 2, [1, 1], transposed, [0, 0], 1, [False, True, False]
        )
        return gradients[1]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad_w,) = grads
        grad, x = ctx.saved_tensors
        stride, padding, transposed = ctx.geometry
        of_grad = _convolve(x, grad_w, stride, padding, transposed) if ctx.needs_input_grad[0] else None
        of_x = _convolve(grad, grad_w, stride, padding, not transposed) if ctx.needs_input_grad[1] else None
        return of_grad, of_x, None, None, None, None


_convolve: Callable[..., Tensor] = _Convolution.apply
_weight_gradient: Callable[..., Tensor] = _WeightGradient.apply


def conv2d(x: Tensor, weight: Tensor, *, stride: int = 1, padding: int = 0) -> Tensor:
    """Correlate x `[N, I, H, W]` with weight `[O, I, k, k]`; H + 2 * padding - k must be a multiple of the stride."""
    return _convolve(x, weight, stride, padding, False)  # [N, O, H', W']


def conv_transpose2d(x: Tensor, weight: Tensor, *, stride: int = 1, padding: int = 0) -> Tensor:
    """Adjoint of `conv2d`: x `[N, O, H, W]`, weight `[O, I, k, k]` give `[N, I, (H-1)*stride + k - 2*padding, ...]`."""
    return _convolve(x, weight, stride, padding, True)
