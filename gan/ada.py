"""Adaptive discriminator augmentation: what is done to the pictures that D sees, and how often.

Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", App. B. Every transform is applied to
each sample with probability p. What is drawn becomes matrices `[N, 3, 3]` and `[N, 4, 4]` and gains on the CPU, in
float64; R1 goes through their application, so each operation on pictures must be differentiable twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import or_
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional as F

from gan.config import AdaConfig
from gan.operators import downsample2d, setup_filter, upsample2d
from gan.randomness import AugmentDraws

Values = NDArray[np.float64]
Pair = tuple[Values | float, Values | float]  # x, y
Pipe = Mapping[str, float]  # the transforms there are, and the strength of each

_PARTS: dict[str, Pipe] = {
    "blit": {"xflip": 1, "rotate90": 1, "xint": 0.125},  # largest shift, share of the picture's size
    # Standard deviations of log2 of a factor, and of a shift; the largest turn is a share of a half turn.
    "geom": {"scale": 0.2, "rotate": 1, "aniso": 0.2, "xfrac": 0.125},
    # Standard deviations, two of them of log2 of a factor; the largest hue is a share of a half turn.
    "color": {"brightness": 0.2, "contrast": 0.5, "lumaflip": 1, "hue": 1, "saturation": 1},
    "filter": {"imgfilter": 1},  # standard deviation of log2 of a band's gain
    "noise": {"noise": 0.1},  # of the standard deviation that is drawn
    "cutout": {"cutout": 0.5},  # share of the picture's size
}
# The parts together, called by their initials.
_SUMS = dict(zip(("blit", "bg", "bgc", "bgcf", "bgcfn", "bgcfnc"), accumulate(_PARTS.values(), or_), strict=True))
# For photographs: a sky that is down, a green face or a negative leaks into the pictures long before p = 0.8,
# so no quarter turns, hue and negatives, and turns of up to 18 degrees only.
_PHOTO: Pipe = {**_SUMS["bgc"], "rotate90": 0, "hue": 0, "lumaflip": 0, "rotate": 0.1}
PIPES: Mapping[str, Pipe] = {**_PARTS, **_SUMS, "photo": _PHOTO}


def _columns(names: str, *, first: int = 0) -> Mapping[str, int]:
    return {name: first + i for i, name in enumerate(names.split())}


# Column of each draw in `AugmentDraws`. Part of the resume format: append, never renumber.
GATE = _columns(
    "xflip rotate90 xint scale rotate_pre aniso rotate_post xfrac brightness contrast lumaflip hue saturation "
    "imgfilter_0 imgfilter_1 imgfilter_2 imgfilter_3 noise cutout"
)
UNIFORM = _columns("xflip rotate90 xint_x xint_y rotate_pre rotate_post lumaflip hue cutout_x cutout_y", first=24)
NORMAL = _columns(
    "scale aniso xfrac_x xfrac_y brightness contrast saturation imgfilter_0 imgfilter_1 imgfilter_2 imgfilter_3 noise"
)


@dataclass(frozen=True)
class Chosen:
    """Draws `[N]` of a batch under a pipe and p; samples that are spared, and transforms that are not in the pipe, get
    what changes nothing."""

    draws: AugmentDraws
    pipe: Pipe
    p: float

    def strength(self, name: str) -> float:
        return self.pipe.get(name.partition("_")[0], 0)

    def gated(self, gate: str, value: ArrayLike, neutral: float = 0.0) -> Values:
        return np.where(self.draws.uniform[:, GATE[gate]] < self.p, value, neutral)

    def uniform(self, name: str) -> Values:
        return self.draws.uniform[:, UNIFORM[name]]

    def normal(self, name: str) -> Values:
        return self.draws.normal[:, NORMAL[name]] * self.strength(name)

    def one_of(self, count: int, name: str) -> Values:
        """A whole number below `count`."""
        return self.gated(name, np.floor(self.uniform(name) * count) * self.strength(name))

    def turn(self, name: str) -> Values:
        """An angle of up to a half turn to either side."""
        return self.gated(name, (self.uniform(name) * 2 - 1) * np.pi * self.strength(name))

    def factor(self, name: str) -> Values:
        return self.gated(name, 2 ** self.normal(name), 1)


def affine2d(*, scale: Pair = (1, 1), turn: Values | float = 0, shift: Pair = (0, 0)) -> Values:
    """Matrices that scale, turn or shift, of values `[N]`, or of one for all: `[N, 3, 3]` or `[1, 3, 3]`."""
    cos, sin = np.cos(turn), np.sin(turn)
    entries = np.broadcast_arrays(scale[0] * cos, -sin, shift[0], sin, scale[1] * cos, shift[1], 0.0, 0.0, 1.0)
    return np.stack(entries, axis=-1).reshape(-1, 3, 3)


def geometry(chosen: Chosen, *, height: int, width: int) -> Values:
    """Matrices `[N, 3, 3]` from an output pixel to an input pixel, origin at the middle of the picture."""
    c = chosen
    tx, ty = (c.gated("xint", (c.uniform(f"xint_{axis}") * 2 - 1) * c.strength("xint")) for axis in "xy")
    fx, fy = (c.gated("xfrac", c.normal(f"xfrac_{axis}")) for axis in "xy")
    scale, stretch = c.factor("scale"), c.factor("aniso")
    # Turned before and after the stretch, so that the probability of any turn at all is p.
    turns = replace(c, p=1 - np.sqrt(1 - c.p))
    g = affine2d(scale=(1 - 2 * c.one_of(2, "xflip"), 1)) @ affine2d(turn=np.pi / 2 * c.one_of(4, "rotate90"))
    g = g @ affine2d(shift=(-np.round(tx * width), -np.round(ty * height))) @ affine2d(scale=(1 / scale, 1 / scale))
    g = g @ affine2d(turn=turns.turn("rotate_pre")) @ affine2d(scale=(1 / stretch, stretch))
    return g @ affine2d(turn=turns.turn("rotate_post")) @ affine2d(shift=(-fx * width, -fy * height))


_GREY = np.array([1.0, 1.0, 1.0, 0.0]) / np.sqrt(3)  # the axis of luma
_LUMA = np.outer(_GREY, _GREY)
_RGB = np.diag([1.0, 1, 1, 0])
_CROSS = np.pad(np.cross(np.eye(3), _GREY[:3]), (0, 1))  # x -> grey axis times x


def colour(chosen: Chosen, *, channels: int = 3) -> Values:
    """Matrices `[N, 4, 4]` on (r, g, b, 1)."""
    c, one = chosen, np.eye(4)
    shift = c.gated("brightness", c.normal("brightness"))[:, None, None]
    factor = c.factor("contrast")[:, None, None]
    m: Values = one + shift * np.outer([1, 1, 1, 0], [0, 0, 0, 1])
    m = (factor * _RGB + (one - _RGB)) @ m
    m = (one - 2 * _LUMA * c.one_of(2, "lumaflip")[:, None, None]) @ m
    if channels > 1:
        angle, strong = c.turn("hue")[:, None, None], c.factor("saturation")[:, None, None]
        # Colours are turned about the grey axis by Rodrigues' formula.
        m = (np.cos(angle) * _RGB + np.sin(angle) * _CROSS + (1 - np.cos(angle)) * _LUMA + (one - _RGB)) @ m
        m = (_LUMA + (one - _LUMA) * strong) @ m
    return m


def band_gains(chosen: Chosen) -> Values:
    """Gain of each band `[N, 4]`; each band in turn is amplified and the whole brought back to its power."""
    expected = np.array([10.0, 1, 1, 1]) / 13  # power of the bands of a natural picture (1/f spectrum)
    gains: Values = np.ones(4)
    for band in range(4):
        t = np.where(np.arange(4) == band, chosen.factor(f"imgfilter_{band}")[:, None], 1)  # [N, 4]
        gains = gains * (t / np.sqrt((t**2 * expected).sum(axis=1, keepdims=True)))
    return gains


def filter_bank() -> Values:
    """Four band-passes `[4, 43]`, low to high, that sum to the identity: dyadic bands of the wavelet sym2."""
    low = np.array([-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025])
    squares = [np.convolve(f, f[::-1]) / 2 for f in (low, low * (-1.0) ** np.arange(4))]  # autocorrelations, 7 taps
    bank = np.eye(4, 1)  # the picture itself is in the lowest band until it is split
    for band in range(1, 4):
        wide = np.zeros((4, bank.shape[1] * 2 - 1))
        wide[:, ::2] = bank
        bank = np.stack([np.convolve(row, squares[0]) for row in wide])
        middle = bank.shape[1] // 2
        bank[band, middle - 3 : middle + 4] += squares[1]
    return bank


# Low-pass of the wavelet sym6 (12 taps), for sampling between the pixels with little aliasing.
SYM6 = [
    *[0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633],
    *[0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252],
    *[-0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148],
]
PAD = len(SYM6) // 4


class _Sampled(torch.autograd.Function):
    """Bilinear sampling at a fixed grid, or its adjoint: linear in x, so each is the other's derivative."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, grid: Tensor, size: tuple[int, ...], adjoint: bool) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.size, ctx.adjoint = tuple(x.shape), adjoint
        if not adjoint:
            return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        like = x.new_empty(1).expand(size)  # only its shape matters
        found: Tensor = torch.ops.aten.grid_sampler_2d_backward(x, like, grid, 0, 0, False, [True, False])[0]
        return found

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _sampled(grads[0], *ctx.saved_tensors, ctx.size, not ctx.adjoint), None, None, None


