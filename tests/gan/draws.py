"""Draws for tests: counted ones, as a training makes them."""

import torch

from gan.randomness import Draws


def counted_draws(*, seed: int = 0, step: int = 0) -> Draws:
    return Draws(seed=seed, step=step, z_dim=32, num_ws=8, mixing_prob=0.9, device=torch.device("cpu"))
