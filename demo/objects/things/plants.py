"""Plants: cactus and leaves in a pot, trees."""

import numpy as np

from demo.faces.field import mix, noise, ramp, unit
from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import LEAF, MATT, decorate, glaze, grain, mottle
from demo.objects.mesh import Mesh, Shape, Surface, dress, join, moved, rotation
from demo.objects.solid import ellipsoid, lathe, leaf, tube
from demo.objects.things.vessels import glazes


def _pot(rng: np.random.Generator, palette: Palette, *, height: float, top: float) -> Mesh:
    foot, rim = top * rng.uniform(0.6, 0.92), rng.uniform(0.0, 0.07)
    line = [
        (0, 0),
        (foot, 0),
        (foot, 0.02),
        (top * 0.97, 0.78),
        (top + rim, 0.8),
        (top + rim, 0.98),
        (top + rim - 0.03, 1),
        (top - 0.08, 0.98),
        (top - 0.1, 0.85),
        (0, 0.86),
    ]
    shape = lathe(np.array(line) * [1, height], rows=64, columns=64)
    if rng.random() < 0.4:
        clay = palette.tint((rng.uniform(0.52, 0.64), 0.1, rng.uniform(40, 55)))
        body = dress(shape, mottle(shape, clay, rng, depth=0.1), MATT)
    else:
        under, over = glazes(rng, palette)
        body = dress(shape, decorate(shape, under, over, rng, plain=0.45), glaze(rng))
    soil = lathe([(0, 0.9 * height), (top - 0.05, 0.89 * height)], rows=8, columns=32)
    return join([body, dress(soil, mottle(soil, palette.tint((0.3, 0.03, 60)), rng, depth=0.3), MATT)])


