"""What grows and is picked: apple, pear, orange, pumpkin, mushroom, snail shell."""

import numpy as np

from demo.faces.field import mix, noise, ramp
from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import LEAF, MATT, SATIN, mottle
from demo.objects.mesh import Mesh, Shape, Surface, dress, grid, join, moved, rotation
from demo.objects.solid import curve, ellipsoid, lathe, leaf, tube

APPLES = ((0.52, 0.17, 26), (0.58, 0.16, 32), (0.74, 0.14, 118), (0.8, 0.13, 98), (0.42, 0.14, 20))
PEARS = ((0.76, 0.12, 112), (0.72, 0.12, 95), (0.66, 0.11, 75), (0.7, 0.13, 122))


def _shade_of(rng: np.random.Generator, tints: tuple[tuple[float, float, float], ...], palette: Palette) -> Floats:
    """Draw a colour between two neighbours of `tints`."""
    first, second = (np.array(tints[int(k)]) for k in rng.integers(len(tints), size=2))
    light, chroma, hue = first + (second - first) * rng.uniform(0, 1)
    return palette.tint((float(light), float(chroma), float(hue)))


def _skin(shape: Shape, under: Floats, blush: Floats, rng: np.random.Generator) -> Floats:
    """Paint a ripe skin: a blush on one side in fine streaks, and freckles."""
    toward = rng.uniform(0, 1)
    side = 0.5 + 0.5 * np.cos(2 * np.pi * (shape.u - toward))
    streak = noise(128, shape.u, shape.v * 0.06) * 0.1 + noise(16, shape.u, shape.v * 0.3) * 0.08
    painted = mix(np.broadcast_to(under, (len(side), 3)), blush, ramp(side + streak, rng.uniform(0.1, 0.5), 1.0))
    freckles = ramp(noise(256, shape.u * 0.7, shape.v * 0.5), 2.0, 2.6) * 0.4
    return mix(painted, np.array([0.8, 0.7, 0.45], np.float32), freckles)


def _stem(rng: np.random.Generator, height: float, *, base: float, palette: Palette, thick: float = 0.035) -> Mesh:
    lean = rng.normal(0, 0.12, 2)
    path = [(0, base, 0), (lean[0] * 0.3, base + 0.6 * height, lean[1] * 0.3), (lean[0], base + height, lean[1])]
    return dress(tube(path, [thick, thick * 0.8, thick * 1.3], count=12), palette.tint((0.38, 0.05, 70)), MATT)


def _leaf(rng: np.random.Generator, base: float, *, size: float, palette: Palette) -> Mesh:
    angle = rng.uniform(0, 2 * np.pi)
    out = np.array([np.cos(angle), 0, np.sin(angle)])
    path = [
        np.array([0, base, 0]) + size * (t * out + np.array([0, lift, 0]))
        for t, lift in ((0, 0), (0.5, 0.28), (1, 0.15))
    ]
    green = palette.tint((rng.uniform(0.48, 0.62), 0.11, rng.uniform(120, 145)))
    return dress(leaf(path, 0.48 * size, side=(-out[2], 0, out[0])), green, LEAF)


def apple(rng: np.random.Generator, palette: Palette, *, radius: float = 1.0) -> Mesh:
    """An apple, centred on the origin."""
    tall, waist = rng.uniform(0.84, 1.02), rng.uniform(0.95, 1.06)
    taper = rng.uniform(0.84, 1.0)
    line = [
        (0, -0.68),
        (0.2, -0.75),
        (0.45, -0.82),
        (taper * 0.85, -0.5),
        (waist, 0.12),
        (0.86, 0.62),
        (0.48, 0.83),
        (0.2, 0.72),
        (0, 0.52),
    ]
    shape = lathe(np.array(line) * [radius, radius * tall], rows=56, columns=64, lobes=(5, rng.uniform(0, 0.04)))
    paint = _skin(shape, _shade_of(rng, APPLES, palette), _shade_of(rng, APPLES[:2], palette), rng)
    parts = [dress(shape, paint, Surface(gloss=rng.uniform(0.45, 0.9), roughness=0.25, soft=0.12))]
    parts.append(
        _stem(rng, radius * rng.uniform(0.4, 0.6), base=0.5 * radius * tall, palette=palette, thick=0.04 * radius)
    )
    if rng.random() < 0.5:
        parts.append(_leaf(rng, radius * tall * 0.72, size=radius * rng.uniform(0.55, 0.85), palette=palette))
    return join(parts)


