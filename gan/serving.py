"""A synthesis network made ready to draw picture after picture on a CPU: the same pictures, sooner, in less memory.

Small maps with many channels wait for their weights: those are packed once, as the convolutions of oneDNN want them.
Large maps with few channels wait for memory: there the scales of a picture go into its weights, and the block runs band
by band of rows, each band through up-sampling, blur, noise, activation and the second convolution while it is in cache.
"""

import math
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu_

from gan.generator import NoiseMode, NoiseSource, Synthesis, SynthesisBlock
from gan.layers import SynthesisLayer, ToRGB
from gan.operators import SLOPE, upsample_1331

BAND_BYTES = 8 * 2**20  # of a map at a time; a few of them fit the cache that cores share
GAIN = math.sqrt(2)
Bands = Iterable[Tensor]  # of one map [1, C, H, W], from the top: each [1, C, rows, W]
Conv = Callable[[Tensor], Tensor]


class Prepared:
    """Draws as `synthesis` does, within 1e-4, one picture at a time: float32, on a CPU, architecture "skip".

    It holds packed copies of weights, made when it is: it does not notice when those of `synthesis` change. What it
    draws of a w does not depend on the others of its batch, to the bit. `band_bytes` is the size of a band of rows.
    Raises: ValueError, if `synthesis` is none that `fits`.
    """

    @torch.no_grad()
    def __init__(self, synthesis: Synthesis, *, band_bytes: int = BAND_BYTES) -> None:
        if not fits(synthesis):
            raise ValueError('only a synthesis of architecture "skip", on a CPU, can be prepared; call it as it is')
        self.synthesis = synthesis
        self.blocks = [_Block(synthesis.block(resolution), band_bytes) for resolution in synthesis.resolutions]

    @torch.no_grad()
    def __call__(self, ws: Tensor, *, noise_mode: NoiseMode = "random", noise: NoiseSource | None = None) -> Tensor:
        """ws `[N, L, W]` to pictures `[N, C, R, R]`, with the same noise as `Synthesis.forward`."""
        of_layer = self.synthesis.noise_of(ws, noise_mode, noise)
        # Noise is drawn for the whole batch, in the order of the layers.
        maps = [(block, [of_layer(layer) for layer in block.layers]) for block in self.blocks]
        return torch.cat([self._draw(ws[i], i, maps) for i in range(len(ws))])

    def _draw(self, ws: Tensor, index: int, maps: list[tuple["_Block", list[Tensor | None]]]) -> Tensor:
        x = self.synthesis.block(4).start(1)
        image: Tensor | None = None
        at = 0
        for block, noises in maps:
            own = [noise if noise is None or noise.ndim == 2 else noise[index, 0] for noise in noises]  # [r, r] each
            x, rgb = block.draw(x, ws[at : at + len(own) + 1], own)
            image = rgb if image is None else upsample_1331(image).add_(rgb)
            at += len(own)
        assert image is not None  # noqa: S101 - there is always a block at 4 px
        return image


def fits(synthesis: Synthesis) -> bool:
    """Whether `Prepared` can draw what `synthesis` draws."""
    blocks = [synthesis.block(resolution) for resolution in synthesis.resolutions]
    return all(block.torgb is not None and not block.residual for block in blocks) and not blocks[0].const.is_cuda


