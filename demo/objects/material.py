"""Materials, and the patterns that are painted on them."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from demo.faces.field import mix, noise, ramp
from demo.faces.mesh import Floats
from demo.objects.mesh import Shape, Surface

T = TypeVar("T")

GLAZE = Surface(gloss=0.9, roughness=0.12)
SATIN = Surface(gloss=0.55, roughness=0.35)
MATT = Surface(gloss=0.2, roughness=0.75, soft=0.1)
WOOD = Surface(gloss=0.35, roughness=0.5)
CLOTH = Surface(gloss=0.08, roughness=0.9, soft=0.35)
WAX = Surface(gloss=0.5, roughness=0.3, soft=0.3)
LEAF = Surface(gloss=0.35, roughness=0.45, soft=0.4)
BRASS = Surface(gloss=1.0, roughness=0.2, metal=0.9)
GLASS = Surface(gloss=1.0, roughness=0.06, clear=0.85)

WOODS = ((0.42, 0.06, 50), (0.55, 0.075, 58), (0.68, 0.075, 68), (0.78, 0.06, 78), (0.33, 0.04, 40))
METALS = ((0.78, 0.1, 85), (0.72, 0.085, 55), (0.8, 0.012, 240), (0.6, 0.05, 70))


def choose(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Draw one of `options`."""
    return options[int(rng.integers(len(options)))]


def glaze(rng: np.random.Generator) -> Surface:
    """Draw a ceramic surface, from matt to wet."""
    wet = rng.uniform(0, 1)
    return Surface(gloss=0.25 + 0.7 * wet, roughness=0.6 - 0.5 * wet)


def grain(shape: Shape, colour: Floats, rng: np.random.Generator, *, along: int = 1) -> Floats:
    """Paint wood, `[V, 3]`, its fibres along the axis `along`."""
    axis = shape.vertices[:, along]
    first, second = (shape.vertices[:, k] for k in range(3) if k != along)
    start = rng.uniform(0, 1)
    rings = noise(32, 0.35 * first + 0.2 * second + start, axis * 0.04 + start)
    fibre = noise(128, 0.4 * first + 0.3 * second + start, axis * 0.05)
    painted: Floats = colour * np.exp(0.16 * rings + 0.1 * fibre)[:, None]
    return painted


def mottle(shape: Shape, colour: Floats, rng: np.random.Generator, *, depth: float = 0.08) -> Floats:
    """Vary a colour softly over a shape, `[V, 3]`; `colour` is `[3]` or `[V, 3]`."""
    start = rng.uniform(0, 1, 2)
    x, y, z = shape.vertices.T
    cloud = noise(8, 0.25 * x + 0.17 * z + start[0], 0.25 * y + 0.1 * z + start[1])
    fine = noise(64, 0.25 * x + 0.17 * z + start[0], 0.25 * y + 0.1 * z + start[1])
    painted: Floats = colour * np.exp(depth * (cloud + 0.4 * fine))[:, None]
    return painted


def _bands(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    share = np.zeros_like(v)
    for _ in range(int(rng.integers(1, 4))):
        centre, half = rng.uniform(0.25, 0.85), rng.uniform(0.015, 0.07)
        share = np.maximum(share, ramp(np.abs(v - centre), half + 0.012, half))
    return share


def _dip(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    level, wave = rng.uniform(0.35, 0.75), rng.uniform(0, 0.04)
    edge = level + wave * np.sin(2 * np.pi * (u * rng.integers(2, 6) + rng.uniform())) + 0.015 * noise(16, u, v * 0.2)
    down = ramp(v, edge - 0.012, edge + 0.012)
    return down if rng.random() < 0.5 else 1 - down


def _fade(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    level, width = rng.uniform(0.4, 0.7), rng.uniform(0.15, 0.4)
    return ramp(v, level - width, level + width)


def _stripes(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    count, lean = int(rng.integers(7, 15)), float(rng.choice([0, 0, 1, -1]))
    wave = np.sin(2 * np.pi * (u * count + lean * v * 2))
    return ramp(wave, rng.uniform(-0.3, 0.5), 0.75) * ramp(v, 0.2, 0.22) * ramp(v, 0.88, 0.86)


def _dots(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    around, up = int(rng.integers(9, 13)), rng.uniform(2.8, 4.4)
    row = np.floor(v * up)
    x, y = (u * around + 0.5 * (row % 2)) % 1 - 0.5, v * up - row - 0.5
    return ramp(x**2 + y**2, 0.11, 0.06) * ramp(v, 0.15, 0.2)


def _zigzag(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    count, height, centre = int(rng.integers(8, 14)), rng.uniform(0.05, 0.09), rng.uniform(0.45, 0.7)
    line = centre + height * (2 * np.abs((u * count) % 1 - 0.5) * 2 - 1)
    return np.maximum(ramp(np.abs(v - line), 0.04, 0.025), ramp(np.abs(np.abs(v - centre) - 2.4 * height), 0.02, 0.012))


def _speckle(u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    start = rng.uniform(0, 1)
    return 0.75 * ramp(noise(64, u + start, v * 0.8 + start), 1.5, 1.9)


PATTERNS = (_bands, _bands, _dip, _dip, _fade, _stripes, _dots, _zigzag, _speckle)


def decorate(shape: Shape, under: Floats, over: Floats, rng: np.random.Generator, *, plain: float = 0.35) -> Floats:
    """Paint a turned shape with a pattern of `over` on `under` (each `[3]`), or plain; `[V, 3]`.

    The profile of a hollow vessel goes on inside; there `v` runs on, and patterns follow the height instead.
    """
    y = shape.vertices[:, 1]
    height = ((y - y.min()) / max(1e-6, float(np.ptp(y)))).astype(np.float32)
    painted = np.broadcast_to(under, (len(y), 3)).astype(np.float32)
    pattern = choose(rng, PATTERNS)
    if rng.random() >= plain:
        painted = mix(painted, over, pattern(shape.u, height, rng))
    return mottle(shape, painted, rng, depth=rng.uniform(0.01, 0.08))