def pear(rng: np.random.Generator, palette: Palette, *, radius: float = 1.0) -> Mesh:
    """A pear, centred near the origin."""
    tall, neck = rng.uniform(1.3, 1.75), rng.uniform(0.3, 0.48)
    line = [
        (0, -0.5),
        (0.3, -0.56),
        (0.75, -0.42),
        (0.9, -0.12),
        (0.72, 0.22),
        (neck, 0.58),
        (neck * 0.8, 0.75),
        (neck * 0.35, 0.83),
        (0, 0.8),
    ]
    shape = lathe(np.array(line) * [radius, radius * tall], rows=60, columns=64)
    bend = rng.normal(0, 0.1) * radius
    lift = np.clip(shape.vertices[:, 1:2] / (radius * tall), 0, 1) ** 2
    bent = shape.vertices + lift * np.array([bend, 0, 0], np.float32)
    shape = Shape(bent.astype(np.float32), shape.normals, shape.triangles, shape.u, shape.v)
    blush = palette.tint((0.6, 0.13, rng.uniform(28, 60)))
    paint = _skin(shape, _shade_of(rng, PEARS, palette), blush, rng)
    parts = [dress(shape, paint, Surface(gloss=rng.uniform(0.3, 0.7), roughness=0.35, soft=0.15))]
    stem = _stem(rng, 0.4 * radius, base=0.78 * radius * tall, palette=palette, thick=0.045 * radius)
    parts.append(moved(stem, (bend * 0.65, 0, 0)))
    if rng.random() < 0.4:
        parts.append(moved(_leaf(rng, 0.9 * radius * tall, size=0.6 * radius, palette=palette), (bend * 0.65, 0, 0)))
    return join(parts)


def orange(rng: np.random.Generator, palette: Palette, *, radius: float = 1.0) -> Mesh:
    """An orange or a lemon, centred on the origin."""
    shape = ellipsoid([radius, radius * rng.uniform(0.88, 1.0), radius], rows=40, columns=56)
    pores = noise(256, shape.u * 2, shape.v)
    colour = (
        palette.tint((0.73, 0.15, 60))
        + (palette.tint((0.86, 0.15, 98)) - palette.tint((0.73, 0.15, 60))) * rng.uniform()
    )
    return dress(shape, colour * np.exp(0.06 * pores)[:, None], Surface(gloss=0.5, roughness=0.4, soft=0.2))


def fruit(rng: np.random.Generator, palette: Palette, *, radius: float, sort: int) -> Mesh:
    """One fruit of a bowl; sort: 0 apple, 1 orange or lemon, 2 pear."""
    return (apple, orange, pear)[sort](rng, palette, radius=radius)