def cactus(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A cactus in a pot: a column with arms or a ball, ribbed, at times in flower."""
    top, height = rng.uniform(0.5, 0.72), rng.uniform(0.55, 0.85)
    green = palette.tint((rng.uniform(0.45, 0.66), rng.uniform(0.07, 0.12), rng.uniform(130, 168)))
    tall = rng.uniform(0.6, 1.7)
    wide = (0.62 - 0.17 * tall) * rng.uniform(0.85, 1.1)
    ribs = int(rng.integers(9, 14))
    line = [
        (wide * 0.7, 0),
        (wide * 0.95, 0.2 * tall),
        (wide, 0.55 * tall),
        (wide * 0.82, 0.85 * tall),
        (wide * 0.4, 0.98 * tall),
        (0, tall),
    ]
    stem = lathe(line, rows=44, columns=ribs * 8, lobes=(ribs, 0.14))
    parts = [_pot(rng, palette, height=height, top=top), moved(_ribbed(stem, green, ribs), (0, 0.86 * height, 0))]
    if tall > 0.95:
        for sign in (-1, 1)[: int(rng.integers(1, 3))]:
            start, reach, up = rng.uniform(0.3, 0.55) * tall, wide + rng.uniform(0.18, 0.3), rng.uniform(0.3, 0.6)
            path = [
                (0, start, 0),
                (sign * reach * 0.85, start + 0.02, 0),
                (sign * reach, start + 0.2, 0),
                (sign * reach, start + up, 0),
            ]
            arm = tube(path, [0.15, 0.15, 0.16, 0.16, 0.15, 0.1], count=30, sides=24)
            parts.append(moved(_ribbed(arm, green, 6), (0, 0.86 * height, 0)))
    if rng.random() < 0.5:
        colour = palette.main(rng.uniform(0.6, 0.8), 0.15)
        for angle in np.linspace(0, 2 * np.pi, 7, endpoint=False):
            out = np.array([np.cos(angle), 0, np.sin(angle)])
            curl = np.array([[0, 0, 0], [0, 0.1, 0], [0, 0.12, 0]]) + np.array([[0], [0.14], [0.24]]) * out
            petal = dress(leaf(curl, 0.16, side=(-out[2], 0, out[0]), count=8), colour, LEAF)
            parts.append(moved(petal, (0, 0.86 * height + tall - 0.02, 0)))
    return join(parts)


def _ribbed(shape: Shape, green: Floats, ribs: int) -> Mesh:
    crest = np.abs(np.sin(np.pi * shape.u * ribs))
    thorn = ramp(np.sin(2 * np.pi * 14 * shape.v), 0.5, 0.9) * ramp(crest, 0.86, 0.97)
    paint = mix(green * (0.6 + 0.45 * crest)[:, None], np.array([0.85, 0.8, 0.62], np.float32), 0.7 * thorn)
    return dress(shape, paint, Surface(gloss=0.3, roughness=0.5, soft=0.15))


def potted(rng: np.random.Generator, palette: Palette) -> Mesh:
    """Leaves in a pot: upright swords to broad arching blades."""
    top, height = rng.uniform(0.42, 0.66), rng.uniform(0.55, 0.95)
    count = int(rng.integers(11, 20))
    arch, broad, length = rng.uniform(0, 1), rng.uniform(0.24, 0.62), rng.uniform(1.2, 1.8)
    hue, light = rng.uniform(122, 158), rng.uniform(0.42, 0.62)
    parts = [_pot(rng, palette, height=height, top=top)]
    striped = rng.random() < 0.35
    for k in range(count):
        angle = k * 2.399963 + rng.normal(0, 0.2)
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        high = length * (1 - 0.35 * (k / count) * (0.5 + arch)) * rng.uniform(0.88, 1.1)
        away = (0.12 + 0.75 * arch * (0.4 + 0.6 * k / count)) * high
        base = 0.12 * out + [0, 0.86 * height, 0]
        path = [
            base,
            base + 0.35 * away * out + [0, 0.62 * high, 0],
            base + away * out + [0, high * (1 - 0.42 * arch), 0],
        ]
        blade = leaf(path, broad * rng.uniform(0.85, 1.1), side=(-out[2], 0, out[0]), count=16, fold=0.25)
        green = palette.tint((light * rng.uniform(0.9, 1.12), rng.uniform(0.08, 0.12), hue + rng.normal(0, 4)))
        rib = ramp(np.abs(blade.u - 0.5), 0.12, 0.02) * 0.35
        edge = ramp(np.abs(blade.u - 0.5), 0.3, 0.45) * (0.8 if striped else 0.0)
        pale = palette.tint((0.86, 0.07, 108))
        paint = mix(np.broadcast_to(green, (len(rib), 3)), pale, np.maximum(rib, edge))
        parts.append(dress(blade, paint * (0.7 + 0.3 * blade.v)[:, None], LEAF))
    return join(parts)


def tree(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A tree: one round crown, a cluster of them, or a fir in tiers."""
    trunk_height, crown = rng.uniform(0.6, 1.0), rng.uniform(0.7, 0.95)
    bark = palette.tint((rng.uniform(0.42, 0.6), 0.045, rng.uniform(45, 70)))
    autumn = rng.random() < 0.35
    hue = rng.uniform(35, 85) if autumn else rng.uniform(112, 150)
    green = palette.tint((rng.uniform(0.56, 0.74), rng.uniform(0.09, 0.13) + 0.03 * autumn, hue))
    if rng.random() < 0.35:
        return _fir(rng, bark, green)
    trunk = tube(
        [(0, 0, 0), (rng.normal(0, 0.06), 0.5 * trunk_height, 0), (0, trunk_height + 0.5, 0)],
        [0.17, 0.11, 0.07],
        count=14,
    )
    parts = [dress(trunk, grain(trunk, bark, rng), MATT)]
    middle = trunk_height + crown * 0.75
    count = int(rng.integers(5, 9))
    for k in range(count):
        angle, lift = k * 2.399963 + rng.uniform(0, 0.6), rng.uniform(-0.3, 0.45) if k else 0.35
        away = 0.0 if k == 0 else rng.uniform(0.35, 0.62) * crown
        radius = crown * (0.78 if k == 0 else rng.uniform(0.4, 0.62))
        tuft = _tuft(rng, radius, green * rng.uniform(0.88, 1.12))
        parts.append(moved(tuft, (away * np.cos(angle), middle + lift * crown, away * np.sin(angle))))
    return join(parts)


def _tuft(rng: np.random.Generator, radius: float, green: Floats) -> Mesh:
    """A ball of foliage: its skin raised and darkened by noise."""
    shape = ellipsoid([radius, radius * 0.9, radius], rows=30, columns=40)
    start = rng.uniform(0, 1, 2)
    # The noise fades at the poles, where the seam of u would show.
    rise = noise(32, shape.u * 0.5 + start[0], shape.v * 0.4 + start[1]) * np.sin(np.pi * shape.v)
    vertices = (shape.vertices * (1 + 0.055 * rise)[:, None]).astype(np.float32)
    slope = unit(
        shape.normals
        + 0.28 * noise(64, shape.u + start[1], shape.v * 0.6)[:, None] * unit(np.roll(shape.normals, 1, axis=1))
    )
    lumpy = Shape(vertices, slope.astype(np.float32), shape.triangles, shape.u, shape.v)
    return dress(lumpy, green * np.exp(0.16 * rise)[:, None], Surface(gloss=0.08, roughness=0.9, soft=0.3))


def _fir(rng: np.random.Generator, bark: Floats, green: Floats) -> Mesh:
    tiers, wide, height = int(rng.integers(3, 6)), rng.uniform(0.6, 0.9), rng.uniform(1.8, 2.4)
    trunk = lathe([(0, 0), (0.13, 0), (0.11, 0.5), (0.08, 0.6)], rows=10, columns=20)
    parts = [dress(trunk, bark, MATT)]
    for k in range(tiers):
        low = 0.35 + (height - 0.35) * k / tiers * 0.88
        radius = wide * (1 - 0.8 * k / tiers)
        up = (height - 0.35) / tiers * rng.uniform(1.3, 1.5)
        cone = lathe(
            [
                (0, low + 0.1),
                (radius * 0.9, low),
                (radius, low + 0.02),
                (radius * 0.45, low + 0.45 * up),
                (0.0, low + up),
            ],
            rows=24,
            columns=60,
            lobes=(11, 0.1),
        )
        paint = green * np.exp(0.12 * noise(64, cone.u, cone.v * 0.5))[:, None] * (0.75 + 0.35 * cone.v)[:, None]
        turned = dress(cone, paint, Surface(gloss=0.1, roughness=0.85, soft=0.25))
        parts.append(moved(turned, turn=rotation("y", rng.uniform(0, 3))))
    return join(parts)
