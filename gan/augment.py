"""Applies the augmentations of `gan.ada` to pictures, with derivatives of any order.

R1 goes through the augmentation, so each operation here must be differentiable twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gan.ada import Chosen, Matrices, Pipe, colour, geometry, scale2d, translate2d
from gan.operators import downsample2d, setup_filter, upsample2d
from gan.randomness import AugmentDraws

# Low-pass of the wavelet sym6 (12 taps), for sampling between the pixels with little aliasing.
SYM6 = [
    *[0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633],
    *[0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252],
    *[-0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148],
]
PAD = len(SYM6) // 4


class _GridSample(torch.autograd.Function):
    """Bilinear sampling at a fixed grid: linear in the picture, so its adjoint's adjoint is itself."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, grid: Tensor) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.size = tuple(x.shape)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _grid_scatter(grads[0], ctx.saved_tensors[0], ctx.size), None


class _GridScatter(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, grad: Tensor, grid: Tensor, size: tuple[int, ...]) -> Tensor:
        ctx.save_for_backward(grid)
        like = grad.new_empty(1).expand(size)  # only its shape matters
        scattered: tuple[Tensor, ...] = torch.ops.aten.grid_sampler_2d_backward(
            grad, like, grid, 0, 0, False, [True, False]
        )
        return scattered[0]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return _grid_sample(grads[0], ctx.saved_tensors[0]), None, None


_grid_sample: Callable[..., Tensor] = _GridSample.apply
_grid_scatter: Callable[..., Tensor] = _GridScatter.apply


@dataclass(frozen=True)
class Warp:
    """What a matrix becomes for sampling: margin (x0, x1, y0, y1) in pixels, theta `[N, 3, 3]`."""

    margin: tuple[int, int, int, int]
    theta: Matrices


