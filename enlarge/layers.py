"""Convolutions made ready for one device and type of numbers: weights packed, activations fused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from enlarge.rrdb import DENSE, SLOPE, RRDBNet
from gan.device import quick_bfloat16

# Of a map [1, I, H, W], with rows above and below it that are given and not made up: [1, O, H - 2, W].
Layer = Callable[[Tensor], Tensor]
BARE = (f"conv{DENSE}", "conv_body", "conv_first", "conv_last")  # no activation follows them
PAD = [0, 1]  # zeros left and right; rows above and below come with the map


def layers_of(network: RRDBNet, *, device: torch.device, dtype: torch.dtype) -> Mapping[str, Layer]:
    """Make each convolution of a network ready, by its name."""
    return {
        name: _layer(module, device=device, dtype=dtype, bent=name.split(".")[-1] not in BARE)
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def quick_dtype(device: torch.device) -> torch.dtype:
    """Give the type of numbers that is quickest on a device and good enough: half precision where it has it."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.bfloat16 if quick_bfloat16(device) else torch.float32


def _layer(module: nn.Conv2d, *, device: torch.device, dtype: torch.dtype, bent: bool) -> Layer:
    """A convolution, with leaky ReLU where it is `bent`; on a CPU packed and fused, where this PyTorch can."""
    weight = module.weight.detach().to(device, dtype).contiguous(memory_format=torch.channels_last)
    bias = None if module.bias is None else module.bias.detach().to(device, dtype)
    if device.type == "cpu":
        one, wide = [1, 1], weight.shape[1]
        how = ("leaky_relu", [SLOPE], "") if bent else ("none", [], "")
        try:
            ops = torch.ops.mkldnn
            packed = ops._reorder_convolution_weight(weight, PAD, one, one, 1, [1, wide, 34, 512])
            ops._convolution_pointwise(weight.new_zeros(1, wide, 4, 4), packed, bias, PAD, one, one, 1, *how)
        except (AttributeError, RuntimeError):  # private operators: another release may lack them
            pass
        else:
            return lambda x: ops._convolution_pointwise(x, packed, bias, PAD, one, one, 1, *how)
    if bent:
        return lambda x: F.leaky_relu_(F.conv2d(x, weight, bias, padding=(0, 1)), SLOPE)
    return lambda x: F.conv2d(x, weight, bias, padding=(0, 1))
