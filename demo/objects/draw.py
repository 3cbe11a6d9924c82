"""Draw one thing from a seed: invent, build, frame, light, and shrink to a picture."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from demo.faces.field import ramp
from demo.faces.mesh import Floats, Ints
from demo.faces.raster import FAR, gather, rasterise
from demo.objects.backdrop import draw_scenery
from demo.objects.camera import Camera, frame
from demo.objects.colour import draw_palette
from demo.objects.ground import draw_surroundings
from demo.objects.light import Shaded, cast, draw_rig
from demo.objects.mesh import Mesh, moved, rotation
from demo.objects.things.catalogue import KINDS
from demo.objects.things.kind import Kind

SUPERSAMPLING = 3


class Aspect(IntEnum):
    """Each aspect of a picture draws from a generator of its own: a change in one leaves the others as they are."""

    KIND = 0
    THING = 1
    COLOUR = 2
    VIEW = 3
    LIGHT = 4
    BACKDROP = 5


def kind_of(seed: int) -> Kind:
    """Say what the thing of `seed` is."""
    shares = np.array([kind.share for kind in KINDS])
    chosen = np.random.default_rng((seed, Aspect.KIND)).choice(len(KINDS), p=shares / shares.sum())
    return KINDS[int(chosen)]


def render(seed: int, *, size: int = 64) -> NDArray[np.uint8]:
    """Draw the thing of `seed`: uint8 `[size, size, 3]`, the same bytes each time on one machine."""
    rng = {aspect: np.random.default_rng((seed, aspect)) for aspect in Aspect}
    side = size * SUPERSAMPLING
    kind = kind_of(seed)
    palette = draw_palette(rng[Aspect.COLOUR], kind.hues)
    built = moved(kind.build(rng[Aspect.THING], palette), turn=rotation("y", rng[Aspect.VIEW].uniform(*kind.yaw)))
    low, high = built.vertices.min(0), built.vertices.max(0)
    mesh = moved(built, -(low + high) / 2)
    camera = frame(mesh.vertices, side, rng[Aspect.VIEW], pitch=kind.pitch)
    scenery = draw_scenery(rng[Aspect.BACKDROP], palette, thing=mesh.paint.mean(0), kind=kind)
    level = -float(high[1] - low[1]) / 2 + kind.sunk
    rig = draw_rig(rng[Aspect.LIGHT], wall=scenery.wall, floor=scenery.ground, outdoors=scenery.view == "hills")
    lit = cast(rig, mesh, level=level)
    canvas = draw_surroundings(scenery, camera, lit, side=side, ground=not kind.floats, rng=rng[Aspect.BACKDROP])
    if scenery.mirror > 0 and not kind.floats:
        _draw_mirrored(canvas, mesh, camera, lit, clearness=scenery.mirror)
    draw_thing(canvas, mesh, camera, lit)
    return _develop(canvas, size=size, rng=rng[Aspect.LIGHT])


def draw_thing(canvas: Floats, mesh: Mesh, camera: Camera, lit: Shaded) -> None:
    """Draw a thing over `canvas` `[H, H, 3]`, linear, which shows through where it is clear."""
    pixels, rows, columns = _draw_pixels(mesh, camera, mesh.vertices, side=len(canvas), above=lit.level)
    places = np.stack([rows, columns], axis=1).astype(np.float32)
    canvas[rows, columns] = lit.shade(pixels, camera.eye, seen=canvas.copy(), places=places)


def _draw_pixels(mesh: Mesh, camera: Camera, seen_at: Floats, *, side: int, above: float) -> tuple[Floats, Ints, Ints]:
    """Rasterise a mesh as if its vertices were `seen_at`; gives pixels `[P, 14]`, rows, columns."""
    points, depth = camera.project(seen_at)
    owner = np.full((side, side), -1, np.int32)
    corners = np.zeros((side, side, 3), np.float32)
    rasterise(points, depth, mesh.triangles, owner, corners, np.full((side, side), FAR, np.float32))
    rows, columns = np.nonzero(owner >= 0)
    attributes = np.concatenate([mesh.vertices, mesh.normals, mesh.paint, mesh.surface], axis=1)
    pixels: Floats = gather(rows, columns, owner, corners, mesh.triangles, attributes)
    kept = pixels[:, 1] >= above - 0.02  # what a boat has under water is not drawn
    return np.ascontiguousarray(pixels[kept]), rows[kept], columns[kept]


def _draw_mirrored(canvas: Floats, mesh: Mesh, camera: Camera, lit: Shaded, *, clearness: float) -> None:
    """Lay the mirror image of the thing on the ground, blurred."""
    side, level = len(canvas), lit.level
    flipped = mesh.vertices * np.array([1, -1, 1], np.float32) + np.array([0, 2 * level, 0], np.float32)
    pixels, rows, columns = _draw_pixels(mesh, camera, flipped, side=side, above=level)
    eye = camera.eye * np.array([1, -1, 1], np.float32) + np.array([0, 2 * level, 0], np.float32)
    places = np.stack([rows, columns], axis=1).astype(np.float32)
    layer = np.zeros((side, side, 4), np.float32)
    layer[rows, columns, :3] = lit.shade(pixels, eye, seen=canvas, places=places)
    fade = ramp((pixels[:, 1] - level) / lit.radius, 1.1, 0.0)
    layer[rows, columns, 3] = fade
    layer[..., :3] *= layer[..., 3:]
    soft = gaussian_filter(layer, (0.012 * side, 0.012 * side, 0))
    canvas += clearness * (soft[..., :3] - canvas * soft[..., 3:])


def _develop(canvas: Floats, *, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shrink, darken the corners, bend as film does (Narkowicz 2016's fit of ACES), and give display values."""
    picture = canvas.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING, 3).mean((1, 3))
    y, x = np.mgrid[0:size, 0:size] / (size - 1) - 0.5
    picture = picture * (1 - rng.uniform(0.1, 0.45) * (x**2 + y**2))[..., None] * rng.uniform(0.8, 0.98)
    film = picture * (2.51 * picture + 0.03) / (picture * (2.43 * picture + 0.59) + 0.14)
    display = np.clip(film, 0, 1) ** (1 / 2.2)
    grey = display.mean(-1, keepdims=True)
    display = 0.025 + 0.965 * (grey + rng.uniform(0.85, 1.02) * (display - grey))
    developed: NDArray[np.uint8] = (np.clip(display, 0, 1) * 255 + 0.5).astype(np.uint8)
    return developed
