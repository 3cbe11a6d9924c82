"""The losses, each a function of the paper's equation."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F


def generator_loss(fake_logits: Tensor) -> Tensor:
    """-log sigmoid(D(G(z))), the non-saturating loss (Goodfellow et al. 2014, Sec. 3), of logits `[N, 1]`."""
    return F.softplus(-fake_logits)


def discriminator_loss(fake_logits: Tensor) -> Tensor:
    """-log(1 - sigmoid(D(G(z)))), the half of D's loss that fakes bring; logits `[N, 1]` give `[N, 1]`."""
    return F.softplus(fake_logits)


def real_loss(real_logits: Tensor) -> Tensor:
    """-log sigmoid(D(real)), the other half; logits `[N, 1]` give `[N, 1]`."""
    return F.softplus(-real_logits)


def r1_penalty(real: Tensor, logits: Tensor) -> Tensor:
    """|grad D(real)|^2, R1 (Mescheder et al. 2018, Eq. 9) without its gamma/2; real `[N, C, H, W]` gives `[N]`."""
    (grad,) = torch.autograd.grad(logits.sum(), real, create_graph=True)  # [N, C, H, W]
    return grad.square().sum(dim=[1, 2, 3])


class PathLength(NamedTuple):
    """Path-length regularisation of one batch: penalty and length `[N]`, and the moved mean."""

    penalty: Tensor
    length: Tensor
    pl_mean: Tensor


Mean = Callable[[Tensor], Tensor]


def path_length(
    image: Tensor, ws: Tensor, noise: Tensor, *, pl_mean: Tensor, decay: float, mean: Mean = torch.mean
) -> PathLength:
    """(|J_w^T y| - a)^2 (Karras et al. 2020, Eq. 4), a the running mean of |J_w^T y|, moved before it is used.

    image `[N, C, H, W]` is drawn from ws `[N, L, W]`; noise is N(0, 1) of the image's shape. `mean` takes the mean of
    lengths `[N]`, over all processes where there are several. The gradient flows through the moved mean too."""
    y = noise / math.sqrt(image.shape[2] * image.shape[3])
    (grad,) = torch.autograd.grad((image * y).sum(), ws, create_graph=True)  # [N, L, W]
    length = grad.square().sum(dim=2).mean(dim=1).sqrt()  # [N]
    moved = pl_mean.lerp(mean(length), decay)  # []
    return PathLength((length - moved).square(), length.detach(), moved.detach())
