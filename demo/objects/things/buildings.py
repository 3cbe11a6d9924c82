"""A little house and a lighthouse."""

import numpy as np

from demo.faces.field import mix, noise, ramp
from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import GLAZE, MATT, SATIN, WOODS, choose, mottle
from demo.objects.mesh import Mesh, Surface, dress, grid, join, moved, rotation
from demo.objects.solid import box, ellipsoid, extrude, lathe


def house(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A little house: walls, a pitched roof, a door, windows, a chimney."""
    wide, deep, high = rng.uniform(1.2, 1.7), rng.uniform(1.1, 1.5), rng.uniform(0.7, 1.15)
    pitch = rng.uniform(0.55, 1.1)
    walls = choose(rng, (palette.cream(0.9), palette.cream(0.86), palette.main(rng.uniform(0.65, 0.85), 0.07)))
    tiles = choose(
        rng,
        (
            palette.tint((rng.uniform(0.45, 0.6), 0.12, rng.uniform(28, 48))),
            palette.ink(0.38),
            palette.accent(0.48, 0.08),
        ),
    )
    dark = choose(rng, (palette.main(0.42, 0.1), palette.accent(0.42, 0.1), palette.tint(choose(rng, WOODS))))
    body = box((wide, high, deep), edge=0.02)
    parts = [moved(dress(body, mottle(body, walls, rng, depth=0.04), MATT), (0, high / 2, 0))]
    peak = high + pitch * wide / 2
    side, foot = wide / 2 - 0.05, high - 0.03  # within the walls and the roof, whose edges would let it through
    corners = [(-side, foot), (-side, foot), (side, foot), (side, foot), (0, peak - 0.1), (0, peak - 0.1)]
    gable = extrude(corners, width=deep, bevel=0.01)
    parts.append(dress(gable, walls, MATT))
    parts += _roof(rng, tiles, wide=wide, deep=deep, high=high, peak=peak)
    front = deep / 2
    door = dress(box((0.26, 0.52, 0.06), edge=0.02), dark, SATIN)
    place = float(rng.choice([0, -0.25, 0.25])) * wide
    parts.append(moved(door, (place, 0.26, front)))
    glass = choose(rng, (palette.tint((0.35, 0.04, 240)), palette.tint((0.88, 0.1, 85))))
    spots = [(x * wide, 0.58 * high) for x in (-0.3, 0.3, 0.0) if abs(x * wide - place) > 0.3]
    for x, y in [*spots, (0, high + 0.14)]:
        parts.append(moved(_window(palette, glass, dark), (x, y, front)))
    for side in (-1, 1):
        for z in (-0.22, 0.22):
            turn = rotation("y", side * np.pi / 2)
            parts.append(moved(_window(palette, glass, dark), (side * wide / 2, 0.58 * high, z * deep), turn=turn))
    if rng.random() < 0.8:
        brick = dress(box((0.2, 0.55, 0.2), edge=0.02), palette.tint((0.5, 0.09, 35)), MATT)
        parts.append(moved(brick, (rng.choice([-1, 1]) * 0.25 * wide, peak - 0.05, rng.uniform(-0.3, 0.2) * deep)))
    return join(parts)


def _window(palette: Palette, glass: Floats, shutters: Floats) -> Mesh:
    pane = moved(dress(box((0.2, 0.26, 0.03), edge=0.01), glass, GLAZE), (0, 0, 0.015))
    border = dress(box((0.27, 0.33, 0.03), edge=0.01), palette.cream(0.93), SATIN)
    leaves = [moved(dress(box((0.08, 0.31, 0.03), edge=0.01), shutters, SATIN), (s * 0.18, 0, 0.005)) for s in (-1, 1)]
    return join([border, pane, *leaves])


def _roof(rng: np.random.Generator, tiles: Floats, *, wide: float, deep: float, high: float, peak: float) -> list[Mesh]:
    """Two slopes of tiles that reach over the walls."""
    over, rows = rng.uniform(0.1, 0.2), int(rng.integers(6, 10))
    slopes = []
    for side in (-1, 1):
        s, t = np.linspace(0, 1, 40)[:, None], np.linspace(-0.5, 0.5, 24)[None, :]
        reach = wide / 2 + over
        x = side * reach * s + 0 * t
        step = 0.03 * ((s * rows) % 1)
        y = peak + 0.05 - (peak - high) * (reach / (wide / 2)) * s + step + 0 * t
        z = (deep + 2 * over) * t + 0 * s
        shape = grid(np.stack([x, y, z], axis=-1).astype(np.float32))
        tone = 0.12 * noise(128, shape.u * 0.4, shape.v * 0.3) - 0.45 * ramp((shape.v * rows) % 1, 0.8, 1.0)
        slopes.append(dress(shape, tiles * np.exp(tone)[:, None], Surface(gloss=0.3, roughness=0.6)))
        below = moved(dress(shape, tiles * 0.6, MATT), (0, -0.06, 0))
        slopes.append(below)
    return slopes


def lighthouse(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A lighthouse on a rock: a banded tower, a gallery, a lantern under a cap."""
    tall, foot, top = rng.uniform(1.7, 2.3), rng.uniform(0.36, 0.5), rng.uniform(0.22, 0.3)
    tower = lathe(
        [(0, 0), (foot * 1.1, 0), (foot, 0.06), (foot + 0.45 * (top - foot), 0.4 * tall), (top, tall)],
        rows=80,
        columns=56,
    )
    pale, band = (
        palette.cream(0.93),
        choose(rng, (palette.tint((0.52, 0.16, 27)), palette.main(0.45, 0.12), palette.ink(0.3))),
    )
    count = rng.uniform(2, 4)
    lean = float(rng.choice([0, 0, 1]))
    height = tower.vertices[:, 1] / tall
    share = ramp(np.sin(2 * np.pi * (count * height + lean * tower.u) + rng.uniform(0, 6)), -0.08, 0.08)
    paint = mix(np.broadcast_to(pale, tower.vertices.shape), band, share)
    parts = [dress(tower, mottle(tower, paint, rng, depth=0.03), SATIN)]
    dark = palette.ink(0.3)
    gallery = lathe(
        [(top * 0.9, tall - 0.06), (top * 1.45, tall), (top * 1.45, tall + 0.05), (0, tall + 0.05)], rows=20, columns=40
    )
    rail = lathe([(top * 1.42, tall + 0.17), (top * 1.46, tall + 0.185), (top * 1.42, tall + 0.2)], rows=6, columns=40)
    parts += [dress(gallery, choose(rng, (pale, dark)), SATIN), dress(rail, dark, SATIN)]
    room = rng.uniform(0.26, 0.36)
    lantern = lathe([(top * 0.78, tall + 0.04), (top * 0.78, tall + 0.05 + room)], rows=8, columns=40)
    bars = ramp(np.abs(np.sin(np.pi * 6 * lantern.u)), 0.25, 0.15)
    glow = palette.tint((0.9, 0.12, 90)) * rng.uniform(0.8, 1.6)
    parts.append(dress(lantern, mix(np.broadcast_to(glow, lantern.vertices.shape), dark, bars), GLAZE))
    roof = tall + room
    cap = lathe(
        [
            (top * 0.98, roof + 0.03),
            (top * 0.98, roof + 0.05),
            (top * 0.75, roof + 0.18),
            (0.03, roof + 0.3),
            (0.03, roof + 0.42),
            (0, roof + 0.42),
        ],
        rows=28,
        columns=40,
    )
    parts.append(dress(cap, band, SATIN))
    for k, level in enumerate((0.3, 0.62)):
        radius = np.interp(level, [0, 0.4, 1], [foot, foot + 0.45 * (top - foot), top])
        pane = moved(dress(box((0.11, 0.2, 0.06), edge=0.02), dark, GLAZE), (0, level * tall, radius - 0.01))
        parts.append(moved(pane, turn=rotation("y", 0.5 * k)))
    stone = ellipsoid([0.85, 0.32, 0.75], rows=30, columns=40)
    rough = 1 + 0.12 * noise(16, stone.u, stone.v * 0.5) * np.sin(np.pi * stone.v)
    grey = palette.tint((rng.uniform(0.5, 0.65), 0.02, 70))
    rock = dress(grid((stone.vertices * rough[:, None]).reshape(30, 40, 3), around=True), grey, MATT)
    return join([*parts, moved(rock, (0, -0.12, 0))])
