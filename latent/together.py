"""Several pictures drawn together by a prepared synthesis: each operator once for all of them.

Where maps are small, starting an operator takes longer than its work does, and weights are read for one picture what
they could be read for many. A sum may then be taken in another order: a picture's last bits depend on how many were
drawn with it. So what is kept is drawn one by one, and only what is looked at together.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu_

from gan.generate import GAIN, Prepared
from gan.generator import NoiseMode, NoiseSource
from gan.operators import SLOPE, mix_channels, upsample_1331

if TYPE_CHECKING:
    from gan.generate import _Block, _Layer

# Weights of so many numbers are read for longer than a few pictures are computed: packed, they are read as they lie.
# They are packed for one picture, though, and where they are small it takes longer to lay them out for several.
PACKED_FROM = 1_000_000


@torch.no_grad()
def draw_together(prepared: Prepared, ws: Tensor, *, noise_mode: NoiseMode, noise: NoiseSource | None) -> Tensor:
    """ws `[N, L, W]` to pictures `[N, C, R, R]`, within 1e-4 of what `prepared` draws one by one."""
    of_layer = prepared.synthesis.noise_of(ws, noise_mode, noise)
    x, image, at = prepared.synthesis.block(4).start(len(ws)), torch.zeros(()), 0
    for block in prepared.blocks:
        for number, layer in enumerate(block.layers):
            x = _through(layer, x, ws[:, at + number], of_layer(layer.layer))
        rgb = _rgb(block, x, ws[:, at + len(block.layers)])
        image = upsample_1331(image).add_(rgb) if at else rgb
        at += len(block.layers)
    return image


def _through(prepared: _Layer, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
    """A layer: x `[N, I, H, W]`, w `[N, W]`, noise `[r, r]` or `[N, 1, r, r]` give `[N, O, r, r]`.

    Scales go on the activations, so that one convolution serves all.
    """
    layer, fan_in = prepared.layer, 9 * prepared.layer.weight.shape[1]
    s = layer.affine(w) / math.sqrt(fan_in)  # [N, I]
    d = (s.square() @ prepared.power + 1e-8 / fan_in).rsqrt() * GAIN  # [N, O], with the gain of the activation
    x = x * s[:, :, None, None]
    if prepared.conv is not None and layer.weight.numel() >= PACKED_FROM:
        y = prepared.conv(x)
    elif layer.up == 1:
        y = conv2d(x, layer.weight, padding=1)
    else:
        y = conv_transpose2d(x, layer.weight.transpose(0, 1), stride=2)
    if layer.up == 2:
        y = conv2d(y, prepared.blur, padding=1, groups=y.shape[1])
    y = torch.addcmul(prepared.bias[:, None, None], y, d[:, :, None, None])
    if noise is not None:
        y.add_(noise * (layer.noise_strength * GAIN))
    y = leaky_relu_(y, SLOPE)
    return y if layer.conv_clamp is None else y.clamp_(-layer.conv_clamp, layer.conv_clamp)


def _rgb(block: _Block, x: Tensor, w: Tensor) -> Tensor:
    """x `[N, I, r, r]`, w `[N, W]` to RGB `[N, C, r, r]`."""
    torgb = block.torgb
    s = torgb.affine(w) * torgb.weight_gain  # [N, I]
    rgb = mix_channels(x, torgb.weight[:, :, 0, 0] * s[:, None]) + torgb.bias[:, None, None]
    return rgb if torgb.conv_clamp is None else rgb.clamp_(-torgb.conv_clamp, torgb.conv_clamp)
