"""Things turned on a wheel: vase, bottle, mug, teapot, bowl of fruit."""

import numpy as np

from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import BRASS, GLASS, METALS, SATIN, WOOD, WOODS, choose, decorate, glaze, grain, mottle
from demo.objects.mesh import Mesh, Surface, dress, join, moved, rotation
from demo.objects.solid import ellipsoid, lathe, tube
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


def mug(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A cup or a mug with its handle, coffee or tea in it."""
    height, top = rng.uniform(0.8, 1.5), rng.uniform(0.5, 0.8)
    foot, belly = top * rng.uniform(0.55, 1.0), top * rng.uniform(0.85, 1.08)
    wall = 0.05
    line = [
        (0, 0),
        (foot * 0.95, 0),
        (foot, 0.02),
        ((foot + belly) * 0.53, 0.2),
        (belly, 0.5),
        (top, 0.97),
        (top - wall / 2, 1.0),
        (top - wall, 0.97),
        (belly - wall, 0.5),
        (0, 0.12),
    ]
    body = lathe(np.array(line) * [1, height], rows=84)
    under, over = glazes(rng, palette)
    surface = glaze(rng)
    inside = choose(rng, (palette.cream(), under))
    deep = np.arange(len(body.v)) > len(body.v) * 0.5
    radius = np.hypot(body.vertices[:, 0], body.vertices[:, 2])
    outside = decorate(body, under, over, rng)
    paint = np.where((deep & (radius < top - 0.6 * wall))[:, None], inside, outside)
    low, high = 0.2 * height, rng.uniform(0.78, 0.9) * height
    reach = rng.uniform(0.3, 0.5)
    path = [
        (belly * 0.96, high, 0),
        (belly + 0.8 * reach, high * 1.0, 0),
        (belly + reach, 0.5 * (low + high), 0),
        (belly + 0.6 * reach, low * 1.2, 0),
        ((foot + belly) * 0.5, low, 0),
    ]
    handle = tube(path, rng.uniform(0.055, 0.09), flat=rng.uniform(1, 1.6), count=30)
    level = rng.uniform(0.72, 0.88) * height
    drink = lathe([(0, level), ((belly + top) / 2 - wall, level + 0.002)], rows=6)
    brown = palette.tint((rng.uniform(0.25, 0.5), 0.07, rng.uniform(45, 65)))
    parts = [dress(body, paint, surface), dress(handle, choose(rng, (under, under, over)), surface)]
    return join([*parts, dress(drink, brown, Surface(gloss=0.9, roughness=0.05))])


def teapot(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A teapot with spout, handle, lid and knob."""
    height, belly = rng.uniform(0.8, 1.35), rng.uniform(0.68, 0.9)
    foot, mouth, at = belly * rng.uniform(0.5, 0.8), belly * rng.uniform(0.35, 0.6), rng.uniform(0.38, 0.6)
    line = [
        (0, 0),
        (foot, 0),
        (foot, 0.03),
        (belly * 0.93, at * 0.5),
        (belly, at),
        (belly * 0.88, 0.5 + 0.5 * at),
        (mouth, 1.0),
        (mouth * 0.98, 1.01),
    ]
    body = lathe(np.array(line) * [1, height])
    dome = rng.uniform(0.08, 0.3)
    lid = lathe(
        [
            (mouth * 1.03, height),
            (mouth * 1.03, height + 0.02),
            (mouth * 0.7, height + 0.7 * dome),
            (0.0, height + dome),
        ],
        rows=24,
    )
    knob = ellipsoid([rng.uniform(0.09, 0.14), rng.uniform(0.08, 0.14), 0.11], rows=14, columns=20)
    under, over = glazes(rng, palette)
    surface = glaze(rng)
    tip = height * rng.uniform(0.85, 1.1)
    spout_path = [
        (-belly * 0.85, height * 0.32, 0),
        (-belly * 1.2, height * 0.42, 0),
        (-belly * 1.35, tip * 0.75, 0),
        (-belly * 1.35 - rng.uniform(0.1, 0.3), tip, 0),
    ]
    spout = tube(spout_path, [0.23, 0.17, 0.12, 0.1, 0.085], count=30, sides=16)
    if rng.random() < 0.6:
        reach = belly * rng.uniform(1.4, 1.65)
        loop = [
            (belly * 0.8, height * 0.86, 0),
            (reach * 0.92, height * 0.95, 0),
            (reach, height * 0.6, 0),
            (belly * 0.95, height * 0.22, 0),
        ]
        handle = dress(tube(loop, rng.uniform(0.055, 0.085), count=32), under, surface)
    else:
        arch = height + rng.uniform(0.65, 0.95)
        loop = [
            (mouth * 1.35, height * 0.88, 0),
            (mouth * 1.7, height + 0.35, 0),
            (0, arch, 0),
            (-mouth * 1.7, height + 0.35, 0),
            (-mouth * 1.35, height * 0.88, 0),
        ]
        wood = rng.random() < 0.5
        colour = palette.tint(choose(rng, WOODS if wood else METALS))
        handle = dress(tube(loop, 0.05, count=44), colour, WOOD if wood else BRASS)
    top = dress(knob, choose(rng, (over, under)), surface)
    painted = dress(body, decorate(body, under, over, rng), surface)
    return join(
        [
            painted,
            dress(lid, choose(rng, (under, under, over)), surface),
            moved(top, (0, height + dome + 0.06, 0)),
            dress(spout, under, surface),
            handle,
        ]
    )


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


def can(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A watering can, enamelled or of metal."""
    height, foot, top = rng.uniform(0.95, 1.25), rng.uniform(0.62, 0.75), rng.uniform(0.45, 0.65)
    line = [(0, 0), (foot, 0), (foot, 0.02), (top, 0.9), (top * 0.97, 1.0), (top * 0.5, 1.03), (top * 0.48, 0.9)]
    body = lathe(np.array(line) * [1, height])
    shiny = rng.random() < 0.3
    colour = palette.tint(choose(rng, METALS)) if shiny else glazes(rng, palette)[0]
    surface = Surface(gloss=1, roughness=0.35, metal=0.85) if shiny else Surface(gloss=0.8, roughness=0.25)
    end = (-foot - rng.uniform(0.75, 0.95), height * rng.uniform(1.05, 1.3), 0)
    spout = tube([(-foot * 0.85, height * 0.15, 0), (-foot - 0.4, height * 0.6, 0), end], [0.15, 0.1, 0.07], sides=14)
    rose = lathe([(0.06, -0.02), (0.2, 0.16), (0.2, 0.18), (0, 0.22)], rows=16, columns=28)
    reach = foot + rng.uniform(0.35, 0.5)
    loop = [
        (-top * 0.4, height, 0),
        (-top * 0.2, height + 0.4, 0),
        (top * 0.8, height + 0.38, 0),
        (reach, height * 0.8, 0),
        (foot * 0.95, height * 0.25, 0),
    ]
    lean = rotation("z", rng.uniform(0.7, 1.0))
    parts = [dress(body, mottle(body, colour, rng, depth=0.04), surface), dress(spout, colour, surface)]
    parts.append(moved(dress(rose, colour, surface), end, turn=lean))
    grip = palette.tint(choose(rng, WOODS)) if rng.random() < 0.3 else colour
    handle = tube(loop, 0.055, count=40)
    return join([*parts, dress(handle, grain(handle, grip, rng, along=0), surface)])