_sampled: Callable[..., Tensor] = _Sampled.apply


def warp(g_inv: Values, *, height: int, width: int) -> tuple[list[int], Values]:
    """Margin [x0, y0, x1, y1] in pixels by which to reflect the border, one for the whole batch, and matrices
    `[N, 3, 3]` for sampling the enlarged picture."""
    middle = (np.array([width, height]) - 1) / 2
    corners = np.array([[-1, 1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, 1]]) * [[middle[0]], [middle[1]], [1]]
    found = (g_inv @ corners)[:, :2]  # [N, 2, 4]
    reach = np.concatenate([-found.min(axis=(0, 2)), found.max(axis=(0, 2))]) + np.tile(PAD * 2 - middle, 2)
    # float32, in which a reach that is whole but for rounding stays whole
    margin = np.ceil(np.clip(reach.astype(np.float32), 0, np.tile(middle * 2, 2))).astype(int).tolist()
    x0, y0, x1, y1 = margin
    g = affine2d(shift=((x0 - x1) / 2, (y0 - y1) / 2)) @ g_inv
    g = affine2d(scale=(2, 2)) @ g @ affine2d(scale=(0.5, 0.5))
    g = affine2d(shift=(-0.5, -0.5)) @ g @ affine2d(shift=(0.5, 0.5))
    whole, enlarge = (1 / (width + x0 + x1), 1 / (height + y0 + y1)), (width + PAD * 2, height + PAD * 2)
    return margin, affine2d(scale=whole) @ g @ affine2d(scale=enlarge)


