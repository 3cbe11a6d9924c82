"""Networks for another resolution or more labels than their base: blocks dropped, or grown to change nothing at first.

A grown generator begins with the base's picture, enlarged; a grown discriminator judges the picture, shrunk, as the
base did. What is new learns from there.
"""

import math
from dataclasses import asdict, replace

import torch

from gan.config import NetConfig
from gan.device import placed
from gan.discriminator import Discriminator, DiscriminatorBlock
from gan.errors import ConfigError
from gan.generator import Generator
from gan.labelled import labelled
from gan.layers import Conv2d
from gan.operators import SLOPE


def check_resizable(base: NetConfig, wanted: NetConfig) -> None:
    """Raise ConfigError unless networks of shape `wanted` can begin with those of a base."""
    asked = asdict(wanted)
    own = replace(base.at(wanted.resolution), c_dim=max(base.c_dim, wanted.c_dim))
    differ = [name for name, value in asdict(own).items() if value != asked[name]]
    if differ:
        advice = "only the resolution may differ, and labels be more"
        raise ConfigError(f"the networks differ from the base's in {', '.join(differ)}; {advice}")
    if wanted.resolution != base.resolution and base.architecture_g != "skip":
        raise ConfigError(
            f'a generator of architecture "{base.architecture_g}" draws at one resolution alone; train it at '
            f'{base.resolution} px, or take a base of architecture "skip"'
        )


@torch.no_grad()
def resized(G: Generator, D: Discriminator, wanted: NetConfig, *, seed: int) -> tuple[Generator, Discriminator]:
    """G and D for the resolution of `wanted`; what is new is drawn from `seed`, or 0 where it must be silent at first.
    Raises: ConfigError, if the resolution is not all that differs or the generator is not of architecture "skip"."""
    check_resizable(G.config, wanted)
    while G.resolution != wanted.resolution:
        grows = G.resolution < wanted.resolution
        config = G.config.at(G.resolution * 2 if grows else G.resolution // 2)
        with torch.random.fork_rng(devices=[]):  # the caller's own random state stays as it was
            torch.manual_seed(seed)
            larger, judge = Generator(config), Discriminator(config)
        for source, target in ((G, larger), (D, judge)):
            given = source.state_dict()
            for name, value in target.state_dict().items():
                if name in given:  # only fromrgb of the highest block may be missing on a side
                    value.copy_(given[name])
        torgb, fromrgb = larger.synthesis.block(config.resolution).torgb, D.block(D.config.resolution).fromrgb
        if grows and torgb is not None and fromrgb is not None:  # the highest blocks always draw and see the picture
            torgb.weight.zero_()
            _see_through(judge.block(config.resolution), fromrgb)
        G, D = placed(larger, G.mapping.w_avg.device), placed(judge, D.b4.out.weight.device)
    return (G, D) if G.config.c_dim == wanted.c_dim else labelled(G, D, wanted.c_dim, seed=seed)


def _see_through(block: DiscriminatorBlock, fromrgb: Conv2d) -> None:
    """Make a new highest block give what `fromrgb` of the base gave of the picture at half the size.
    Leaky ReLU l is undone by a pair of channels: l(t) - l(-t) = (1 + slope) t. So the colours go through as pairs to
    the last convolution, which takes the part of `fromrgb`; it filters and halves just as a picture is halved."""
    conv0, conv1, pair = block.conv0, block.conv1, 2 * fromrgb.weight.shape[1]
    if not block.skips and len(conv0.weight) < pair:
        return  # too narrow to carry the colours: the block starts as it was drawn
    conv1.weight.zero_()
    if block.skips or block.fromrgb is None:  # the block below sees the halved picture by itself
        return
    colours = torch.eye(pair // 2)
    pairs = torch.cat([colours, -colours])  # [2C, C]
    undo = pairs.t() / ((1 + SLOPE) * math.sqrt(2))  # [C, 2C]
    block.fromrgb.weight[:pair, :, 0, 0] = pairs / block.fromrgb.weight_gain
    conv0.weight[:pair] = 0
    conv0.weight[:pair, :pair, 1, 1] = pairs @ undo / conv0.weight_gain
    share = math.sqrt(2) if block.residual else 1.0  # a residual sum takes sqrt(1/2) of each side
    carried = fromrgb.weight[:, :, 0, 0] @ undo  # [O, 2C]
    conv1.weight[:, :pair, 1, 1] = carried * (fromrgb.weight_gain * share / conv1.weight_gain)
    if fromrgb.bias is not None and conv1.bias is not None:
        conv1.bias.copy_(fromrgb.bias * share)
    if block.skip is not None:
        block.skip.weight.zero_()
