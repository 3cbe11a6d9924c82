"""Turned toys: chess pieces, spinning tops."""

import numpy as np

from demo.faces.field import mix, ramp
from demo.objects.colour import Palette
from demo.objects.material import BRASS, GLAZE, METALS, SATIN, WOODS, choose, grain
from demo.objects.mesh import Mesh, dress, join, moved, rotation
from demo.objects.solid import ellipsoid, lathe


def chess(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A pawn, bishop or queen, of wood, lacquer or metal."""
    tall, foot = rng.uniform(1.3, 2.0), rng.uniform(0.5, 0.62)
    slim, collar = rng.uniform(0.16, 0.24), rng.uniform(0.3, 0.4)
    line = [
        (0, 0),
        (foot, 0),
        (foot, 0.06),
        (foot * 0.9, 0.1),
        (foot * 0.92, 0.15),
        (foot * 0.6, 0.24),
        (slim * 1.25, 0.42),
        (slim, 0.7),
        (slim * 1.1, 0.8),
        (collar, 0.84),
        (collar, 0.87),
        (slim * 0.9, 0.92),
        (0, 0.95),
    ]
    stand = lathe(np.array(line) * [1, tall], rows=90, columns=64)
    sort = rng.random()
    if sort < 0.5:
        head = lathe(
            np.array([(0, -0.95), (0.7, -0.7), (1, 0), (0.7, 0.7), (0, 1)]) * rng.uniform(0.3, 0.38),
            rows=36,
            columns=48,
        )
        rise = 0.24
    elif sort < 0.8:
        head = lathe(
            np.array(
                [(0.5, -0.8), (1, -0.25), (0.8, 0.5), (0.2, 1.15), (0.12, 1.2), (0.2, 1.35), (0.14, 1.5), (0, 1.52)]
            )
            * 0.3,
            rows=44,
            columns=48,
        )
        rise = 0.18
    else:
        head = lathe(
            np.array([(0.55, -0.6), (0.7, 0.0), (1.05, 0.75), (0.95, 0.8), (0.6, 0.7), (0.3, 1.0), (0, 1.15)]) * 0.34,
            rows=44,
            columns=64,
            lobes=(8, 0.1),
        )
        rise = 0.14
    way = rng.random()
    if way < 0.5:
        colour, surface = palette.tint(choose(rng, WOODS)), SATIN
        paint = [grain(shape, colour, rng) for shape in (stand, head)]
    elif way < 0.85:
        colour, surface = (
            choose(rng, (palette.main(rng.uniform(0.35, 0.7), 0.12), palette.ink(0.28), palette.cream(0.9))),
            GLAZE,
        )
        paint = [colour, colour]
    else:
        colour, surface = palette.tint(choose(rng, METALS)), BRASS
        paint = [colour, colour]
    return join([dress(stand, paint[0], surface), moved(dress(head, paint[1], surface), (0, 0.9 * tall + rise, 0))])


def top(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A spinning top in bright rings, leaning or upright."""
    wide, tall = rng.uniform(0.75, 1.0), rng.uniform(0.55, 0.9)
    line = [
        (0, 0),
        (0.05, 0.03),
        (0.1, 0.12),
        (wide * 0.72, tall * 0.5),
        (wide, tall * 0.85),
        (wide * 0.94, tall),
        (wide * 0.5, tall * 1.14),
        (0.12, tall * 1.25),
        (0.07, tall * 1.3),
    ]
    body = lathe(line, rows=80)
    rod, knob = rng.uniform(0.35, 0.65), rng.uniform(0.09, 0.13)
    stick = lathe([(0.075, 0), (0.06, rod * 0.7), (0.065, rod)], rows=12, columns=24)
    colours = [
        palette.main(rng.uniform(0.45, 0.7), 0.14),
        palette.cream(0.92),
        palette.accent(rng.uniform(0.5, 0.75), 0.13),
    ]
    paint = np.broadcast_to(colours[0], body.vertices.shape).astype(np.float32)
    for k in range(int(rng.integers(2, 5))):
        centre, half = rng.uniform(0.25, 0.9), rng.uniform(0.02, 0.07)
        paint = mix(paint, colours[(k + 1) % 3], ramp(np.abs(body.v - centre), half + 0.01, half))
    wood = palette.tint(choose(rng, WOODS))
    ball = dress(ellipsoid([knob, knob, knob], rows=16, columns=20), choose(rng, (wood, colours[0], colours[2])), GLAZE)
    parts = [
        dress(body, paint, GLAZE),
        moved(dress(stick, wood, SATIN), (0, tall * 1.26, 0)),
        moved(ball, (0, tall * 1.26 + rod, 0)),
    ]
    return moved(join(parts), turn=rotation("z", rng.choice([-1, 1]) * rng.uniform(0, 0.3)))