class _Block:
    """One block: its layers packed where their weights outweigh the map, else ready for bands."""

    def __init__(self, block: SynthesisBlock, band_bytes: int) -> None:
        self.block = block
        self.resolution = block.resolution
        self.layers = [layer for layer in (block.conv0, block.conv1) if layer is not None]
        wide = block.conv1.weight.shape[0]
        self.packed = [_Packed(layer) for layer in self.layers] if 9 * wide > block.resolution**2 else []
        self.rows = max(band_bytes // (8 * wide * block.resolution), 1)  # of the map at half the size

    def draw(self, x: Tensor, ws: Tensor, noises: list[Tensor | None]) -> tuple[Tensor, Tensor]:
        """x `[1, I, r/2, r/2]`, ws `[layers + 1, W]`, noises `[r, r]` each, to x `[1, O, r, r]`, RGB `[1, C, r, r]`."""
        bands: Bands = x.split(self.rows, dim=2)
        if self.packed:
            for packed, w, noise in zip(self.packed, ws, noises, strict=False):
                x = packed(x, w, noise)
            bands = [x]
        else:
            for layer, w, noise in zip(self.layers, ws, noises, strict=False):
                bands = _streamed(bands, layer, w, noise)
        return _drained(bands, _torgb(self.block.torgb, ws[-1]), self.resolution)


class _Packed:
    """One layer whose weights are packed for their map; scales go on the activations, as in training."""

    def __init__(self, layer: SynthesisLayer) -> None:
        self.layer = layer
        self.power = layer.weight.square().sum(dim=[2, 3]).t()  # [I, O]
        self.conv = _packed_up(layer) if layer.up == 2 else _packed_same(layer)

    def __call__(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        layer = self.layer
        s, d = _scales(layer, w, self.power)
        y = self.conv(x * s[:, None, None])
        if layer.up == 2:
            y = conv2d(y, _blur_kernel(layer), padding=1, groups=y.shape[1])
        return _finished(torch.addcmul((layer.bias * GAIN)[:, None, None], y, d[:, None, None]), layer, noise)


def _scales(layer: SynthesisLayer, w: Tensor, power: Tensor) -> tuple[Tensor, Tensor]:
    """s `[I]` and d `[O]` of `modulated_conv2d`, d with the gain of the activation, of one w `[W]`."""
    fan_in = 9 * layer.weight.shape[1]
    s = layer.affine(w[None])[0] / math.sqrt(fan_in)
    return s, (s.square() @ power + 1e-8 / fan_in).rsqrt() * GAIN


def _blur_kernel(layer: SynthesisLayer) -> Tensor:
    """The filter with gain 4, for each channel of the layer: `[O, 1, 4, 4]`."""
    return (layer.resample_filter * 4).expand(layer.weight.shape[0], 1, 4, 4)


def _finished(y: Tensor, layer: SynthesisLayer, noise: Tensor | None) -> Tensor:
    """Noise `[rows, W]`, leaky ReLU and clamp, in place."""
    if noise is not None:
        y.add_(noise * (layer.noise_strength * GAIN))
    leaky_relu_(y, SLOPE)
    return y if layer.conv_clamp is None else y.clamp_(-layer.conv_clamp, layer.conv_clamp)


def _streamed(bands: Bands, layer: SynthesisLayer, w: Tensor, noise: Tensor | None) -> Iterator[Tensor]:
    """A layer band by band, its weights scaled for this picture."""
    s, d = _scales(layer, w, layer.weight.square().sum(dim=[2, 3]).t())
    weight = (layer.weight * s[:, None, None] * d[:, None, None, None]).contiguous(memory_format=torch.channels_last)
    bias = layer.bias * GAIN
    if layer.up == 2:
        bands = _transposed(bands, weight.transpose(0, 1))
        weight = _blur_kernel(layer)
    at = 0
    for y in _correlated(bands, weight, bias):
        rows = slice(at, at + y.shape[2])
        at = rows.stop
        yield _finished(y, layer, None if noise is None else noise[rows])


def _transposed(bands: Bands, weight: Tensor) -> Iterator[Tensor]:
    """Transposed convolution with stride 2 of a map `[1, I, H, W]` with weight `[I, O, 3, 3]`: 2H + 1 rows."""
    last: Tensor | None = None
    for band in bands:
        y = conv_transpose2d(band, weight, stride=2)
        if last is not None:
            y[:, :, :1] += last  # the row that both bands give to
        last = y[:, :, -1:]
        yield y[:, :, :-1]
    if last is not None:
        yield last


def _correlated(bands: Bands, weight: Tensor, bias: Tensor) -> Iterator[Tensor]:
    """Correlation, zero-padded by 1, of a map with weight `[O, I, k, k]`, or `[O, 1, k, k]` channel by channel."""
    k, groups = weight.shape[2], weight.shape[0] if weight.shape[1] == 1 else 1
    tail: Tensor | None = None
    for band in bands:
        tail = torch.zeros_like(band[:, :, :1]) if tail is None else tail
        tall = torch.cat([tail, band], dim=2)
        tail = tall[:, :, 1 - k :]
        if tall.shape[2] >= k:
            yield conv2d(tall, weight, bias, padding=(0, 1), groups=groups)
    if tail is not None:
        tall = torch.cat([tail, torch.zeros_like(tail[:, :, :1])], dim=2)
        yield conv2d(tall, weight, bias, padding=(0, 1), groups=groups)


def _torgb(layer: ToRGB | None, w: Tensor) -> Conv:
    """A band `[1, I, rows, W]` to its `[1, C, rows, W]` of the picture."""
    assert layer is not None  # noqa: S101 - `fits` saw to it
    weight = layer.weight[:, :, 0, 0] * (layer.affine(w[None])[0] * layer.weight_gain)  # [C, I]

    def mixed(band: Tensor) -> Tensor:
        flat = band[0].permute(1, 2, 0).reshape(-1, band.shape[1])  # [rows * W, I], a view
        y = torch.addmm(layer.bias[:, None], weight, flat.t()).reshape(1, -1, *band.shape[2:])
        return y if layer.conv_clamp is None else y.clamp_(-layer.conv_clamp, layer.conv_clamp)

    return mixed


def _drained(bands: Bands, torgb: Conv, resolution: int) -> tuple[Tensor, Tensor]:
    """Collect a map and its picture."""
    kept = []
    drawn = []
    for band in bands:
        kept.append(band)
        drawn.append(torgb(band))
    return (kept[0] if len(kept) == 1 else torch.cat(kept, dim=2)), torch.cat(drawn, dim=2)


def _packed_same(layer: SynthesisLayer) -> Conv:
    """The 3x3 correlation of a layer, weights packed; plain where this PyTorch packs in another way."""
    weight, r = layer.weight, layer.resolution
    try:
        ops = torch.ops.mkldnn
        packed = ops._reorder_convolution_weight(weight, [1, 1], [1, 1], [1, 1], 1, [1, weight.shape[1], r, r])
        return lambda x: ops._convolution_pointwise(x, packed, None, [1, 1], [1, 1], [1, 1], 1, "none", [], "")
    except (AttributeError, RuntimeError):  # private operators: another release may lack them
        return lambda x: conv2d(x, weight, padding=1)


def _packed_up(layer: SynthesisLayer) -> Conv:
    """The transposed 3x3 convolution with stride 2 of a layer, weights packed if that can be."""
    weight, half = layer.weight.transpose(0, 1), layer.resolution // 2
    try:
        ops = torch.ops.mkldnn
        size = [1, weight.shape[0], half, half]
        packed = ops._reorder_convolution_transpose_weight(weight, [0, 0], [0, 0], [2, 2], [1, 1], 1, size)
        pads, strides, ones = [0, 0], [2, 2], [1, 1]
        transposed = ops._convolution_transpose_pointwise
        return lambda x: transposed(x, packed, None, pads, pads, strides, ones, 1, "none", [], "")
    except (AttributeError, RuntimeError):
        return lambda x: conv_transpose2d(x, weight, stride=2)