def apply_geometry(x: Tensor, g_inv: Values) -> Tensor:
    """Sample x `[N, C, H, W]` at the places that `g_inv` `[N, 3, 3]` names."""
    n, c, height, width = x.shape
    (x0, y0, x1, y1), g = warp(g_inv, height=height, width=width)
    f = setup_filter(SYM6).to(x.device)
    y = upsample2d(F.pad(x, [x0, x1, y0, y1], mode="reflect"), f)  # [N, C, 2H', 2W']
    theta = torch.from_numpy(g[:, :2].astype(np.float32)).to(x.device)
    grid = F.affine_grid(theta, [n, c, (height + PAD * 2) * 2, (width + PAD * 2) * 2], align_corners=False)
    return downsample2d(_sampled(y, grid, None, False), f, padding=-PAD * 2, flip_filter=True)  # [N, C, H, W]


def apply_colour(x: Tensor, m: Values) -> Tensor:
    """Multiply the colours of x `[N, C, H, W]`, C 3 or 1, by m `[N, 4, 4]`."""
    m32 = torch.from_numpy(m.astype(np.float32)).to(x.device)
    if x.shape[1] == 1:
        grey = m32[:, :3].mean(dim=1, keepdim=True)  # [N, 1, 4]
        return x * grey[:, :, :3].sum(dim=2)[:, :, None, None] + grey[:, :, 3][:, :, None, None]
    return torch.baddbmm(m32[:, :3, 3:], m32[:, :3, :3], x.flatten(2)).reshape(x.shape)


