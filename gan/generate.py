"""Drawing pictures from an averaged generator; on a CPU by a synthesis made ready to draw picture after picture.

Small maps with many channels wait for their weights: those are packed once, as the convolutions of oneDNN want them.
Large maps with few channels wait for memory: there the scales of a picture go into its weights, and the block runs band
by band of rows, each band through up-sampling, blur, noise, activation and the second convolution while it is in cache.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu_, pad

from gan.generator import Generator, NoiseMode, NoiseSource, Synthesis, SynthesisBlock, one_hot, truncate
from gan.layers import SynthesisLayer
from gan.operators import SLOPE, upsample_1331
from gan.randomness import Stream, counted, noise_of

BAND_BYTES = 8 * 2**20  # of a map at a time; a few of them fit the cache that cores share
GAIN = math.sqrt(2)
Bands = Iterable[Tensor]  # of one map [1, C, H, W], from the top: each [1, C, rows, W]


def latents(seeds: Sequence[int], z_dim: int) -> Tensor:
    """z `[N, z_dim]` float32 of seeds, drawn as StyleGAN2 tools draw it, so that a seed means the same picture there.
    Raises: ValueError, if a seed is outside of 0 to 2**32 - 1."""
    for seed in seeds:
        if not 0 <= seed < 2**32:
            raise ValueError(f"seed is {seed}; give a whole number from 0 to 4294967295")
    rows = [np.random.RandomState(seed).randn(z_dim) for seed in seeds]
    return torch.from_numpy(np.reshape(rows, (-1, z_dim)).astype(np.float32))


@torch.no_grad()
def generate(
    G_ema: Generator,
    seeds: Sequence[int],
    *,
    truncation_psi: float = 0.7,
    noise_mode: NoiseMode = "const",
    label: int | Sequence[int] | None = None,
    batch: int = 1,
) -> Iterator[Tensor]:
    """Draw one picture a seed; `label`, one for all or one each, says of what, if the network was trained on labels. On
    a CPU single pictures are as quick as batches, and their bits do not depend on neighbours; `Prepared` draws them.
    Yields: `[C, R, R]` float32, about [-1, 1], on the device of `G_ema`, in the order of `seeds`.
    Raises: ValueError, if `truncation_psi` is outside of [0, 1], a seed outside of 0 to 2**32 - 1, or the label none of
    the network's."""
    c_dim = G_ema.config.c_dim
    if not 0 <= truncation_psi <= 1:
        raise ValueError(f"truncation_psi is {truncation_psi}; give 0 (the mean picture) to 1 (no truncation)")
    labels = [label] * len(seeds) if label is None or isinstance(label, int) else list(label)
    if len(labels) != len(seeds) or any(one not in (range(c_dim) if c_dim else [None]) for one in labels):
        raise ValueError(f"label is {label}; give " + (f"0 to {c_dim - 1}" if c_dim else "none: it knows no labels"))
    draw = Prepared(G_ema.synthesis) if batch == 1 and fits(G_ema.synthesis) else G_ema.synthesis
    for at in range(0, len(seeds), batch):
        part = seeds[at : at + batch]
        of = [one or 0 for one in labels[at : at + batch]]
        ws = _ws(G_ema, latents(part, G_ema.z_dim), of, truncation_psi)
        noise = noise_of([counted(seed, Stream.GENERATE) for seed in part], G_ema.mapping.w_avg.device)
        yield from draw(ws, noise_mode=noise_mode, noise=noise)


def latents_of(G: Generator, count: int, *, seed: int, stream: Stream) -> Tensor:
    """z `[count, Z]` of the counter: the same for every network of that width."""
    rows = [counted(seed, stream, index=i).standard_normal(G.z_dim) for i in range(count)]
    return torch.from_numpy(np.stack(rows).astype(np.float32))


@torch.no_grad()
def drawn(G_ema: Generator, z: Tensor, *, truncation_psi: float = 1.0, batch: int = 8) -> NDArray[np.uint8]:
    """Pictures uint8 `[N, 3, R, R]` of z `[N, Z]`, with constant noise, and labels in turn where there are labels."""
    parts = []
    for at in torch.arange(len(z)).split(batch):
        ws = _ws(G_ema, z[at], (at % max(G_ema.config.c_dim, 1)).tolist(), truncation_psi)
        parts.append(_rounded(G_ema.synthesis(ws, noise_mode="const")))
    return np.concatenate(parts)


def to_uint8(picture: Tensor) -> NDArray[np.uint8]:
    """A picture `[3, R, R]` in [-1, 1] as uint8 `[R, R, 3]`."""
    return _rounded(picture.permute(1, 2, 0))


