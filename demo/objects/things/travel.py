"""Things that go: toy car, sailing boat, hot-air balloon."""

import numpy as np

from demo.faces.field import mix, ramp
from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import CLOTH, GLAZE, MATT, SATIN, WOOD, WOODS, choose, grain
from demo.objects.mesh import Mesh, Shape, Surface, dress, grid, join, moved, rotation
from demo.objects.solid import box, ellipsoid, extrude, lathe, tube


def car(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A toy car: a body in one or two colours, windows, four wheels, lamps."""
    length, width = rng.uniform(2.1, 2.6), rng.uniform(0.95, 1.15)
    wheel, waist = rng.uniform(0.25, 0.33), rng.uniform(0.42, 0.52)
    front, rear = length / 2, -length / 2
    low = wheel * 0.75
    high = low + waist
    nose = rng.uniform(0.08, 0.18)
    lower = [
        (rear, low),
        (rear, low),
        (front, low),
        (front, low),
        (front + 0.03, low + 0.5 * waist),
        (front - 0.08, high - nose),
        (0.2 * front, high),
        (0.8 * rear, high),
        (rear, high - 0.6 * nose),
        (rear - 0.02, low + 0.5 * waist),
    ]
    main = palette.main(rng.uniform(0.45, 0.75), rng.uniform(0.08, 0.15))
    second = choose(rng, (main, palette.cream(0.9), palette.accent(0.75, 0.08)))
    paint = Surface(gloss=1.0, roughness=0.12)
    parts = [dress(extrude(lower, width=width, bevel=0.1, count=72), main, paint)]
    cabin = rng.uniform(0.42, 0.58)
    ahead, behind = rng.uniform(0.15, 0.4) * front, rng.uniform(0.55, 0.92) * rear
    slope, tail = rng.uniform(0.15, 0.35), rng.uniform(0.05, 0.3)
    roof = high + cabin

    def house(grow: float, bottom: float, top: float) -> list[tuple[float, float]]:
        share_low, share_top = (bottom - high) / cabin, (top - high) / cabin
        f0, f1 = ahead + grow - slope * share_low, ahead + grow - slope * share_top
        r0, r1 = behind - grow + tail * share_low, behind - grow + tail * share_top
        return [
            (r0, bottom),
            (f0, bottom),
            (f0, bottom),
            (f1, top),
            (f1 - 0.08, top + 0.02),
            (r1 + 0.08, top + 0.02),
            (r1, top),
            (r0, bottom),
        ]

    glass = palette.tint((0.36, 0.03, 235))
    parts.append(dress(extrude(house(0, high - 0.05, roof - 0.06), width=width * 0.84, bevel=0.06), glass, GLAZE))
    parts.append(dress(extrude(house(0.015, roof - 0.1, roof), width=width * 0.87, bevel=0.06), second, paint))
    middle = (ahead - slope / 2 + behind + tail / 2) / 2
    pillar = extrude(
        [
            (middle - 0.05, high - 0.04),
            (middle + 0.05, high - 0.04),
            (middle + 0.05, roof - 0.05),
            (middle - 0.05, roof - 0.05),
        ],
        width=width * 0.855,
        bevel=0.02,
        count=24,
    )
    parts.append(dress(pillar, second, paint))
    tyre = lathe(
        [
            (0, -0.11),
            (wheel * 0.6, -0.11),
            (wheel * 0.95, -0.1),
            (wheel, -0.05),
            (wheel, 0.05),
            (wheel * 0.95, 0.1),
            (wheel * 0.6, 0.11),
            (wheel * 0.55, 0.09),
            (0, 0.12),
        ],
        rows=36,
        columns=32,
    )
    hub = choose(rng, (palette.cream(0.85), main, palette.tint((0.75, 0.01, 240))))
    rubber = mix(
        np.broadcast_to(palette.ink(0.24), tyre.vertices.shape),
        hub,
        ramp(np.hypot(tyre.vertices[:, 0], tyre.vertices[:, 2]), 0.62 * wheel, 0.56 * wheel),
    )
    upright = rotation("x", np.pi / 2)
    for x in (0.62 * front, 0.62 * rear):
        parts += [moved(dress(tyre, rubber, SATIN), (x, wheel, z), turn=upright) for z in (-width / 2, width / 2)]
    lamp = dress(ellipsoid([0.05, 0.09, 0.09], rows=10, columns=14), palette.cream(0.94), GLAZE)
    parts += [moved(lamp, (front, low + 0.58 * waist, z * 0.62 * width / 2)) for z in (-1, 1)]
    chrome = Surface(gloss=1, roughness=0.2, metal=0.9)
    bar = dress(box((0.08, 0.1, width * 0.96), edge=0.04), palette.tint((0.8, 0.01, 240)), chrome)
    parts += [moved(bar, (x, low + 0.1, 0)) for x in (front + 0.02, rear - 0.02)]
    return join(parts)


def boat(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A small sailing boat: hull, mast, two sails, a pennant."""
    length, beam, deep = rng.uniform(1.5, 2.0), rng.uniform(0.32, 0.42), rng.uniform(0.34, 0.46)
    along, down = np.linspace(0, 1, 40)[:, None], np.linspace(0, np.pi, 24)[None, :]
    half = beam * np.sin(np.pi * np.clip(0.12 + 0.86 * along, 0, 1)) ** 0.7
    sheer = 0.12 * (2 * along - 1) ** 2 + 0.05 * along
    points = np.stack(
        [
            (along - 0.5) * length * (1 - 0.12 * np.sin(down)),
            sheer - deep * np.sin(down) ** 0.8 * (0.6 + 0.4 * np.sin(np.pi * along)),
            half * np.cos(down),
        ],
        axis=-1,
    )
    hull = grid(points.astype(np.float32))
    deck_points = np.stack(
        [np.tile((along - 0.5) * length, 8), np.tile(sheer - 0.02, 8), half * np.linspace(-1, 1, 8)], axis=-1
    )
    deck = grid(deck_points.astype(np.float32))
    main, second = palette.main(rng.uniform(0.4, 0.68), 0.12), choose(rng, (palette.cream(0.9), palette.accent(0.5)))
    below = hull.vertices[:, 1] < -0.5 * deep
    stripe = ramp(
        np.abs(
            hull.v * 0
            + hull.vertices[:, 1]
            - np.interp(hull.vertices[:, 0], [-length / 2, 0, length / 2], [0.07, -0.03, 0.1])
        ),
        0.05,
        0.03,
    )
    paint = mix(
        mix(np.broadcast_to(main, hull.vertices.shape), palette.tint((0.45, 0.12, 28)), below * 1.0), second, stripe
    )
    wood = palette.tint(choose(rng, WOODS))
    parts = [dress(hull, paint, GLAZE), dress(deck, grain(deck, wood, rng, along=0), WOOD)]
    tall, at = rng.uniform(1.5, 2.1), rng.uniform(0.0, 0.2) * length
    parts.append(dress(tube([(at, -0.1, 0), (at, tall, 0)], 0.03, count=6), wood, WOOD))
    cloth = choose(rng, (palette.cream(0.93), palette.cream(0.93), palette.accent(0.72, 0.1), palette.main(0.7, 0.1)))
    jib = choose(rng, (cloth, palette.cream(0.9), palette.main(0.66, 0.12)))
    swell = rng.choice([-1, 1]) * rng.uniform(0.08, 0.22)
    boom = rng.uniform(0.48, 0.56) * length
    parts.append(
        dress(
            _sail((at - 0.03, 0.3), (at - 0.03, tall * 0.97), (at - boom, 0.28), swell),
            _seamed(rng, cloth, palette),
            CLOTH,
        )
    )
    parts.append(
        dress(
            _sail((at + 0.04, 0.24), (at + 0.02, tall * rng.uniform(0.75, 0.9)), (length * 0.47, 0.2), swell),
            jib,
            CLOTH,
        )
    )
    parts.append(dress(tube([(at, 0.27, 0), (at - boom, 0.26, 0)], 0.025, count=6), wood, WOOD))
    flag = _sail((at, tall - 0.02), (at, tall + 0.12), (at - 0.3, tall + 0.05), 0.03)
    return join([*parts, dress(flag, palette.main(0.55, 0.16), CLOTH)])


def _sail(foot: tuple[float, float], head: tuple[float, float], clew: tuple[float, float], swell: float) -> Shape:
    s, t = np.linspace(0, 1, 24)[:, None], np.linspace(0, 1, 16)[None, :]
    luff = np.array(foot) + s[..., None] * (np.array(head) - np.array(foot))
    leech = np.array(clew) + s[..., None] * (np.array(head) - np.array(clew))
    flat = luff + t[..., None] * (leech - luff)
    belly = swell * np.sin(np.pi * t) * np.sin(np.pi * np.clip(s * 0.9 + 0.1, 0, 1))
    return grid(np.concatenate([flat, belly[..., None]], axis=-1).astype(np.float32))


def _seamed(rng: np.random.Generator, cloth: Floats, palette: Palette) -> Floats:
    """Sailcloth `[384, 3]` for `_sail`, plain or with broad stripes."""
    height = np.linspace(0, 1, 24).repeat(16)
    share = ramp(np.sin(height * np.pi * 2 * rng.integers(3, 6)), 0.0, 0.3) if rng.random() < 0.3 else 0 * height
    striped = mix(np.broadcast_to(cloth, (len(height), 3)), palette.main(0.55, 0.13), share)
    return striped * (1 - 0.06 * ramp(np.abs((height * 6) % 1 - 0.5), 0.42, 0.5))[:, None]


def balloon(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A hot-air balloon: an envelope of gores, ropes and a basket."""
    tall, mouth = rng.uniform(1.9, 2.3), rng.uniform(0.2, 0.28)
    gores = int(rng.choice([8, 10, 12, 16]))
    line = [(mouth, 0), (mouth * 1.5, 0.14), (0.78, 0.4), (1.0, 0.66), (0.86, 0.86), (0.45, 0.98), (0, 1.0)]
    shape = lathe(np.array(line) * [1, tall], rows=64, columns=gores * 10, lobes=(gores, rng.uniform(0.03, 0.07)))
    first, second = (
        palette.main(rng.uniform(0.5, 0.72), 0.14),
        choose(rng, (palette.cream(0.93), palette.accent(rng.uniform(0.55, 0.85), 0.12))),
    )
    third = choose(rng, (first, palette.accent(0.5, 0.12), palette.cream(0.93)))
    sort = rng.random()
    wave = ramp(np.sin(np.pi * shape.u * gores), -0.12, 0.12)
    if sort < 0.45:
        share = wave
    elif sort < 0.75:
        centre, half = rng.uniform(0.45, 0.65), rng.uniform(0.08, 0.16)
        zig = 0.05 * (2 * np.abs((shape.u * gores) % 1 - 0.5) * 2 - 1) * (rng.random() < 0.6)
        share = ramp(np.abs(shape.v - centre - zig), half + 0.012, half)
    else:
        share = ramp(np.sin(2 * np.pi * (shape.u * gores / 2 + shape.v * rng.choice([-1, 1]))), -0.1, 0.1)
    paint = mix(np.broadcast_to(first, shape.vertices.shape), second, share)
    paint = mix(paint, third, np.maximum(ramp(shape.v, 0.9, 0.91), ramp(shape.v, 0.17, 0.16)))
    seam = 0.85 + 0.15 * np.abs(np.sin(np.pi * shape.u * gores)) ** 0.5
    parts = [dress(shape, paint * seam[:, None], Surface(gloss=0.3, roughness=0.5, soft=0.25))]
    wide, drop = rng.uniform(0.19, 0.25), rng.uniform(0.3, 0.45)
    basket = lathe(
        [
            (0, -0.3),
            (wide * 0.85, -0.3),
            (wide * 0.85, -0.28),
            (wide, 0),
            (wide * 0.9, 0.01),
            (wide * 0.8, -0.1),
            (0, -0.2),
        ],
        rows=24,
        columns=32,
    )
    weave = 1 + 0.2 * np.sign(np.sin(basket.u * 40 * np.pi) * np.sin(basket.v * 70))
    parts.append(moved(dress(basket, palette.tint((0.5, 0.07, 62)) * weave[:, None], MATT), (0, -drop, 0)))
    for angle in np.pi / 4 + np.arange(4) * np.pi / 2:
        c, s = np.cos(angle), np.sin(angle)
        parts.append(
            dress(
                tube([(c * wide, -drop, s * wide), (c * mouth, 0.02, s * mouth)], 0.016, count=4, sides=5),
                palette.ink(0.35),
                MATT,
            )
        )
    return join(parts)
