"""Networks for another resolution than their base: blocks dropped, or grown so that nothing changes at first.

A grown generator begins with the base's picture, enlarged; a grown discriminator judges the picture, shrunk, as the
base did. What is new learns from there.
"""

import math
from dataclasses import asdict

import torch
from torch import nn

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator, DiscriminatorBlock
from gan.errors import ConfigError
from gan.generator import Generator
from gan.layers import Conv2d
from gan.operators import SLOPE


def check_resizable(base: NetConfig, wanted: NetConfig) -> None:
    """Raise ConfigError unless networks of shape `wanted` can begin with those of a base."""
    there = base.at(wanted.resolution)
    if there != wanted:
        differ = [name for name, value in asdict(there).items() if value != asdict(wanted)[name]]
        raise ConfigError(f"the networks differ from the base's in {', '.join(differ)}; only the resolution may differ")
    if wanted.resolution != base.resolution and base.architecture_g != "skip":
        raise ConfigError(
            f'a generator of architecture "{base.architecture_g}" draws at one resolution alone; train it at '
            f'{base.resolution} px, or take a base of architecture "skip"'
        )


@torch.no_grad()
def resized(G: Generator, D: Discriminator, wanted: NetConfig, *, seed: int) -> tuple[Generator, Discriminator]:
    """G and D for the resolution of `wanted`; what is new is drawn from `seed`, or 0 where it must be silent at first.

    Raises: ConfigError, if the resolution is not all that differs or the generator is not of architecture "skip".
    """
    check_resizable(G.config, wanted)
    while G.resolution != wanted.resolution:
        grows = G.resolution < wanted.resolution
        config = G.config.at(G.resolution * 2 if grows else G.resolution // 2)
        with torch.random.fork_rng(devices=[]):  # the caller's own random state stays as it was
            torch.manual_seed(seed)
            larger, judge = Generator(config), Discriminator(config)
        _copy_shared(G, larger)
        _copy_shared(D, judge)
        if grows:
            torgb = larger.synthesis.block(config.resolution).torgb
            assert torgb is not None  # noqa: S101 - the highest block always draws
            torgb.weight.zero_()
            _see_through(judge.block(config.resolution), D.block(D.config.resolution).fromrgb)
        G, D = placed(larger, G.mapping.w_avg.device), placed(judge, D.b4.out.weight.device)
    return G, D


def _copy_shared(source: nn.Module, target: nn.Module) -> None:
    """Copy what both have under one name. Only fromrgb of the highest block may be missing on a side."""
    own, given = target.state_dict(), source.state_dict()
    for name in own.keys() & given.keys():
        own[name].copy_(given[name])


def _see_through(block: DiscriminatorBlock, fromrgb: Conv2d | None) -> None:
    """Make a new highest block give what `fromrgb` of the base gave of the picture at half the size.

    Leaky ReLU l is undone by a pair of channels: l(t) - l(-t) = (1 + slope) t. So the colours go through as pairs to
    the last convolution, which takes the part of `fromrgb`; it filters and halves just as a picture is halved.
    """
    if fromrgb is None or block.fromrgb is None:
        raise ValueError("the highest block of a discriminator always sees the picture")
    if block.skips:  # the block below sees the halved picture by itself
        block.conv1.weight.zero_()
        return
    colours, wide = fromrgb.weight.shape[1], block.conv0.weight.shape[0]
    if wide < 2 * colours:
        return  # too narrow to carry the colours: the block starts as it was drawn
    pairs = torch.cat([torch.eye(colours), -torch.eye(colours)])  # [2C, C]
    undo = pairs.t() / ((1 + SLOPE) * math.sqrt(2))  # [C, 2C]
    block.fromrgb.weight[: 2 * colours, :, 0, 0] = pairs / block.fromrgb.weight_gain
    block.conv0.weight[: 2 * colours] = 0
    block.conv0.weight[: 2 * colours, : 2 * colours, 1, 1] = pairs @ undo / block.conv0.weight_gain
    block.conv1.weight.zero_()
    # A residual sum takes sqrt(1/2) of each side.
    gain = fromrgb.weight_gain * (math.sqrt(2) if block.residual else 1.0)
    carried = fromrgb.weight[:, :, 0, 0] @ undo  # [O, 2C]
    block.conv1.weight[:, : 2 * colours, 1, 1] = carried * (gain / block.conv1.weight_gain)
    if fromrgb.bias is not None and block.conv1.bias is not None:
        block.conv1.bias.copy_(fromrgb.bias * (math.sqrt(2) if block.residual else 1.0))
    if block.skip is not None:
        block.skip.weight.zero_()
