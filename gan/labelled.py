"""Networks that learn labels, from a base that knows none, or fewer: at first they draw and judge as the base does."""

import math
from dataclasses import replace

import torch
from torch import Tensor

from gan.device import placed
from gan.discriminator import Discriminator
from gan.generator import Generator, one_hot

MOST_FITTED = 1024  # labels that D is fitted to; where there are more, the others are near them
HEARD = 0.5  # how loud a label is at first beside z, which the base knows; measured, see docs/learning.md


@torch.no_grad()
def labelled(G: Generator, D: Discriminator, c_dim: int, *, seed: int) -> tuple[Generator, Discriminator]:
    """G and D for `c_dim` labels, at least as many as they know; what is new is drawn from `seed`."""
    config = replace(G.config, c_dim=c_dim)
    with torch.random.fork_rng(devices=[]):  # the caller's own random state stays as it was
        torch.manual_seed(seed)
        taught, judge = Generator(config), Discriminator(config)
    for source, target in ((G, taught), (D, judge)):
        given = source.state_dict()
        for name, value in target.state_dict().items():
            if name in given and given[name].shape[:1] == value.shape[:1]:
                _keep(given[name], value)
    if not G.config.c_dim and judge.mapping is not None:
        taught.state_dict()["mapping.fc0.weight"][:, G.z_dim :] *= HEARD
        # D's features are projected on what becomes of a label: for each of them, that is to be the base's one number.
        seen = judge.mapping(one_hot(range(min(c_dim, MOST_FITTED)), c_dim, torch.device("cpu")))  # [K, C]
        share = torch.linalg.pinv(seen, rtol=1e-3).sum(dim=1) * math.sqrt(judge.cmap_dim)  # [C]
        judge.b4.out.weight.copy_(share[:, None] * D.b4.out.weight)
        judge.b4.out.bias.copy_(share * D.b4.out.bias)
    return placed(taught, G.mapping.w_avg.device), placed(judge, D.b4.out.weight.device)


def _keep(known: Tensor, grown: Tensor) -> None:
    """Let a layer do with the inputs that it knows what it did: its weights count as 1 / sqrt(inputs)."""
    if known.shape == grown.shape:
        grown.copy_(known)
    else:
        grown[:, : known.shape[1]] = known * math.sqrt(grown.shape[1] / known.shape[1])
