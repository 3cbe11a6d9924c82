"""Brightness, warmth and contrast as directions in W, learnt from small pictures that the network itself draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import cast

import numpy as np
import torch
from torch import Tensor

from gan.config import NetConfig
from gan.generator import Generator
from latent.directions import Direction, Kind
from latent.spread import Spread, Values, within

PICTURES = 500
PER_LABEL = 20  # at least, of the labels that are drawn
AT_A_TIME = 10
SMALL, WIDE = 64, 256  # pixels; channels, from which on half as many pixels have to do
SEEN = 0.1  # share of a trait that w has to explain, lest it be chance
LUMA = (0.2126, 0.7152, 0.0722)  # of red, green and blue (ITU-R BT.709)
STRENGTHS = np.logspace(-7, 1, 25)  # of the ridge, as shares of the largest variance
Traits = Mapping[Kind, Values]  # [N] each

TRAITS: tuple[Kind, ...] = ("brightness", "warmth", "contrast")


def side(config: NetConfig) -> int:
    """Pixels of the pictures that traits are seen in: those of a lower block where there is one that draws."""
    if config.architecture_g != "skip" or config.resolution <= SMALL:
        return config.resolution
    return SMALL if config.width(SMALL) < WIDE else SMALL // 2


def rows_of(of: Spread, *, count: int = PICTURES) -> list[int]:
    """Which w to draw, as rows of `of.w`: those of so few labels that each has 20 or more, in turn."""
    labels = min(of.labels, max(count // PER_LABEL, 1))
    return [row for row in range(len(of.w)) if row % of.labels < labels][:count]


def seen(G_ema: Generator, of: Spread, rows: Sequence[int]) -> Iterator[Traits]:
    """Draw these rows, some at a time, and see their traits."""
    for at in range(0, len(rows), AT_A_TIME):
        w = torch.from_numpy(of.w[rows[at : at + AT_A_TIME]]).to(G_ema.mapping.w_avg.device)
        yield traits(small(G_ema, w))


@torch.no_grad()
def small(G_ema: Generator, w: Tensor) -> Tensor:
    """Draw w `[N, W]` with constant noise as far as `side`: pictures `[N, 3, r, r]` in [-1, 1]."""
    synthesis, most = G_ema.synthesis, side(G_ema.config)
    ws = w[:, None].expand(-1, G_ema.num_ws, -1)  # [N, L, W]
    noise = synthesis.noise_of(ws, "const")
    x, image, at = synthesis.block(4).start(len(w)), None, 0
    for resolution in synthesis.resolutions:
        block = synthesis.block(resolution)
        x, image = block(x, image, ws[:, at : at + block.num_convs + 1], noise)
        at += block.num_convs
        if resolution == most:
            break
    return cast("Tensor", image).clamp(-1, 1)


def traits(pictures: Tensor) -> Traits:
    """See pictures `[N, 3, r, r]`: mean luma, mean red less blue, and standard deviation of luma over the picture."""
    rgb = pictures.double().cpu()
    luma = torch.einsum("nchw,c->nhw", rgb, rgb.new_tensor(LUMA))
    found = {
        "brightness": luma.mean(dim=[1, 2]),
        "warmth": (rgb[:, 0] - rgb[:, 2]).mean(dim=[1, 2]),
        "contrast": luma.std(dim=[1, 2], unbiased=False),
    }
    return MappingProxyType({kind: found[kind].numpy() for kind in TRAITS})


def learnt(G_ema: Generator, of: Spread, rows: Sequence[int], told: Sequence[Traits]) -> list[Direction]:
    """Learn a direction for each trait that w explains, of all layers; plus is more of it."""
    labels = sum(row < of.labels for row in rows)  # rows of the first turn: one of each label
    w = within(of.own[rows], labels)
    made = []
    for kind in TRAITS:
        weights, share = ridge(w, within(np.concatenate([one[kind] for one in told]), labels))
        if share < SEEN:
            continue
        vector = weights / np.linalg.norm(weights)
        made.append(
            Direction(
                kind=kind,
                position=0,
                layers=(0, G_ema.num_ws - 1),
                vector=vector.astype(np.float32),
                deviation=float(of.deviations(vector[None])[0]),
                share=share,
            )
        )
    return made


def ridge(x: Values, y: Values) -> tuple[Values, float]:
    """Minimise |y - x b|^2 + s |b|^2 for centred x `[N, W]` and y `[N]`.

    s is the one that predicts best what it has not seen: the leave-one-out errors are those of the fit over 1 - h, h
    the diagonal of the hat matrix (Golub, Heath & Wahba 1979). Returns b `[W]`, and the share of the variance of y that
    it so explains, 0 where none.
    """
    power = float(y @ y)
    U, d, Vt = np.linalg.svd(x, full_matrices=False)
    if power == 0 or d[0] == 0:
        return np.zeros(x.shape[1]), 0.0
    along, errors = U.T @ y, []
    for strength in STRENGTHS * d[0] ** 2:
        shrunk = d**2 / (d**2 + strength)
        left = (y - U @ (shrunk * along)) / (1 - U**2 @ shrunk - 1 / len(y)).clip(1e-6)
        errors.append(float(left @ left))
    best = STRENGTHS[int(np.argmin(errors))] * d[0] ** 2
    return Vt.T @ (d / (d**2 + best) * along), max(0.0, 1 - min(errors) / power)
