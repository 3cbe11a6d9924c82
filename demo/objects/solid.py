"""Surfaces of revolution, tubes along curves, rounded boxes, extruded outlines and ellipsoids."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from demo.faces.field import unit
from demo.faces.mesh import Floats
from demo.objects.mesh import Shape, grid

ROWS, COLUMNS = 72, 72  # of a lathed body: about a point for each pixel of the enlarged picture


def curve(points: ArrayLike, count: int) -> Floats:
    """Pass smoothly through points `[K, D]` (Catmull and Rom 1974) in `count` even steps; one given twice bends."""
    knots = np.asarray(points, np.float32)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, 12, endpoint=False, dtype=np.float32)[None, :, None]
    p0, p1, p2, p3 = (padded[k : len(padded) - 3 + k, None] for k in range(4))
    bent = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    fine = np.concatenate([bent.reshape(-1, knots.shape[1]), knots[-1:]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1) + 1e-6)])
    steps = np.linspace(0, length[-1], count)
    even: Floats = np.stack([np.interp(steps, length, column) for column in fine.T], axis=1).astype(np.float32)
    return even


def lathe(
    profile: ArrayLike, *, rows: int = ROWS, columns: int = COLUMNS, lobes: tuple[float, float] = (0, 0)
) -> Shape:
    """Turn the smooth profile `[K, 2]` (radius, y) about the y axis; lobes: how many ribs, how deep."""
    line = curve(profile, rows)
    radius, y = np.maximum(line[:, 0], 0), line[:, 1]
    angle = np.linspace(0, 2 * np.pi, columns, endpoint=False, dtype=np.float32)
    rib = 1 - lobes[1] * (1 - np.abs(np.sin(angle * lobes[0] / 2)) ** 0.8)
    points = np.stack(
        [radius[:, None] * rib * np.cos(angle), np.tile(y[:, None], columns), radius[:, None] * rib * np.sin(angle)], -1
    )
    return grid(points, around=True)


def tube(path: ArrayLike, radius: ArrayLike, *, count: int = 24, sides: int = 10, flat: float = 1.0) -> Shape:
    """Sweep a circle along the smooth path `[K, 3]`; radius: one, or `[K]`; flat: its width along the path's side."""
    line = curve(path, count)
    given = np.atleast_1d(np.asarray(radius, np.float32))
    radii = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(given)), given)
    # Closed ends: the ring at each end once more, shrunk to a point.
    line, radii = np.concatenate([line[:1], line, line[-1:]]), np.concatenate([[0], radii, [0]])
    tangent = unit(np.gradient(line, axis=0))
    tangent[0], tangent[-1] = tangent[1], tangent[-2]
    spread = np.ptp(line, axis=0)
    side = np.zeros(3, np.float32)
    side[int(np.argmin(spread))] = 1  # most paths lie in a plane, and this is across it
    across = unit(np.cross(tangent, side))
    beside = np.cross(across, tangent)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = across[:, None] * np.cos(angle)[:, None] + flat * beside[:, None] * np.sin(angle)[:, None]
    return grid(line[:, None] + radii[:, None, None] * ring, around=True)


def box(size: Sequence[float], *, edge: float = 0.04, inner: Sequence[int] = (0, 0, 0)) -> Shape:
    """Make a box `size` (x, y, z) centred on the origin.

    edge: the radius that rounds its edges; inner: how many points along x, y and z lie within its flat faces.
    """
    half = np.array(size, np.float32) / 2
    edge = min(edge, 0.98 * float(half.min()))
    near = edge * np.array([0, 0.5, 0.99])  # where the rounding is sampled, from the edge inwards
    steps = [
        np.concatenate([near - h, np.linspace(edge - h, h - edge, count + 2), h - near[::-1]])
        for h, count in zip(half, inner, strict=True)
    ]
    faces = []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1, 1):
            points = np.zeros((len(steps[first]), len(steps[second]), 3), np.float32)
            points[..., first], points[..., second] = steps[first][:, None], steps[second][None, :]
            points[..., axis] = sign * half[axis]
            faces.append(grid(points))
    starts = np.cumsum([0, *(len(face.vertices) for face in faces)])
    outer = np.concatenate([face.vertices for face in faces])
    core = np.clip(outer, edge - half, half - edge)
    normals = unit(outer - core)
    return Shape(
        (core + edge * normals).astype(np.float32),
        normals.astype(np.float32),
        np.concatenate([face.triangles + start for face, start in zip(faces, starts, strict=False)]).astype(np.int32),
        (outer[:, 0] / (2 * half[0]) + 0.5).astype(np.float32),
        (outer[:, 1] / (2 * half[1]) + 0.5).astype(np.float32),
    )


def extrude(outline: ArrayLike, *, width: float, bevel: float = 0.05, count: int = 48) -> Shape:
    """Draw out an outline `[K, 2]` (x, y), seen whole from its middle, to `width` along z, centred on z = 0."""
    given = np.asarray(outline, np.float32)
    line = curve(np.concatenate([given, given[:1]]), count + 1)[:-1]
    middle = line.mean(0)
    reach = line - middle
    shrink = 1 - bevel / np.maximum(np.linalg.norm(reach, axis=1, keepdims=True), bevel * 1.01)
    half = width / 2
    layers = [(0 * reach, -half), (reach * shrink, -half), (reach * (1 + 2 * shrink) / 3, -half + bevel * 0.3)]
    layers += [(reach, -half + bevel), (reach, -half + bevel), (reach, half - bevel), (reach, half - bevel)]
    layers += [(reach * (1 + 2 * shrink) / 3, half - bevel * 0.3), (reach * shrink, half), (0 * reach, half)]
    points = [np.concatenate([middle + ring, np.full((count, 1), z)], axis=1) for ring, z in layers]
    return grid(np.stack(points).astype(np.float32), around=True)


def ellipsoid(radii: Sequence[float], *, rows: int = 28, columns: int = 36, power: float = 1.0) -> Shape:
    """Make an ellipsoid about the origin; a `power` under 1 makes it boxy."""
    down = np.linspace(0, np.pi, rows)[:, None]
    angle = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None, :]

    def bent(x: Floats) -> Floats:
        raised: Floats = np.sign(x) * np.abs(x) ** power
        return raised

    points = np.stack(
        [
            radii[0] * bent(np.sin(down)) * bent(np.cos(angle)),
            radii[1] * bent(np.cos(down)) * np.ones_like(angle),
            radii[2] * bent(np.sin(down)) * bent(np.sin(angle)),
        ],
        axis=-1,
    )
    return grid(points.astype(np.float32), around=True)


def leaf(path: ArrayLike, width: float, *, side: Sequence[float], fold: float = 0.15, count: int = 12) -> Shape:
    """Make a pointed leaf along the smooth path `[K, 3]`, spread along `side`, folded up at its edges."""
    line = curve(path, count)
    along = np.linspace(0, 1, count)[:, None]
    half = width / 2 * np.sin(np.pi * np.clip(along, 0.02, 1) ** 0.8) ** 0.9
    across = np.array([-1, -0.5, 0, 0.5, 1], np.float32)[None, :, None]
    beside = unit(np.array(side, np.float32))
    lift = unit(np.cross(beside, unit(np.gradient(line, axis=0))))
    points = line[:, None] + half[:, None] * (across * beside + fold * across**2 * lift[:, None])
    return grid(points.astype(np.float32))
