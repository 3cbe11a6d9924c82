"""Glasses: rims, bridge and temples as flat ribbons in front of the eyes, and lenses that tint what is behind."""

from dataclasses import dataclass

import numpy as np

from demo.faces.camera import Camera
from demo.faces.field import linear, mix
from demo.faces.layer import Layer
from demo.faces.light import Light
from demo.faces.mesh import Floats, Ints
from demo.faces.strands import Canvas

SHARE = 0.16  # of heads
RIM_POINTS = 28
EAR = (0.74, 0.02, -0.75)  # where a temple ends: x, and height and depth from the eye
FRAMES = (
    (0.10, 0.09, 0.09),
    (0.10, 0.09, 0.09),
    (0.32, 0.20, 0.13),
    (0.50, 0.47, 0.45),
    (0.62, 0.52, 0.36),
    (0.2, 0.22, 0.3),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Glasses:
    """A pair of glasses; lengths in decimetres."""

    width: float  # half of a lens
    height: float
    squareness: float  # exponent of the rim: 2 an ellipse, more a rounded rectangle
    thickness: float
    colour: Floats  # [3] linear
    tint: float  # 0 clear, 1 black


def choose_glasses(rng: np.random.Generator) -> Glasses | None:
    """Draw a pair, for most heads none."""
    if rng.random() >= SHARE:
        return None
    dark = rng.random() < 0.12
    width = rng.uniform(0.22, 0.27)
    return Glasses(
        width=width,
        height=width * rng.uniform(0.68, 0.98),
        squareness=rng.choice([2.0, 2.6, 4.0]),
        thickness=rng.uniform(0.022, 0.03) if rng.random() < 0.45 else rng.uniform(0.035, 0.055),
        colour=linear(FRAMES[rng.integers(len(FRAMES))]),
        tint=rng.uniform(0.82, 0.94) if dark else rng.uniform(0.0, 0.08),
    )


def wear(canvas: Canvas, glasses: Glasses, *, centres: Floats, camera: Camera, light: Light) -> None:
    """Draw `glasses` before the eyes at `centres` `[2, 3]` (undeformed space) onto `canvas`."""
    front = centres + np.array([0, -0.02, 0.33], np.float32)
    front[:, 0] *= 1.02
    bright = float(light.ambient.mean()) + 0.4 * float(light.key_colour.mean())
    _lay(canvas, _lenses(glasses, front), camera, colour=np.full(3, 0.012), cover=glasses.tint)
    _lay(canvas, _frame(glasses, front, centres), camera, colour=glasses.colour * bright, cover=0.94)


def _lay(canvas: Canvas, mesh: tuple[Floats, Ints], camera: Camera, *, colour: Floats, cover: float) -> None:
    points, triangles = mesh
    placed = camera.place(points)
    rows, columns = Layer.draw(camera, placed, triangles, side=len(canvas.colour)).in_front_of(canvas.nearest)
    share = np.full(len(rows), cover, np.float32)
    canvas.colour[rows, columns] = mix(canvas.colour[rows, columns], colour.astype(np.float32), share)


def _rim(glasses: Glasses, centre: Floats, grown: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, RIM_POINTS, endpoint=False)
    bend = 2 / glasses.squareness
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** bend * (glasses.width + grown)
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** bend * (glasses.height + grown)
    # A frame wraps a little around the face.
    rim: Floats = centre + np.stack([x, y, -0.12 * np.maximum(0, np.sign(centre[0]) * x)], axis=-1)
    return rim.astype(np.float32)


def _lenses(glasses: Glasses, front: Floats) -> tuple[Floats, Ints]:
    points, triangles = [], []
    ring = np.arange(RIM_POINTS)
    for k, centre in enumerate(front):
        points.append(np.concatenate([_rim(glasses, centre, 0), centre[None]]))
        fan = np.stack([ring, np.roll(ring, -1), np.full(RIM_POINTS, RIM_POINTS)], axis=-1)
        triangles.append(fan + k * (RIM_POINTS + 1))
    return np.concatenate(points), np.concatenate(triangles).astype(np.int32)


def _frame(glasses: Glasses, front: Floats, centres: Floats) -> tuple[Floats, Ints]:
    outlines = [(_rim(glasses, c, -0.5 * glasses.thickness), _rim(glasses, c, 0.5 * glasses.thickness)) for c in front]
    strips = [(np.concatenate([a, a[:1]]), np.concatenate([b, b[:1]])) for a, b in outlines]
    half = np.array([0, 0.5 * glasses.thickness, 0], np.float32)
    inner = np.stack([c - np.array([np.sign(c[0]) * glasses.width, -0.06, 0]) for c in front])
    bridge = np.stack([inner[0], inner.mean(0) + np.array([0, 0.03, 0.03]), inner[1]])
    strips.append((bridge - half, bridge + half))
    for hinge, eye in zip(front, centres, strict=True):
        sign = np.sign(hinge[0])
        start = hinge + np.array([sign * glasses.width, 0.07, -0.12 * glasses.width])
        end = np.array([sign * EAR[0], eye[1] + EAR[1], eye[2] + EAR[2]])
        temple = start + (end - start) * np.linspace(0, 1, 2)[:, None]
        strips.append((temple - half, temple + half))
    points, triangles, first = [], [], 0
    for a, b in strips:
        n = len(a)
        step = np.arange(n - 1) + first
        points += [a, b]
        triangles += [np.stack([step, step + 1, step + n], -1), np.stack([step + 1, step + n + 1, step + n], -1)]
        first += 2 * n
    return np.concatenate(points).astype(np.float32), np.concatenate(triangles).astype(np.int32)
