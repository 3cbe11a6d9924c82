"""Adaptive discriminator augmentation: what is done to the pictures that D sees, and how strongly.

Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", App. B. Every transform is applied to
each sample with probability p. Matrices are made of the draws on the CPU in float64; `gan.augment` applies them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gan.config import AdaConfig
from gan.randomness import AugmentDraws

Matrices = NDArray[np.float64]  # [N, 3, 3] or [N, 4, 4]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipe:
    """Which transforms there are. A multiplier scales p for its transform, 0 leaves it out."""

    xflip: float = 0.0
    rotate90: float = 0.0
    xint: float = 0.0
    scale: float = 0.0
    rotate: float = 0.0
    aniso: float = 0.0
    xfrac: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    lumaflip: float = 0.0
    hue: float = 0.0
    saturation: float = 0.0
    imgfilter: float = 0.0
    noise: float = 0.0
    cutout: float = 0.0

    xint_max: float = 0.125  # largest shift, share of the picture's size
    scale_std: float = 0.2  # of log2 of the factor
    rotate_max: float = 1.0  # share of a half turn
    aniso_std: float = 0.2
    xfrac_std: float = 0.125  # share of the picture's size
    brightness_std: float = 0.2
    contrast_std: float = 0.5  # of log2 of the factor
    hue_max: float = 1.0  # share of a half turn
    saturation_std: float = 1.0  # of log2 of the factor
    imgfilter_std: float = 1.0  # of log2 of a band's gain
    noise_std: float = 0.1  # of the standard deviation that is drawn
    cutout_size: float = 0.5  # share of the picture's size

    @property
    def moves(self) -> bool:
        """Whether there is any transform of the geometry."""
        return any((self.xflip, self.rotate90, self.xint, self.scale, self.rotate, self.aniso, self.xfrac))

    @property
    def colours(self) -> bool:
        return any((self.brightness, self.contrast, self.lumaflip, self.hue, self.saturation))


_BG = Pipe(xflip=1, rotate90=1, xint=1, scale=1, rotate=1, aniso=1, xfrac=1)
_BGC = replace(_BG, brightness=1, contrast=1, lumaflip=1, hue=1, saturation=1)

PIPES: Mapping[str, Pipe] = MappingProxyType(
    {
        "blit": Pipe(xflip=1, rotate90=1, xint=1),
        "geom": Pipe(scale=1, rotate=1, aniso=1, xfrac=1),
        "color": Pipe(brightness=1, contrast=1, lumaflip=1, hue=1, saturation=1),
        "filter": Pipe(imgfilter=1),
        "noise": Pipe(noise=1),
        "cutout": Pipe(cutout=1),
        "bg": _BG,
        "bgc": _BGC,
        "bgcf": replace(_BGC, imgfilter=1),
        "bgcfn": replace(_BGC, imgfilter=1, noise=1),
        "bgcfnc": replace(_BGC, imgfilter=1, noise=1, cutout=1),
        # For photographs: a sky that is down, a green face or a negative leaks into the pictures long before p = 0.8,
        # so no quarter turns, hue and negatives, and turns of up to 18 degrees only.
        "photo": replace(_BGC, rotate90=0, hue=0, lumaflip=0, rotate_max=0.1),
    }
)


def _columns(names: str, *, first: int = 0) -> Mapping[str, int]:
    return MappingProxyType({name: first + i for i, name in enumerate(names.split())})


# Column of each draw in `AugmentDraws`. Part of the resume format: append, never renumber.
GATE = _columns(
    "xflip rotate90 xint scale rotate_pre aniso rotate_post xfrac brightness contrast lumaflip hue saturation "
    "imgfilter0 imgfilter1 imgfilter2 imgfilter3 noise cutout"
)
UNIFORM = _columns("xflip rotate90 xint_x xint_y rotate_pre rotate_post lumaflip hue cutout_x cutout_y", first=24)
NORMAL = _columns(
    "scale aniso xfrac_x xfrac_y brightness contrast saturation imgfilter0 imgfilter1 imgfilter2 imgfilter3 noise"
)


@dataclass(frozen=True)
class Chosen:
    """Draws of a batch with the probability applied: values of samples that are spared become the identity's."""

    draws: AugmentDraws
    p: float

    def on(self, name: str, multiplier: float) -> NDArray[np.bool_]:
        chosen: NDArray[np.bool_] = self.draws.uniform[:, GATE[name]] < self.p * multiplier
        return chosen

    def gated(self, gate: str, multiplier: float, value: NDArray[np.float64], neutral: float) -> NDArray[np.float64]:
        return np.where(self.on(gate, multiplier), value, neutral)

    def uniform(self, name: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.draws.uniform[:, UNIFORM[name]]
        return found

    def normal(self, name: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.draws.normal[:, NORMAL[name]]
        return found

    def __len__(self) -> int:
        return len(self.draws.uniform)


def _eye(n: int, size: int) -> Matrices:
    return np.tile(np.eye(size), (n, 1, 1))


def translate2d(x: NDArray[np.float64], y: NDArray[np.float64]) -> Matrices:
    m = _eye(len(x), 3)
    m[:, 0, 2], m[:, 1, 2] = x, y
    return m


def scale2d(x: NDArray[np.float64], y: NDArray[np.float64]) -> Matrices:
    m = _eye(len(x), 3)
    m[:, 0, 0], m[:, 1, 1] = x, y
    return m


def rotate2d(angle: NDArray[np.float64]) -> Matrices:
    m = _eye(len(angle), 3)
    m[:, 0, 0] = m[:, 1, 1] = np.cos(angle)
    m[:, 0, 1], m[:, 1, 0] = -np.sin(angle), np.sin(angle)
    return m


def geometry(pipe: Pipe, chosen: Chosen, *, height: int, width: int) -> Matrices:
    """Matrices `[N, 3, 3]` from an output pixel to an input pixel, origin at the middle of the picture."""
    c, ones = chosen, np.ones(len(chosen))
    g = _eye(len(c), 3)
    if pipe.xflip:
        i = c.gated("xflip", pipe.xflip, np.floor(c.uniform("xflip") * 2), 0)
        g = g @ scale2d(1 - 2 * i, ones)
    if pipe.rotate90:
        i = c.gated("rotate90", pipe.rotate90, np.floor(c.uniform("rotate90") * 4), 0)
        g = g @ rotate2d(np.pi / 2 * i)
    if pipe.xint:
        tx = c.gated("xint", pipe.xint, (c.uniform("xint_x") * 2 - 1) * pipe.xint_max, 0)
        ty = c.gated("xint", pipe.xint, (c.uniform("xint_y") * 2 - 1) * pipe.xint_max, 0)
        g = g @ translate2d(-np.round(tx * width), -np.round(ty * height))
    if pipe.scale:
        s = c.gated("scale", pipe.scale, 2 ** (c.normal("scale") * pipe.scale_std), 1)
        g = g @ scale2d(1 / s, 1 / s)
    # Turned before and after the stretch, so that the probability of any turn at all is p.
    p_rotate = 1 - np.sqrt(np.clip(1 - c.p * pipe.rotate, 0, 1))
    turns = Chosen(c.draws, float(p_rotate))
    if pipe.rotate:
        angle = (c.uniform("rotate_pre") * 2 - 1) * np.pi * pipe.rotate_max
        g = g @ rotate2d(turns.gated("rotate_pre", 1, angle, 0))
    if pipe.aniso:
        s = c.gated("aniso", pipe.aniso, 2 ** (c.normal("aniso") * pipe.aniso_std), 1)
        g = g @ scale2d(1 / s, s)
    if pipe.rotate:
        angle = (c.uniform("rotate_post") * 2 - 1) * np.pi * pipe.rotate_max
        g = g @ rotate2d(turns.gated("rotate_post", 1, angle, 0))
    if pipe.xfrac:
        tx = c.gated("xfrac", pipe.xfrac, c.normal("xfrac_x") * pipe.xfrac_std, 0)
        ty = c.gated("xfrac", pipe.xfrac, c.normal("xfrac_y") * pipe.xfrac_std, 0)
        g = g @ translate2d(-tx * width, -ty * height)
    return g


_GREY = np.array([1.0, 1.0, 1.0, 0.0]) / np.sqrt(3)  # the axis of luma
_LUMA = np.outer(_GREY, _GREY)


def _hue_turn(angle: NDArray[np.float64]) -> Matrices:
    """Rotation of colours about the grey axis (Rodrigues' formula)."""
    x, y, z = _GREY[:3]
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    m = _eye(len(angle), 4)
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    m[:, :3, :3] = cos * np.eye(3) + sin * cross + (1 - cos) * _LUMA[:3, :3]
    return m


def colour(pipe: Pipe, chosen: Chosen, *, channels: int = 3) -> Matrices:
    """Matrices `[N, 4, 4]` on (r, g, b, 1)."""
    c = chosen
    m = _eye(len(c), 4)
    if pipe.brightness:
        shift = _eye(len(c), 4)
        shift[:, :3, 3] = c.gated("brightness", pipe.brightness, c.normal("brightness") * pipe.brightness_std, 0)[
            :, None
        ]
        m = shift @ m
    if pipe.contrast:
        factor = c.gated("contrast", pipe.contrast, 2 ** (c.normal("contrast") * pipe.contrast_std), 1)
        m = factor[:, None, None] * np.diag([1.0, 1, 1, 0]) @ m + np.diag([0.0, 0, 0, 1]) @ m
    if pipe.lumaflip:
        i = c.gated("lumaflip", pipe.lumaflip, np.floor(c.uniform("lumaflip") * 2), 0)
        m = (np.eye(4) - 2 * _LUMA * i[:, None, None]) @ m
    if pipe.hue and channels > 1:
        angle = (c.uniform("hue") * 2 - 1) * np.pi * pipe.hue_max
        m = _hue_turn(c.gated("hue", pipe.hue, angle, 0)) @ m
    if pipe.saturation and channels > 1:
        s = c.gated("saturation", pipe.saturation, 2 ** (c.normal("saturation") * pipe.saturation_std), 1)
        m = (_LUMA + (np.eye(4) - _LUMA) * s[:, None, None]) @ m
    return m


def next_p(augment_p: float, r_t: float, *, photos: int, settings: AdaConfig) -> float:
    """p after `photos` more were seen: up while D is too sure of the reals (r_t > target), else down."""
    step = photos / (settings.speed_kimg * 1000) * np.sign(r_t - settings.target)
    return float(np.clip(augment_p + step, 0, settings.max_p))