def pumpkin(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A ribbed pumpkin with its stem."""
    tall, ribs = rng.uniform(0.5, 0.95), int(rng.integers(8, 14))
    line = [(0, -0.6), (0.3, -0.78), (0.7, -0.72), (1.0, -0.2), (1.0, 0.2), (0.72, 0.68), (0.34, 0.76), (0, 0.56)]
    shape = lathe(np.array(line) * [1, tall], rows=52, columns=130, lobes=(ribs, rng.uniform(0.1, 0.18)))
    colour = palette.main(rng.uniform(0.56, 0.84), rng.uniform(0.08, 0.14))
    rib = np.abs(np.sin(np.pi * shape.u * ribs))
    paint = mottle(shape, colour * (0.62 + 0.38 * rib)[:, None], rng, depth=0.06)
    stem = tube(
        [(0, 0.5 * tall, 0), (0.03, 0.8 * tall, 0), (rng.uniform(0.1, 0.28), 0.75 * tall + rng.uniform(0.2, 0.4), 0)],
        [0.17, 0.09, 0.11],
        count=16,
    )
    green = palette.tint((rng.uniform(0.4, 0.6), 0.06, rng.uniform(75, 130)))
    return join(
        [
            dress(shape, paint, Surface(gloss=0.4, roughness=0.4, soft=0.12)),
            dress(stem, mottle(stem, green, rng, depth=0.2), MATT),
        ]
    )


def mushroom(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A mushroom, at times with dots, at times with a small one at its side."""
    parts = [_toadstool(rng, palette, spotted=rng.random() < 0.55, height=rng.uniform(1.1, 1.6))]
    if rng.random() < 0.45:
        small = _toadstool(
            rng, palette, spotted=rng.random() < 0.5, height=rng.uniform(0.5, 0.8), scale=rng.uniform(0.4, 0.55)
        )
        parts.append(moved(small, (rng.choice([-1, 1]) * rng.uniform(0.6, 0.85), 0, rng.uniform(0.3, 0.6))))
    return join(parts)


def _toadstool(rng: np.random.Generator, palette: Palette, *, spotted: bool, height: float, scale: float = 1.0) -> Mesh:
    wide, dome = scale * rng.uniform(0.75, 1.1), scale * rng.uniform(0.45, 0.95)
    stalk = scale * rng.uniform(0.16, 0.28)
    trunk = lathe(
        [(0, 0), (stalk * 1.5, 0), (stalk * 1.35, 0.1 * height), (stalk, 0.5 * height), (stalk * 0.9, height + 0.05)],
        rows=32,
        columns=40,
    )
    skirt = -0.1 * dome
    line = [
        (stalk * 0.8, height),
        (0.6 * wide, height + skirt * 0.4),
        (0.96 * wide, height + skirt),
        (wide, height + skirt * 0.5),
        (0.9 * wide, height + 0.42 * dome),
        (0.5 * wide, height + 0.85 * dome),
        (0, height + dome),
    ]
    cap = lathe(line, rows=64, columns=72)
    colour = palette.main(rng.uniform(0.42, 0.72), rng.uniform(0.07, 0.16))
    under = palette.cream(0.8) * np.exp(-0.25 * ramp(np.sin(2 * np.pi * 36 * cap.u), -0.5, 0.5))[:, None]
    paint = mix(under, colour * np.exp(0.08 * noise(32, cap.u, cap.v))[:, None], ramp(cap.v, 0.44, 0.47))
    if spotted:
        share = np.zeros(len(cap.u), np.float32)
        for _ in range(16):
            centre = cap.vertices[int(rng.integers(len(cap.u) // 2, len(cap.u)))]
            size = scale * rng.uniform(0.07, 0.15)
            share = np.maximum(share, ramp(np.linalg.norm(cap.vertices - centre, axis=1), size, size * 0.7))
        paint = mix(paint, palette.cream(0.93), share * ramp(cap.v, 0.47, 0.5))
    pale = mottle(trunk, palette.cream(0.86), rng, depth=0.08)
    return join([dress(trunk, pale, MATT), dress(cap, paint, Surface(gloss=0.5, roughness=0.3, soft=0.15))])


def shell(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A snail shell that rests on its side: a tube that grows as it winds up."""
    turns, growth, rise = rng.uniform(3.2, 4.2), rng.uniform(0.24, 0.34), rng.uniform(0.5, 1.3)
    angle = np.linspace(0, turns * 2 * np.pi, 150)[:, None]
    size = np.exp(-growth / 2 * angle)
    around = np.linspace(0, 2 * np.pi, 30, endpoint=False)[None, :]
    flute = 1 + rng.uniform(0, 0.05) * np.sin(angle * rng.integers(8, 16))
    tube_radius = 0.48 * size * flute
    out = 0.52 * size + tube_radius * np.cos(around)
    up = (1 - size) * rise + tube_radius * np.sin(around) * rng.uniform(0.85, 1.1)
    points = np.stack([out * np.cos(angle), up, out * np.sin(angle)], axis=-1)
    shape = grid(points.astype(np.float32), around=True)
    light, dark = palette.cream(0.88), palette.main(rng.uniform(0.45, 0.68), rng.uniform(0.05, 0.12))
    stripes = ramp(np.sin(2 * np.pi * (shape.u * rng.integers(2, 5))), 0.1, 0.7)
    rays = ramp(noise(64, shape.v * 0.8, shape.u * 0.05), 0.2, 1.2)
    share = stripes if rng.random() < 0.65 else rays
    paint = mix(np.broadcast_to(light, (len(share), 3)), dark, 0.85 * share)
    wound = dress(shape, mottle(shape, paint, rng, depth=0.08), Surface(gloss=0.7, roughness=0.25, soft=0.15))
    lip = curve([(0.52 + 0.46 * np.cos(t), 0.46 * np.sin(t), 0) for t in np.linspace(0, 2 * np.pi, 9)], 24)
    rim = dress(tube(lip, 0.05, count=40), palette.cream(0.93), SATIN)
    # It lies with its spiral towards the camera, leaning back a little.
    return moved(
        join([wound, rim]), turn=rotation("x", rng.uniform(0.9, 1.35)) @ rotation("y", rng.uniform(0, 2 * np.pi))
    )
