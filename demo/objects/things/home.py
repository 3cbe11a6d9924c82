"""Things of a room: lamp, chair, books, wrapped gift, bell."""

import numpy as np

from demo.faces.field import mix, ramp
from demo.faces.mesh import Floats
from demo.objects.colour import Palette
from demo.objects.material import BRASS, CLOTH, MATT, METALS, SATIN, WOOD, WOODS, choose, decorate, glaze, grain, mottle
from demo.objects.mesh import Mesh, Surface, dress, join, moved, rotation
from demo.objects.solid import box, ellipsoid, lathe, tube
from demo.objects.things.vessels import glazes


def lamp(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A table lamp: a turned foot and a shade of cloth."""
    height, foot = rng.uniform(0.95, 1.4), rng.uniform(0.34, 0.5)
    belly, slim = rng.uniform(0.16, 0.42), rng.uniform(0.06, 0.1)
    at = rng.uniform(0.25, 0.6)
    line = [
        (0, 0),
        (foot, 0),
        (foot, 0.03),
        (foot * 0.8, 0.06),
        (slim * 1.6, 0.1),
        (belly, at),
        (slim, 0.85),
        (slim * 0.7, 1.05),
    ]
    stand = lathe(np.array(line) * [1, height])
    sort = rng.random()
    if sort < 0.3:
        base = dress(stand, palette.tint(choose(rng, METALS)), BRASS)
    elif sort < 0.5:
        base = dress(stand, grain(stand, palette.tint(choose(rng, WOODS)), rng), WOOD)
    else:
        under, over = glazes(rng, palette)
        base = dress(stand, decorate(stand, under, over, rng), glaze(rng))
    wide, narrow, tall = rng.uniform(0.7, 0.95), rng.uniform(0.3, 0.75), rng.uniform(0.6, 0.9)
    narrow = min(narrow, wide)
    low = height * 0.95
    shade = lathe(
        [
            (wide, low),
            (wide * 0.995, low + 0.02),
            ((wide + narrow) / 2 - rng.uniform(-0.04, 0.08), low + tall / 2),
            (narrow, low + tall),
            (narrow - 0.03, low + tall - 0.02),
        ],
        rows=40,
    )
    cloth = choose(rng, (palette.cream(0.9), palette.accent(0.75, 0.08), palette.main(0.8, 0.07), palette.cream(0.85)))
    # A lit bulb inside: the cloth is brighter at its middle than lamps and windows alone would make it.
    glow = rng.uniform(0, 1.3) * (rng.random() < 0.6)
    paint = _glowing(shade.v, mottle(shade, cloth, rng, depth=0.03), glow)
    trim = ramp(np.abs(shade.v - 0.5), 0.44, 0.46) * 0.6
    paint = mix(paint, palette.ink(0.45), trim * (rng.random() < 0.4))
    return join([base, dress(shade, paint, CLOTH)])


def _glowing(v: Floats, cloth: Floats, glow: float) -> Floats:
    warm = np.array([1, 0.82, 0.55], np.float32)
    lit: Floats = cloth * (1 + glow * np.sin(np.pi * np.clip(v, 0, 1))[:, None] * warm)
    return lit


def chair(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A wooden chair with legs, a seat and a back of slats, bars or a panel."""
    wide, deep, high = rng.uniform(0.85, 1.05), rng.uniform(0.8, 0.95), rng.uniform(0.85, 1.05)
    back, thick = rng.uniform(0.85, 1.2), rng.uniform(0.045, 0.065)
    wooden = rng.random() < 0.55
    colour = palette.tint(choose(rng, WOODS)) if wooden else palette.main(rng.uniform(0.4, 0.8), 0.11)
    splay, lean = rng.uniform(0, 0.12), rng.uniform(0.05, 0.2)
    parts = []

    def rod(path: list[tuple[float, float, float]], radius: float) -> None:
        shape = tube(path, radius, count=10)
        parts.append(
            dress(shape, grain(shape, colour, rng) if wooden else np.broadcast_to(colour, shape.vertices.shape), WOOD)
        )

    x, z = wide / 2 - 0.08, deep / 2 - 0.08
    for sx in (-1, 1):
        rod([(sx * (x + splay), 0, z + splay), (sx * x, high, z)], thick)
        rod([(sx * (x + splay), 0, -z - splay), (sx * x, high, -z)], thick)
        rod([(sx * x, high, -z), (sx * x, high + back, -z - lean)], thick)
    seat = box((wide, 0.1, deep), edge=0.045, inner=(10, 2, 10))
    cushion = choose(rng, (colour, colour, palette.accent(rng.uniform(0.5, 0.8), 0.09)))
    parts.append(
        moved(
            dress(seat, grain(seat, cushion, rng, along=2) if wooden else mottle(seat, cushion, rng), WOOD),
            (0, high, 0),
        )
    )
    top = moved(
        dress(box((wide - 0.06, rng.uniform(0.14, 0.3), 0.07), edge=0.03), colour, WOOD), (0, high + back, -z - lean)
    )
    parts.append(top)
    style = rng.random()
    if style < 0.4:
        for k in np.linspace(-0.6, 0.6, int(rng.integers(3, 6))):
            rod([(k * x, high, -z), (k * x, high + back, -z - lean)], thick * 0.7)
    elif style < 0.7:
        for share in (0.35, 0.65):
            bar = dress(box((wide - 0.1, 0.13, 0.05), edge=0.02), colour, WOOD)
            parts.append(moved(bar, (0, high + share * back, -z - share * lean)))
    else:
        panel = moved(
            dress(box((wide - 0.12, back * 0.8, 0.06), edge=0.03), cushion, CLOTH),
            turn=rotation("x", -np.arctan2(lean, back)),
        )
        parts.append(moved(panel, (0, high + 0.52 * back, -z - 0.52 * lean)))
    return join(parts)


def books(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A stack of books."""
    parts, level = [], 0.0
    for k in range(int(rng.integers(3, 7))):
        wide, deep, thick = (
            rng.uniform(1.5, 2.1) * (1 - 0.04 * k),
            rng.uniform(1.1, 1.45) * (1 - 0.03 * k),
            rng.uniform(0.18, 0.42),
        )
        colour = choose(
            rng,
            (
                palette.main(rng.uniform(0.35, 0.75), 0.11),
                palette.accent(rng.uniform(0.4, 0.8), 0.1),
                palette.cream(0.85),
                palette.ink(0.35),
                palette.main(0.6, 0.05),
            ),
        )
        cover = rng.uniform(0.03, 0.05)
        paper = dress(box((wide - 0.08, thick - 2 * cover, deep - 0.08), edge=0.01), palette.cream(0.88), MATT)
        lid, floor = (dress(box((wide, cover, deep), edge=0.015), colour, SATIN) for _ in range(2))
        spine = _spine(rng, colour, palette, (wide, thick))
        book = join(
            [
                paper,
                moved(lid, (0, (thick - cover) / 2, 0)),
                moved(floor, (0, (cover - thick) / 2, 0)),
                moved(spine, (0, 0, deep / 2)),
            ]
        )
        turned = rotation("y", rng.normal(0, 0.16) + (np.pi if rng.random() < 0.2 else 0))
        parts.append(moved(book, (rng.normal(0, 0.05), level + thick / 2, rng.normal(0, 0.04)), turn=turned))
        level += thick + 0.004
    return join(parts)


def _spine(rng: np.random.Generator, colour: Floats, palette: Palette, size: tuple[float, float]) -> Mesh:
    """The back of a book, with a label or bands."""
    shape = box((size[0], size[1], 0.07), edge=0.034, inner=(40, 2, 2))
    mark = choose(rng, (palette.cream(0.85), palette.tint((0.75, 0.09, 85)), palette.ink(0.3)))
    if rng.random() < 0.5:
        share = ramp(np.abs(shape.u - 0.5), 0.2, 0.18)
    else:
        share = ramp(np.abs(np.abs(shape.u - 0.5) - 0.33), 0.025, 0.015)
    return dress(shape, mix(np.broadcast_to(colour, shape.vertices.shape), mark, 0.9 * share), SATIN)


def gift(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A wrapped box with a ribbon and a bow."""
    size = (rng.uniform(1.0, 1.6), rng.uniform(0.6, 1.4), rng.uniform(1.0, 1.5))
    shape = box(size, edge=0.03, inner=(30, 30, 30))
    under = choose(rng, (palette.main(rng.uniform(0.42, 0.75), 0.12), palette.cream(), palette.main(0.8, 0.07)))
    over = choose(rng, (palette.accent(rng.uniform(0.4, 0.7), 0.13), palette.cream(0.93), palette.main(0.4, 0.13)))
    x = shape.vertices[:, 0]
    across = rng.uniform(8, 14)
    sort = rng.random()
    share = np.zeros(len(x), np.float32)
    if sort < 0.3:
        share = ramp(np.sin(across * (shape.vertices @ [1, 1, 1.0])), 0.2, 0.5)
    elif sort < 0.55:
        share = ramp(np.sin(across * x) * np.sin(across * (shape.vertices[:, 1] + shape.vertices[:, 2])), 0.35, 0.6)
    pale = under + 0.35 * (palette.cream() - under)
    paper = mix(np.broadcast_to(under, shape.vertices.shape), pale, share)
    half = 0.11
    parts = [dress(shape, paper, SATIN)]
    ribbon = Surface(gloss=0.7, roughness=0.3, soft=0.1)
    wide = rng.uniform(0.16, 0.26)
    parts.append(dress(box((wide, size[1] + 0.02, size[2] + 0.02), edge=0.02), over, ribbon))
    parts.append(dress(box((size[0] + 0.02, size[1] + 0.02, wide), edge=0.02), over, ribbon))
    top = size[1] / 2
    loops, reach, turn = int(rng.choice([2, 4])), rng.uniform(0.4, 0.58), rng.uniform(0.3, 1.2)
    for k in range(loops):
        angle = turn + 2 * np.pi * k / loops
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        path = [
            0 * out,
            0.6 * reach * out + [0, 0.34, 0],
            reach * out + [0, 0.22, 0],
            0.6 * reach * out + [0, 0.02, 0],
            0 * out,
        ]
        parts.append(moved(dress(tube(path, half * 0.45, count=26, flat=2.6), over, ribbon), (0, top + 0.03, 0)))
    knot = dress(ellipsoid([0.12, 0.1, 0.12], rows=12, columns=16), over, ribbon)
    return join([*parts, moved(knot, (0, top + 0.07, 0))])


def bell(rng: np.random.Generator, palette: Palette) -> Mesh:
    """A hand bell of metal with a wooden or metal handle."""
    mouth, tall = rng.uniform(0.75, 0.95), rng.uniform(0.95, 1.3)
    crown = rng.uniform(0.3, 0.45)
    line = [
        (mouth - 0.05, 0.02),
        (mouth, 0),
        (mouth * 0.95, 0.08),
        (mouth * 0.72, 0.3),
        (crown * 1.2, 0.75),
        (crown, 0.92),
        (crown * 0.6, 1.0),
        (0, 1.02),
    ]
    body = lathe(np.array(line) * [1, tall], rows=64)
    metal = palette.tint(choose(rng, METALS))
    bands = 1 - 0.25 * ramp(np.abs(body.v - rng.uniform(0.2, 0.4)), 0.03, 0.015)
    parts = [dress(body, metal * bands[:, None], Surface(gloss=1, roughness=rng.uniform(0.15, 0.35), metal=0.9))]
    grip = rng.uniform(0.6, 1.0)
    knob = lathe(
        np.array(
            [(0.0, 0), (0.13, 0.02), (0.09, 0.15), (0.16, 0.55), (0.11, 0.85), (0.15, 0.95), (0.1, 1.05), (0, 1.07)]
        )
        * [1, grip],
        rows=40,
        columns=40,
    )
    wooden = rng.random() < 0.65
    colour = choose(rng, (palette.tint(choose(rng, WOODS)), palette.main(rng.uniform(0.4, 0.6), 0.12)))
    handle = dress(knob, grain(knob, colour, rng), SATIN) if wooden else dress(knob, metal, BRASS)
    return join([*parts, moved(handle, (0, tall, 0))])
