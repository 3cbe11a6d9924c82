"""What one drinks and pours from: mug, teapot, watering can."""

import numpy as np

from demo.objects.colour import Palette
from demo.objects.material import BRASS, METALS, WOOD, WOODS, choose, decorate, glaze, grain, mottle
from demo.objects.mesh import Mesh, Surface, dress, join, moved, rotation
from demo.objects.solid import ellipsoid, lathe, tube
from demo.objects.things.vessels import glazes


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
    deep = body.v > body.v[int(np.argmax(body.vertices[:, 1]))]  # past the rim, the profile goes on inside
    outside = decorate(body, under, over, rng)
    paint = np.where(deep[:, None], inside, outside)
    low, high = 0.2 * height, rng.uniform(0.78, 0.9) * height
    reach = rng.uniform(0.3, 0.5)
    path = [
        (belly + (top - belly) * (high / height - 0.5) / 0.47, high, 0),
        (belly + 0.8 * reach, high, 0),
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