def _like(n: int, x: float, y: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.full(n, x), np.full(n, y)


def warp(g_inv: Matrices, *, height: int, width: int) -> Warp:
    """Margin by which to reflect the border, one for the whole batch, and the matrices for the enlarged picture."""
    n = len(g_inv)
    cx, cy = (width - 1) / 2, (height - 1) / 2
    corners = np.array([[-cx, -cy, 1], [cx, -cy, 1], [cx, cy, 1], [-cx, cy, 1]]).T
    found = (g_inv @ corners)[:, :2].transpose(1, 0, 2).reshape(2, -1)  # [2, N * 4]
    reach = np.concatenate([-found.min(axis=1), found.max(axis=1)])  # -x, -y, x, y
    reach = reach + np.array([PAD * 2 - cx, PAD * 2 - cy] * 2)
    # float32, in which a reach that is whole but for rounding stays whole
    reach = np.clip(reach.astype(np.float32), 0, np.array([width - 1, height - 1] * 2, dtype=np.float32))
    x0, y0, x1, y1 = (int(value) for value in np.ceil(reach))
    g = translate2d(*_like(n, (x0 - x1) / 2, (y0 - y1) / 2)) @ g_inv
    g = scale2d(*_like(n, 2, 2)) @ g @ scale2d(*_like(n, 0.5, 0.5))
    g = translate2d(*_like(n, -0.5, -0.5)) @ g @ translate2d(*_like(n, 0.5, 0.5))
    canvas_h, canvas_w = (height + PAD * 2) * 2, (width + PAD * 2) * 2
    full_w, full_h = (width + x0 + x1) * 2, (height + y0 + y1) * 2
    g = scale2d(*_like(n, 2 / full_w, 2 / full_h)) @ g @ scale2d(*_like(n, canvas_w / 2, canvas_h / 2))
    return Warp(margin=(x0, x1, y0, y1), theta=g)


def apply_geometry(x: Tensor, g_inv: Matrices) -> Tensor:
    """Sample x `[N, C, H, W]` at the places that `g_inv` `[N, 3, 3]` names."""
    n, c, height, width = x.shape
    plan = warp(g_inv, height=height, width=width)
    f = setup_filter(SYM6).to(x.device)
    y = F.pad(x, plan.margin, mode="reflect")
    y = upsample2d(y, f)  # [N, C, 2H', 2W']
    theta = torch.from_numpy(plan.theta[:, :2].astype(np.float32)).to(x.device)
    size = [n, c, (height + PAD * 2) * 2, (width + PAD * 2) * 2]
    grid = F.affine_grid(theta, size, align_corners=False)
    y = _grid_sample(y, grid)
    return downsample2d(y, f, padding=-PAD * 2, flip_filter=True)  # [N, C, H, W]


def apply_colour(x: Tensor, m: Matrices) -> Tensor:
    """Multiply the colours of x `[N, C, H, W]`, C 3 or 1, by m `[N, 4, 4]`."""
    n, c, h, w = x.shape
    m32 = torch.from_numpy(m.astype(np.float32)).to(x.device)
    if c == 1:
        m32 = m32[:, :3].mean(dim=1, keepdim=True)  # [N, 1, 4]
        return x * m32[:, :, :3].sum(dim=2)[:, :, None, None] + m32[:, :, 3][:, :, None, None]
    y = torch.baddbmm(m32[:, :3, 3:], m32[:, :3, :3], x.reshape(n, c, h * w))
    return y.reshape(n, c, h, w)


def _changed(m: Matrices) -> NDArray[np.int64]:
    return np.flatnonzero(np.abs(m - np.eye(m.shape[1])).max(axis=(1, 2)) > 0)


def _on_rows(x: Tensor, rows: NDArray[np.int64], change: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply `change` to some samples; the others pass untouched, which spares time and needless filtering."""
    if len(rows) == 0:
        return x
    if len(rows) == x.shape[0]:
        return change(x)
    index = torch.from_numpy(rows).to(x.device)
    return x.index_copy(0, index, change(x.index_select(0, index)))


def augment(x: Tensor, pipe: Pipe, p: float, draws: AugmentDraws) -> Tensor:
    """Augment pictures x `[N, C, H, W]` in [-1, 1], each transform with probability p in [0, 1]."""
    if p <= 0:
        return x
    _, c, height, width = x.shape
    chosen = Chosen(draws, p)
    if pipe.moves:
        g_inv = geometry(pipe, chosen, height=height, width=width)
        rows = _changed(g_inv)
        x = _on_rows(x, rows, lambda part: apply_geometry(part, g_inv[rows]))
    if pipe.colours:
        m = colour(pipe, chosen, channels=c)
        coloured = _changed(m)
        x = _on_rows(x, coloured, lambda part: apply_colour(part, m[coloured]))
    if pipe.imgfilter:
        gains = band_gains(pipe, chosen)
        filtered = np.flatnonzero(np.abs(gains - 1).max(axis=1) > 0)
        x = _on_rows(x, filtered, lambda part: apply_filter(part, gains[filtered]))
    if pipe.noise:
        x = _add_noise(x, pipe, chosen)
    return _cut_out(x, pipe, chosen) if pipe.cutout else x


def filter_bank() -> NDArray[np.float64]:
    """Four band-passes `[4, 43]`, low to high, that sum to the identity: dyadic bands of the wavelet sym2."""
    low = np.array([-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025])
    high = low * (-1.0) ** np.arange(low.size)
    squares = [np.convolve(f, f[::-1]) / 2 for f in (low, high)]  # autocorrelations, 7 taps
    bank = np.eye(4, 1)  # the picture itself is in the lowest band until it is split
    for band in range(1, 4):
        wide = np.zeros((4, bank.shape[1] * 2 - 1))
        wide[:, ::2] = bank
        bank = np.stack([np.convolve(row, squares[0]) for row in wide])
        middle = (bank.shape[1] - squares[1].size) // 2
        bank[band, middle : middle + squares[1].size] += squares[1]
    return bank


EXPECTED_POWER = np.array([10.0, 1, 1, 1]) / 13  # of the bands of a natural picture (1/f spectrum)


def band_gains(pipe: Pipe, chosen: Chosen) -> NDArray[np.float64]:
    """Gain of each band `[N, 4]`; each band in turn is amplified and the whole brought back to its power."""
    gains = np.ones((len(chosen), 4))
    for band in range(4):
        t = np.ones((len(chosen), 4))
        drawn = 2 ** (chosen.normal(f"imgfilter{band}") * pipe.imgfilter_std)
        t[:, band] = chosen.gated(f"imgfilter{band}", pipe.imgfilter, drawn, 1)
        gains *= t / np.sqrt((t**2 * EXPECTED_POWER).sum(axis=1, keepdims=True))
    return gains


def apply_filter(x: Tensor, gains: NDArray[np.float64]) -> Tensor:
    """Amplify the bands of x `[N, C, H, W]` by gains `[N, 4]`."""
    n, c, h, w = x.shape
    taps = torch.from_numpy((gains @ filter_bank()).astype(np.float32)).to(x.device)  # [N, 43]
    kernel = taps[:, None].expand(n, c, -1).reshape(n * c, 1, -1)  # [N * C, 1, 43]
    reach = taps.shape[1] // 2
    y = F.pad(x.reshape(1, n * c, h, w), [reach] * 4, mode="reflect")
    y = F.conv2d(y, kernel[:, :, None, :], groups=n * c)
    y = F.conv2d(y, kernel[:, :, :, None], groups=n * c)
    return y.reshape(n, c, h, w)


def _add_noise(x: Tensor, pipe: Pipe, chosen: Chosen) -> Tensor:
    sigma = chosen.gated("noise", pipe.noise, np.abs(chosen.normal("noise")) * pipe.noise_std, 0)
    rows = np.flatnonzero(sigma)
    if len(rows) == 0:
        return x
    noise = np.zeros(tuple(x.shape), np.float32)
    for row in rows:
        noise[row] = chosen.draws.noise(int(row), tuple(x.shape[1:])) * sigma[row]
    return x + torch.from_numpy(noise).to(x.device)


def _cut_out(x: Tensor, pipe: Pipe, chosen: Chosen) -> Tensor:
    n, _, h, w = x.shape
    half = chosen.gated("cutout", pipe.cutout, np.full(n, pipe.cutout_size / 2), 0)
    inside_x = np.abs((np.arange(w) + 0.5) / w - chosen.uniform("cutout_x")[:, None]) < half[:, None]
    inside_y = np.abs((np.arange(h) + 0.5) / h - chosen.uniform("cutout_y")[:, None]) < half[:, None]
    kept = ~(inside_x[:, None, None, :] & inside_y[:, None, :, None])  # [N, 1, H, W]
    return x * torch.from_numpy(kept).to(x.device, x.dtype)
