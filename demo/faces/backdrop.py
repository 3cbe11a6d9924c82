"""Backdrops as a portrait lens gives them: far out of focus, muted, with a little vignette."""

import numpy as np
from PIL import Image, ImageFilter

from demo.faces.field import ramp
from demo.faces.mesh import Floats

GRID = 48  # pixels that a backdrop is laid out on before it is blurred and enlarged
# How often each kind is drawn.
SHARES = {"studio": 0.38, "room": 0.3, "foliage": 0.16, "sky": 0.09, "lights": 0.07}
FOLIAGE = ((0.25, 0.28, 0.20), (0.34, 0.37, 0.27), (0.44, 0.44, 0.35), (0.19, 0.22, 0.18))


def draw_backdrop(side: int, rng: np.random.Generator) -> Floats:
    """Draw a backdrop, `[side, side, 3]` in linear light."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    y, x = (np.mgrid[0:GRID, 0:GRID] + 0.5) / GRID
    laid = {"studio": _studio, "room": _room, "foliage": _foliage, "sky": _sky, "lights": _lights}[kind](x, y, rng)
    blur = {"studio": 1.0, "room": rng.uniform(2, 3.5), "foliage": rng.uniform(2.5, 4.5), "sky": 2.5, "lights": 0.8}[
        kind
    ]
    vignette = 1 - rng.uniform(0, 0.35) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)[..., None] * 2
    lightness = np.clip(laid, 0.02, 0.9) ** 2.2 * vignette
    grown = [_grow(lightness[..., channel], blur, side) for channel in range(3)]
    backdrop: Floats = np.clip(np.stack(grown, axis=-1), 0.003, 0.95)
    return backdrop


def _grow(plane: Floats, blur: float, side: int) -> Floats:
    small = Image.fromarray((np.sqrt(plane) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))
    large = Image.fromarray(np.asarray(small, np.float32)).resize((side, side), Image.Resampling.BICUBIC)
    grown: Floats = (np.asarray(large) / 255) ** 2
    return grown


def _muted(rng: np.random.Generator, low: float, high: float, *, spread: float = 0.035) -> Floats:
    """A display colour near to grey, rather warm than cold."""
    warmth = rng.normal(0.015, spread)
    colour: Floats = rng.uniform(low, high) + np.array([warmth, rng.normal(0, 0.012), -warmth])
    return colour


def _studio(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    base = _muted(rng, 0.15, 0.85)
    if rng.random() < 0.15:  # painted paper
        base = base * np.clip(1 + rng.normal(0, 0.1, 3), 0.7, 1.3)
    centre = rng.uniform(0.2, 0.8, 2)
    glow = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / rng.uniform(0.1, 0.4))
    laid: Floats = base * (1 + (rng.uniform(0, 0.3) * glow + rng.uniform(-0.15, 0.15) * y)[..., None])
    return laid


def _room(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """Walls, shelves, doors, a window: upright and level blocks."""
    laid = np.tile(_muted(rng, 0.25, 0.7, spread=0.05), (GRID, GRID, 1))
    for _ in range(rng.integers(3, 8)):
        left, top = rng.uniform(-0.2, 0.9, 2)
        right, bottom = left + rng.uniform(0.08, 0.5), top + rng.uniform(0.15, 0.9)
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        laid[inside] = _muted(rng, 0.12, 0.75, spread=0.07)
    if rng.random() < 0.3:
        left = rng.choice([rng.uniform(-0.1, 0.15), rng.uniform(0.65, 0.9)])
        laid[(x > left) & (x < left + 0.25) & (y < 0.7)] = _muted(rng, 0.85, 0.95)
    return laid


def _foliage(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """Leaves and the light between them."""
    colours = np.array(FOLIAGE) * rng.uniform(0.8, 1.4) + rng.normal(0, 0.02, 3)
    cells = int(rng.choice([6, 8, 12]))
    blocks = colours[rng.integers(len(colours), size=(cells, cells))]
    blocks[rng.random((cells, cells)) < 0.12] = (0.68, 0.69, 0.62)
    laid = np.kron(blocks, np.ones((GRID // cells, GRID // cells, 1)))
    ground = rng.uniform(0.6, 1.4)
    laid = laid + (np.array([0.42, 0.38, 0.3]) - laid) * ramp(y, ground, ground + 0.15)[..., None]
    return np.asarray(laid, np.float32)


def _sky(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    high, low = np.array([0.5, 0.6, 0.73]) * rng.uniform(0.75, 1.1), _muted(rng, 0.7, 0.88)
    laid = high + (low - high) * y[..., None]
    horizon = rng.uniform(0.45, 1.0) + 0.03 * np.sin(x * rng.uniform(4, 14) + rng.uniform(0, 6))
    land = _muted(rng, 0.2, 0.5) * np.array([0.95, 1.0, 0.9])
    laid = laid + (land - laid) * ramp(y - horizon, -0.02, 0.04)[..., None]
    return np.asarray(laid, np.float32)


def _lights(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """Lamps far away at dusk: soft discs."""
    laid = np.tile(_muted(rng, 0.1, 0.28, spread=0.05), (GRID, GRID, 1))
    for _ in range(rng.integers(5, 14)):
        centre, radius = rng.random(2), rng.uniform(0.03, 0.09)
        disc = ramp(np.hypot(x - centre[0], y - centre[1]), radius * 1.15, radius * 0.85)
        lamp = np.array([0.75, rng.uniform(0.5, 0.7), rng.uniform(0.3, 0.65)])
        laid += disc[..., None] * (lamp - laid) * rng.uniform(0.25, 0.7)
    return laid