def _rounded(x: Tensor) -> NDArray[np.uint8]:
    rounded: NDArray[np.uint8] = ((x.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return rounded


def _ws(G: Generator, z: Tensor, labels: Sequence[int], truncation_psi: float) -> Tensor:
    w_avg = G.mapping.w_avg
    return truncate(G.mapping(z.to(w_avg.device), one_hot(labels, G.config.c_dim, w_avg.device)), w_avg, truncation_psi)


def fits(synthesis: Synthesis) -> bool:
    """Whether `Prepared` can draw what `synthesis` draws."""
    blocks = [synthesis.block(resolution) for resolution in synthesis.resolutions]
    return all(block.torgb is not None and not block.residual for block in blocks) and not blocks[0].const.is_cuda


class Prepared:
    """Draws as `synthesis` does, within 1e-4, one picture at a time: float32, on a CPU, architecture "skip".
    It holds packed copies of weights, made when it is: it does not notice when those of `synthesis` change. What it
    draws of a w does not depend on the others of its batch, to the bit. `band_bytes` is the size of a band of rows.
    Raises: ValueError, if `synthesis` is none that `fits`."""

    @torch.no_grad()
    def __init__(self, synthesis: Synthesis, *, band_bytes: int = BAND_BYTES) -> None:
        if not fits(synthesis):
            raise ValueError('only a synthesis of architecture "skip", on a CPU, can be prepared; call it as it is')
        self.synthesis = synthesis
        self.blocks = [_Block(synthesis.block(resolution), band_bytes) for resolution in synthesis.resolutions]

    @torch.no_grad()
    def __call__(self, ws: Tensor, *, noise_mode: NoiseMode = "random", noise: NoiseSource | None = None) -> Tensor:
        """ws `[N, L, W]` to pictures `[N, C, R, R]`, with the same noise as `Synthesis.forward`."""
        of_layer, pictures = self.synthesis.noise_of(ws, noise_mode, noise), []
        # Noise is drawn for the whole batch, in the order of the layers.
        noises = [[of_layer(each.layer) for each in block.layers] for block in self.blocks]
        for i in range(len(ws)):
            x, image, at = self.synthesis.block(4).start(1), torch.zeros(()), 0
            for block, of_block in zip(self.blocks, noises, strict=True):
                own = [n if n is None or n.ndim == 2 else n[i, 0] for n in of_block]  # [r, r] each
                x, rgb = block.draw(x, ws[i, at : at + len(own) + 1], own)
                image = upsample_1331(image).add_(rgb) if at else rgb
                at += len(own)
            pictures.append(image)
        return torch.cat(pictures)


class _Block:
    """One block: its layers packed where their weights outweigh the map, else ready for bands."""

    def __init__(self, block: SynthesisBlock, band_bytes: int) -> None:
        assert block.torgb is not None  # noqa: S101 - `fits` saw to it
        self.torgb, r, wide = block.torgb, block.resolution, block.conv1.weight.shape[0]
        packed = 9 * wide > r**2
        self.layers = [_Layer(layer, packed=packed) for layer in (block.conv0, block.conv1) if layer is not None]
        self.rows = r if packed else max(band_bytes // (8 * wide * r), 1)  # of the map at half the size

    def draw(self, x: Tensor, ws: Tensor, noises: Sequence[Tensor | None]) -> tuple[Tensor, Tensor]:
        """x `[1, I, r/2, r/2]`, ws `[layers + 1, W]`, noises `[r, r]` each, to x `[1, O, r, r]`, RGB `[1, C, r, r]`."""
        bands: Bands = x.split(self.rows, dim=2)
        for layer, w, noise in zip(self.layers, ws, noises, strict=False):
            bands = layer(bands, w, noise)
        torgb, kept, drawn = self.torgb, [], []
        weight = torgb.weight[:, :, 0, 0] * (torgb.affine(ws[-1:])[0] * torgb.weight_gain)  # [C, O]
        for band in bands:
            flat = band[0].permute(1, 2, 0).reshape(-1, band.shape[1])  # [rows * r, O], a view
            rgb = torch.addmm(torgb.bias[:, None], weight, flat.t()).reshape(1, -1, *band.shape[2:])
            drawn.append(_clamped(rgb, torgb.conv_clamp))
            kept.append(band)
        return kept[0] if len(kept) == 1 else torch.cat(kept, dim=2), torch.cat(drawn, dim=2)


class _Layer:
    def __init__(self, layer: SynthesisLayer, *, packed: bool) -> None:
        self.layer, self.bias = layer, layer.bias * GAIN
        self.power = layer.weight.square().sum(dim=[2, 3]).t()  # [I, O]
        self.blur = (layer.resample_filter * 4).expand(len(layer.bias), 1, 4, 4)
        self.conv = _packed(layer) if packed else None

    def __call__(self, bands: Bands, w: Tensor, noise: Tensor | None) -> Iterator[Tensor]:
        """The layer with one w `[W]`, noise `[r, r]`; s and d are those of `modulated_conv2d`."""
        layer, fan_in, at = self.layer, 9 * self.layer.weight.shape[1], 0
        s = layer.affine(w[None])[0] / math.sqrt(fan_in)  # [I]
        d = (s.square() @ self.power + 1e-8 / fan_in).rsqrt() * GAIN  # [O], with the gain of the activation
        for y in self._whole(bands, s, d, self.conv) if self.conv else self._streamed(bands, s, d):
            if noise is not None:
                y.add_(noise[at : at + y.shape[2]] * (layer.noise_strength * GAIN))
            at += y.shape[2]
            yield _clamped(leaky_relu_(y, SLOPE), layer.conv_clamp)

    def _whole(self, bands: Bands, s: Tensor, d: Tensor, conv: Callable[[Tensor], Tensor]) -> Bands:
        """The map in one band; scales go on the activations, as in training."""
        (x,) = bands
        y = conv(x * s[:, None, None])
        y = y if self.layer.up == 1 else conv2d(y, self.blur, padding=1, groups=y.shape[1])
        return [torch.addcmul(self.bias[:, None, None], y, d[:, None, None])]

    def _streamed(self, bands: Bands, s: Tensor, d: Tensor) -> Bands:
        """Band by band, weights scaled for this picture."""
        scaled = self.layer.weight * s[:, None, None] * d[:, None, None, None]
        weight = scaled.contiguous(memory_format=torch.channels_last)
        if self.layer.up == 2:
            bands, weight = _transposed(bands, weight.transpose(0, 1)), self.blur
        return _correlated(bands, weight, self.bias)


def _clamped(y: Tensor, most: float | None) -> Tensor:
    return y if most is None else y.clamp_(-most, most)


def _transposed(bands: Bands, weight: Tensor) -> Iterator[Tensor]:
    """Transposed convolution with stride 2 of a map `[1, I, H, W]` with weight `[I, O, 3, 3]`: 2H + 1 rows."""
    last = torch.zeros(1)
    for band in bands:
        y = conv_transpose2d(band, weight, stride=2)
        y[:, :, :1] += last  # the row that both bands give to
        last = y[:, :, -1:]
        yield y[:, :, :-1]
    yield last


def _correlated(bands: Bands, weight: Tensor, bias: Tensor) -> Iterator[Tensor]:
    """Correlation, zero-padded by 1, of a map with weight `[O, I, k, k]`, or `[O, 1, k, k]` channel by channel."""
    k, groups, tail = weight.shape[2], weight.shape[0] if weight.shape[1] == 1 else 1, torch.empty(0)
    for band in bands:
        tall = torch.cat([tail, band], dim=2) if len(tail) else pad(band, (0, 0, 1, 0))
        tail = tall[:, :, 1 - k :]
        if tall.shape[2] >= k:
            yield conv2d(tall, weight, bias, padding=(0, 1), groups=groups)
    yield conv2d(pad(tail, (0, 0, 0, 1)), weight, bias, padding=(0, 1), groups=groups)


def _packed(layer: SynthesisLayer) -> Callable[[Tensor], Tensor]:
    """The 3x3 convolution of a layer, weights packed; plain where this PyTorch packs in another way."""
    weight, i, r = layer.weight, layer.weight.shape[1], layer.resolution
    turned, zero, one, two = weight.transpose(0, 1), [0, 0], [1, 1], [2, 2]
    try:
        ops = torch.ops.mkldnn
        if layer.up == 1:
            packed = ops._reorder_convolution_weight(weight, one, one, one, 1, [1, i, r, r])
            return lambda x: ops._convolution_pointwise(x, packed, None, one, one, one, 1, "none", [], "")
        size, up = [1, i, r // 2, r // 2], ops._convolution_transpose_pointwise
        packed = ops._reorder_convolution_transpose_weight(turned, zero, zero, two, one, 1, size)
        return lambda x: up(x, packed, None, zero, zero, two, one, 1, "none", [], "")
    except (AttributeError, RuntimeError):  # private operators: another release may lack them
        if layer.up == 1:
            return lambda x: conv2d(x, weight, padding=1)
        return lambda x: conv_transpose2d(x, turned, stride=2)
