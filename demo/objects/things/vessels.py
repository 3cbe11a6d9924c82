"""Things turned on a wheel: vase, bottle, bowl of fruit."""

import numpy as np

from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import GLASS, SATIN, WOOD, WOODS, choose, decorate, glaze
from demo.objects.mesh import Mesh, dress, join, moved, rotation
from demo.objects.solid import lathe, tube
from demo.objects.things.harvest import fruit


def glazes(rng: np.random.Generator, palette: Palette) -> tuple[Floats, Floats]:
    """Draw the ground colour of a pot and the colour of what is painted on it, `[3]` each."""
    way = rng.random()
    deep = palette.main(rng.uniform(0.38, 0.72), rng.uniform(0.06, 0.14))
    if way < 0.35:
        return deep, choose(rng, (palette.cream(), palette.ink(), palette.accent(rng.uniform(0.6, 0.85), 0.08)))
    if way < 0.6:
        return palette.cream(rng.uniform(0.82, 0.93)), deep
    if way < 0.75:
        return palette.main(rng.uniform(0.72, 0.86), 0.06), palette.accent(rng.uniform(0.35, 0.6))
    if way < 0.88:
        clay = palette.tint((rng.uniform(0.5, 0.66), 0.1, rng.uniform(38, 60)))
        return clay, choose(rng, (palette.cream(), deep))
    return palette.ink(rng.uniform(0.25, 0.38)), choose(rng, (deep, palette.cream(0.8)))


def vase(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A vase: foot, belly, neck and lip, at times with two handles."""
    height = rng.uniform(1.3, 2.6)
    foot, belly = rng.uniform(0.25, 0.5), rng.uniform(0.5, 0.95)
    neck, lip = rng.uniform(0.13, 0.4), rng.uniform(0.0, 0.25)
    at, top = rng.uniform(0.3, 0.68), rng.uniform(0.76, 0.9)
    neck = min(neck, 0.8 * belly)
    wall = 0.05
    outer = [
        (0, 0),
        (foot, 0),
        (foot, 0.015),
        (0.5 * (foot + belly), 0.42 * at),
        (belly, at),
        (0.55 * (belly + neck), 0.55 * (at + top)),
    ]
    outer += [(neck, top), (neck + 0.4 * lip, 0.96), (neck + lip, 1)]
    inner = [(neck + lip - wall, 0.995), (neck - wall, top), (0.6 * belly, at), (0, 0.3 * at)]
    profile = np.array([*outer, *inner]) * [1, height]
    body = lathe(
        profile, rows=88, lobes=(float(rng.integers(6, 18)), rng.uniform(0.05, 0.14)) if rng.random() < 0.2 else (0, 0)
    )
    under, over = glazes(rng, palette)
    surface = glaze(rng)
    parts = [dress(body, decorate(body, under, over, rng), surface)]
    if rng.random() < 0.28:
        reach = belly * rng.uniform(0.95, 1.25)
        for sign in (-1, 1):
            path = [
                (sign * (neck + 0.02), top * height, 0),
                (sign * reach, (top + 0.03) * height, 0),
                (sign * reach, (0.5 * at + 0.5 * top) * height, 0),
                (sign * belly * 0.9, (at + 0.03) * height, 0),
            ]
            parts.append(dress(tube(path, rng.uniform(0.05, 0.065)), under, surface))
    return join(parts)


def bottle(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A bottle: of glass with a stopper, or glazed."""
    height, radius = rng.uniform(1.9, 2.9), rng.uniform(0.36, 0.62)
    neck = radius * rng.uniform(0.25, 0.42)
    shoulder, start = rng.uniform(0.45, 0.66), rng.uniform(0.68, 0.78)
    foot = radius * rng.uniform(0.82, 1.1)
    line = [
        (0, 0),
        (foot, 0),
        (foot, 0.02),
        (radius, 0.25),
        (radius, shoulder),
        (neck * 1.15, start),
        (neck, 0.9),
        (neck, 0.95),
    ]
    line += [(neck * 1.25, 0.955), (neck * 1.25, 1), (neck * 0.8, 1), (neck * 0.8, 0.85)]
    body = lathe(np.array(line) * [1, height], rows=88)
    clear = rng.random() < 0.55
    if clear:
        tone = palette.main(rng.uniform(0.6, 0.93), rng.uniform(0.03, 0.12))
        parts = [dress(body, tone, GLASS)]
        if rng.random() < 0.5:
            band = lathe(np.array([(radius * 1.012, 0.22), (radius * 1.012, shoulder - 0.06)]) * [1, height], rows=6)
            parts.append(dress(band, palette.cream(rng.uniform(0.78, 0.92)), SATIN))
    else:
        under, over = glazes(rng, palette)
        parts = [dress(body, decorate(body, under, over, rng), glaze(rng))]
    if rng.random() < 0.6:
        cork = lathe(
            [
                (0, 0.95 * height),
                (neck, 0.95 * height),
                (neck * 1.1, 1.08 * height),
                (neck * 1.0, 1.1 * height),
                (0, 1.1 * height),
            ],
            rows=16,
        )
        parts.append(dress(cork, palette.tint(choose(rng, WOODS)), WOOD))
    return join(parts)


def bowl(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A bowl of fruit."""
    height, top = rng.uniform(0.42, 0.75), rng.uniform(0.95, 1.2)
    foot = rng.uniform(0.3, 0.5)
    line = [
        (0, 0),
        (foot, 0),
        (foot * 0.9, 0.08),
        (0.75 * top, 0.45),
        (top, 0.97),
        (top - 0.03, 1),
        (top - 0.07, 0.96),
        (0.6 * top, 0.4),
        (0, 0.2),
    ]
    body = lathe(np.array(line) * [1, height], rows=64)
    under, over = glazes(rng, palette)
    parts = [dress(body, decorate(body, under, over, rng, plain=0.5), glaze(rng))]
    count = int(rng.integers(4, 7))
    turn = rng.uniform(0, 2 * np.pi)
    first = rng.uniform(0, 3)
    for k in range(count):
        size = rng.uniform(0.36, 0.44)
        angle = turn + 2 * np.pi * k / (count - 1)
        away = 0.0 if k == count - 1 else top * 0.52
        lift = height + (0.42 if k == count - 1 else 0.02) + rng.uniform(0, 0.06)
        one = fruit(rng, palette, radius=size, sort=int(first + rng.uniform(0, 1.6)) % 3)
        lean = rotation("z", rng.normal(0, 0.35)) @ rotation("x", rng.normal(0, 0.35))
        parts.append(moved(one, (away * np.cos(angle), lift, away * np.sin(angle)), turn=lean))
    return join(parts)
