"""Draws and pictures of steps for tests, as a training makes them."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gan.dataset import Order
from gan.randomness import Draws


def counted_draws(*, seed: int = 0, step: int = 0) -> Draws:
    return Draws(seed=seed, step=step, z_dim=32, num_ws=8, mixing_prob=0.9, device=torch.device("cpu"))


def real_of(order: Order) -> Callable[[Sequence[int]], tuple[Tensor, list[int]]]:
    """Pictures of the first step in [-1, 1], without labels."""
    return lambda at: (torch.from_numpy(order.batch(at)).float() / 127.5 - 1, [])