def apply_filter(x: Tensor, gains: Values) -> Tensor:
    """Amplify the bands of x `[N, C, H, W]` by gains `[N, 4]`."""
    n, c, h, w = x.shape
    taps = torch.from_numpy((gains @ filter_bank()).astype(np.float32)).to(x.device)  # [N, 43]
    kernel = taps[:, None].expand(n, c, -1).reshape(n * c, 1, -1)  # [N * C, 1, 43]
    y = F.pad(x.reshape(1, n * c, h, w), [taps.shape[1] // 2] * 4, mode="reflect")
    y = F.conv2d(y, kernel[:, :, None, :], groups=n * c)
    return F.conv2d(y, kernel[:, :, :, None], groups=n * c).reshape(n, c, h, w)


def _on_changed(x: Tensor, values: Values, neutral: ArrayLike, apply: Callable[[Tensor, Values], Tensor]) -> Tensor:
    """Apply `values` to the samples that they change; the others pass untouched: less time, no needless filtering."""
    rows = np.flatnonzero((values != neutral).reshape(len(values), -1).any(axis=1))
    if len(rows) in (0, len(values)):
        return apply(x, values) if len(rows) else x
    index = torch.from_numpy(rows).to(x.device)
    return x.index_copy(0, index, apply(x.index_select(0, index), values[rows]))


def augment(x: Tensor, pipe: Pipe, p: float, draws: AugmentDraws) -> Tensor:
    """Augment pictures x `[N, C, H, W]` in [-1, 1], each transform with probability p in [0, 1]."""
    if p <= 0:
        return x
    _, channels, height, width = x.shape
    chosen = Chosen(draws, pipe, p)
    x = _on_changed(x, geometry(chosen, height=height, width=width), np.eye(3), apply_geometry)
    x = _on_changed(x, colour(chosen, channels=channels), np.eye(4), apply_colour)
    x = _on_changed(x, band_gains(chosen), 1, apply_filter)
    sigma = chosen.gated("noise", np.abs(chosen.normal("noise")))
    if sigma.any():
        noise = np.zeros(x.shape, np.float32)
        for row in np.flatnonzero(sigma):
            noise[row] = chosen.draws.noise(int(row), tuple(x.shape[1:])) * sigma[row]
        x = x + torch.from_numpy(noise).to(x.device)
    half = chosen.gated("cutout", chosen.strength("cutout") / 2)[:, None]
    if half.any():
        inside_x = np.abs((np.arange(width) + 0.5) / width - chosen.uniform("cutout_x")[:, None]) < half
        inside_y = np.abs((np.arange(height) + 0.5) / height - chosen.uniform("cutout_y")[:, None]) < half
        kept = ~(inside_x[:, None, None, :] & inside_y[:, None, :, None])  # [N, 1, H, W]
        x = x * torch.from_numpy(kept).to(x.device, x.dtype)
    return x


def next_p(augment_p: float, r_t: float, *, photos: int, settings: AdaConfig) -> float:
    """p after `photos` more were seen: up while D is too sure of the reals (r_t > target), else down."""
    step = photos / (settings.speed_kimg * 1000) * np.sign(r_t - settings.target)
    return float(np.clip(augment_p + step, 0, settings.max_p))
