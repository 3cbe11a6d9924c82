"""The ground that a thing stands on: its grain, its light and shadows, and where it fades into what lies behind."""

import numpy as np
from PIL import Image

from demo.faces.field import noise, ramp
from demo.faces.mesh import Floats
from demo.objects.backdrop import Scenery, paint_view
from demo.objects.camera import Camera
from demo.objects.light import Shaded

COARSE = 2  # ground and backdrop are soft: a quarter of the pixels is drawn, in a third of the time, and enlarged


def draw_surroundings(
    scenery: Scenery, camera: Camera, lit: Shaded, *, side: int, ground: bool, rng: np.random.Generator
) -> Floats:
    """Draw all but the thing, `[side, side, 3]` linear; ground: whether the thing stands on any."""
    coarse = -(-side // COARSE)
    canvas = paint_view(scenery, coarse, rng, lit_from=float(np.sign(lit.rig.room[0, 0])))
    if ground:
        _draw_ground(canvas, scenery, camera, lit, rng=rng)
    whole = (coarse * COARSE, coarse * COARSE)
    bands = [Image.fromarray(np.ascontiguousarray(canvas[..., k])) for k in range(3)]
    grown = np.stack([np.asarray(band.resize(whole, Image.Resampling.BILINEAR)) for band in bands], axis=-1)
    surroundings: Floats = np.ascontiguousarray(grown[:side, :side], np.float32)
    return surroundings


def _draw_ground(canvas: Floats, scenery: Scenery, camera: Camera, lit: Shaded, *, rng: np.random.Generator) -> None:
    rows, columns = (places.ravel() for places in np.mgrid[0 : len(canvas), 0 : len(canvas)])
    middle = (COARSE - 1) / 2  # of a coarse pixel, in fine ones
    position, falls = camera.ground(rows * COARSE + middle, columns * COARSE + middle, level=lit.level)
    behind = -position[:, 2] / lit.radius
    share = np.where(falls, ramp(behind, scenery.edge[1], scenery.edge[0]), 0).astype(np.float32)
    ahead = share > 0
    rows, columns, position, share = rows[ahead], columns[ahead], position[ahead], share[ahead]
    x, z = position[:, 0] / lit.radius, position[:, 2] / lit.radius
    paint, tilt = _paint_ground(scenery, x, z, rng)
    surface = scenery.surface
    pixels = np.zeros((len(rows), 14), np.float32)
    pixels[:, 0:3], pixels[:, 6:9] = position, paint
    pixels[:, 3], pixels[:, 4], pixels[:, 5] = tilt[:, 0], 1, tilt[:, 1]
    pixels[:, 9:14] = (0.5 * surface.gloss, surface.roughness, 0, 0, surface.soft)
    colour = lit.shade(pixels, camera.eye, seen=canvas, places=np.stack([rows, columns], axis=1).astype(np.float32))
    if scenery.view != "hills":
        # The pool of a lamp: the ground is darker away from the thing and from the light.
        key = lit.rig.room[0]
        colour *= (1 - 0.35 * ramp(np.hypot(x - 0.8 * key[0], z - 0.8 * key[2]), 0.8, 4.5))[:, None]
    canvas[rows, columns] += (colour - canvas[rows, columns]) * share[:, None]


def _paint_ground(scenery: Scenery, x: Floats, z: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Give paint `[P, 3]` and a tilt of the normal `[P, 2]` (x, z) at ground points, in radii of the thing."""
    tilt = np.zeros((len(x), 2), np.float32)
    start = rng.uniform(0, 1, 2)
    if scenery.grain == "wood":
        plank = rng.uniform(0.5, 1.2)
        row = np.floor(z / plank + start[0])
        tone = 0.1 * np.sin(row * 12.9) + 0.12 * noise(32, x * 0.03 + row * 0.37, z * 0.25 + start[1])
        tone = tone + 0.08 * noise(128, x * 0.03 + row * 0.37, z * 0.3)
        seam = ramp(np.abs(z / plank + start[0] - row - 0.5), 0.485, 0.5)
        tone = tone - 0.5 * seam
    elif scenery.grain == "cloth":
        tone = 0.025 * noise(128, x * 0.5 + start[0], z * 0.5) + 0.02 * noise(16, x * 0.2, z * 0.2 + start[1])
    elif scenery.grain == "water":
        tilt[:, 0] = 0.05 * noise(32, x * 0.15 + start[0], z * 0.6 + start[1])
        tilt[:, 1] = 0.05 * noise(32, x * 0.15 + start[1], z * 0.6 + start[0])
        tone = 0.06 * noise(16, x * 0.1 + start[0], z * 0.5)
    elif scenery.view == "hills":
        tone = 0.1 * noise(16, x * 0.1 + start[0], z * 0.1 + start[1]) + 0.08 * noise(128, x * 0.2, z * 0.2 + start[0])
    else:
        tone = 0.02 * noise(8, x * 0.1 + start[0], z * 0.1 + start[1])
    paint: Floats = (scenery.ground * np.exp(tone)[:, None]).astype(np.float32)
    return np.clip(paint, 0.004, 0.95), tilt
